/** Everything that lives in namespaces, by namespace and name. */
import type { ResourceKind } from '../../messaging/resource-kinds.ts';
import type { KubeObject } from './kube-objects.ts';
import type { KubernetesPod } from './kubernetes-pod.ts';
import type { ObjectSink } from './object-sink.ts';
import type { EndpointSlice, Service } from './service.ts';
import { type OwnerName, ownerOfWorkload, Workload } from './workload.ts';

export class NamespaceContent {
	readonly name: string;
	readonly pods = new Map<string, KubernetesPod>();
	readonly services = new Map<string, Service>();
	/** By the name of the service, then by their own. */
	readonly slices = new Map<string, Map<string, EndpointSlice>>();
	readonly #workloads = new Map<ResourceKind, Map<string, Workload>>();
	exists = false;
	listing = 0;

	constructor(name: string) {
		this.name = name;
	}

	workload(kind: ResourceKind, name: string): Workload | null {
		return this.#workloads.get(kind)?.get(name) ?? null;
	}

	workloads(kind: ResourceKind): Iterable<Workload> {
		return this.#workloads.get(kind)?.values() ?? [];
	}

	/** Made when it is not known. */
	workloadOf({ kind, name }: OwnerName): Workload {
		let ofKind = this.#workloads.get(kind);
		if (ofKind === undefined) {
			ofKind = new Map();
			this.#workloads.set(kind, ofKind);
		}
		let workload = ofKind.get(name);
		if (workload === undefined) {
			workload = new Workload(kind, name);
			ofKind.set(name, workload);
		}
		return workload;
	}

	/** Forgets it, and its owner, where nothing holds them any more. */
	release(workload: Workload): void {
		if (!workload.isForgettable) return;
		this.#workloads.get(workload.kind)?.delete(workload.name);
		const { owner } = workload;
		if (owner === null) return;
		owner.disown(workload);
		this.release(owner);
	}

	get isForgettable(): boolean {
		return (
			!this.exists &&
			this.pods.size + this.services.size + this.slices.size === 0 &&
			[...this.#workloads.values()].every(({ size }) => size === 0)
		);
	}
}

export class Namespaces implements ObjectSink {
	readonly #contents = new Map<string, NamespaceContent>();

	get count(): number {
		return [...this.#contents.values()].filter(({ exists }) => exists).length;
	}

	get(name: string): NamespaceContent | null {
		return this.#contents.get(name) ?? null;
	}

	all(): Iterable<NamespaceContent> {
		return this.#contents.values();
	}

	/** Made when it is not known: objects may arrive before their namespace. */
	of(name: string): NamespaceContent {
		let content = this.#contents.get(name);
		if (content === undefined) {
			content = new NamespaceContent(name);
			this.#contents.set(name, content);
		}
		return content;
	}

	release(content: NamespaceContent): void {
		if (content.isForgettable) this.#contents.delete(content.name);
	}

	keep({ metadata }: KubeObject, listing: number): boolean {
		if (!metadata?.name) return false;
		const content = this.of(metadata.name);
		const isNew = !content.exists;
		content.exists = true;
		content.listing = listing;
		return isNew;
	}

	drop({ metadata }: KubeObject): boolean {
		const content = this.get(metadata?.name ?? '');
		return content !== null && this.#drop(content);
	}

	sweep(listing: number): boolean {
		let isDifferent = false;
		for (const content of this.#contents.values()) {
			if (content.listing !== listing) isDifferent = this.#drop(content) || isDifferent;
		}
		return isDifferent;
	}

	#drop(content: NamespaceContent): boolean {
		const existed = content.exists;
		content.exists = false;
		this.release(content);
		return existed;
	}
}

/** Workloads of one kind: that they exist, and who made them. */
export class WorkloadSink implements ObjectSink {
	readonly #kind: ResourceKind;
	readonly #namespaces: Namespaces;

	constructor(kind: ResourceKind, namespaces: Namespaces) {
		this.#kind = kind;
		this.#namespaces = namespaces;
	}

	get count(): number {
		let count = 0;
		for (const content of this.#namespaces.all()) {
			for (const { exists } of content.workloads(this.#kind)) if (exists) count += 1;
		}
		return count;
	}

	keep({ metadata }: KubeObject, listing: number): boolean {
		if (!metadata?.name || !metadata.namespace) return false;
		const content = this.#namespaces.of(metadata.namespace);
		const workload = content.workloadOf({ kind: this.#kind, name: metadata.name });
		const isNew = !workload.exists;
		workload.exists = true;
		workload.listing = listing;
		const ownerName = ownerOfWorkload(this.#kind, metadata);
		const owner = ownerName === null ? null : content.workloadOf(ownerName);
		if (owner === workload.owner) return isNew;
		const before = workload.owner;
		before?.disown(workload);
		workload.owner = owner;
		owner?.own(workload);
		if (before !== null) content.release(before);
		return true;
	}

	drop({ metadata }: KubeObject): boolean {
		const content = this.#namespaces.get(metadata?.namespace ?? '');
		const workload = content?.workload(this.#kind, metadata?.name ?? '') ?? null;
		return content !== null && workload !== null && this.#drop(content, workload);
	}

	sweep(listing: number): boolean {
		let isDifferent = false;
		for (const content of this.#namespaces.all()) {
			for (const workload of content.workloads(this.#kind)) {
				if (workload.listing !== listing) isDifferent = this.#drop(content, workload) || isDifferent;
			}
		}
		return isDifferent;
	}

	/** Pods that are left of it still belong to it, as their owner references say. */
	#drop(content: NamespaceContent, workload: Workload): boolean {
		const existed = workload.exists;
		workload.exists = false;
		content.release(workload);
		this.#namespaces.release(content);
		return existed;
	}
}
