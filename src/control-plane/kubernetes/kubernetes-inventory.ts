/** What there is to tap in a cluster, kept by informers. */
import type { KubeApi } from '../../kubernetes/kube-api.ts';
import { addressKey } from '../../messaging/address-names.ts';
import type { Clock, Timer } from '../../messaging/clock.ts';
import type { Network } from '../../messaging/network-address.ts';
import { wire } from '../../messaging/wire.ts';
import type { AddressName, Inventory, InventoryPod, PeerResource, ResourceQuery } from '../inventory.ts';
import type { Log } from '../log.ts';
import {
	ENDPOINT_SLICES,
	type InformedResource,
	NAMESPACES,
	NODES,
	PODS,
	SERVICE_CIDRS,
	SERVICES,
	WORKLOADS,
} from './informed-resources.ts';
import { INFORMER_TIMES, Informer, type InformerFacts, type InformerTimes } from './informer.ts';
import { Namespaces, WorkloadSink } from './namespaces.ts';
import { Nodes } from './nodes.ts';
import type { ObjectSink } from './object-sink.ts';
import { ParseTurns } from './parse-turns.ts';
import { Pods } from './pods.ts';
import { EndpointSlices, ServiceCidrs, Services, serviceNetworks } from './services.ts';
import { peerOfResource, podsOfTarget } from './target-pods.ts';
import { WORKLOAD_KINDS } from './workload.ts';

/** Changes within it are told at once. */
export const CHANGES_TOLD_MS = 200;

export interface KubernetesInventoryOptions {
	/** Its user may list and watch what informed-resources.ts names. */
	readonly api: KubeApi;
	readonly clock: Clock;
	/** In [0, 1). */
	readonly random: () => number;
	readonly log: Log;
	readonly times?: InformerTimes;
}

const { EndpointKind } = wire;
const NO_PODS: readonly InventoryPod[] = [];

export function openKubernetesInventory(options: KubernetesInventoryOptions): KubernetesInventory {
	return new KubernetesInventory(options);
}

export class KubernetesInventory implements Inventory {
	readonly #options: KubernetesInventoryOptions;
	readonly #namespaces = new Namespaces();
	readonly #nodes = new Nodes();
	readonly #pods: Pods;
	readonly #services = new Services(this.#namespaces);
	readonly #serviceCidrs = new ServiceCidrs();
	readonly #informers: readonly Informer[];
	readonly #listeners = new Set<() => void>();
	readonly #whenSynced: Promise<void>;
	#setSynced: () => void = () => {};
	#networks: readonly Network[] | null = null;
	#telling: Timer | null = null;

	constructor(options: KubernetesInventoryOptions) {
		this.#options = options;
		this.#pods = new Pods(this.#namespaces, this.#nodes, options.log);
		this.#whenSynced = new Promise((resolve) => {
			this.#setSynced = resolve;
		});
		const turns = new ParseTurns();
		this.#informers = this.#sinks().map(([resource, sink]) => this.#informer(resource, sink, turns));
	}

	/** Resolves when the first lists are in, however long that takes, or when it is closed before. */
	async start(): Promise<void> {
		for (const informer of this.#informers) informer.start();
		await this.#whenSynced;
	}

	/** Whether the first lists are in. */
	get isSynced(): boolean {
		return this.#informers.every(({ isSynced }) => isSynced);
	}

	/** Of each resource. */
	get informers(): readonly InformerFacts[] {
		return this.#informers.map(({ facts }) => facts);
	}

	/** Of the whole cluster, running or not. */
	get podCount(): number {
		return this.#pods.count;
	}

	podsOf(query: ResourceQuery): readonly InventoryPod[] {
		return podsOfTarget(this.#namespaces, query);
	}

	peerOf(query: ResourceQuery): PeerResource {
		return peerOfResource(this.#namespaces, query);
	}

	nameOf(ip: Uint8Array): AddressName | null {
		if (!this.isSynced) return null;
		if (isLoopback(ip)) return { ip, kind: EndpointKind.ENDPOINT_KIND_LOCAL };
		const key = addressKey(ip);
		const pod = this.#pods.at(key);
		if (pod !== null) {
			const { namespace, name, workload } = pod;
			return { ip, kind: EndpointKind.ENDPOINT_KIND_POD, namespace, name, workload };
		}
		const service = this.#services.at(key);
		if (service !== null) {
			const { namespace, name } = service;
			return { ip, kind: EndpointKind.ENDPOINT_KIND_SERVICE, namespace, name };
		}
		const node = this.#nodes.at(key);
		if (node !== null) return { ip, kind: EndpointKind.ENDPOINT_KIND_NODE, name: node.name };
		return { ip, kind: EndpointKind.ENDPOINT_KIND_EXTERNAL };
	}

	/** None: Kubernetes tells the address of every pod that has one. */
	podsWithoutAddresses(): readonly InventoryPod[] {
		return NO_PODS;
	}

	/** None: netns/NAME and the like are of one machine. */
	podIn(): InventoryPod | null {
		return null;
	}

	translatedNetworks(): readonly Network[] {
		this.#networks ??= serviceNetworks(this.#serviceCidrs, this.#services);
		return this.#networks;
	}

	translatesAnyAddress(): boolean {
		return this.#services.anyReachedFromOutside;
	}

	hasNode(name: string): boolean {
		return !this.isSynced || this.#nodes.has(name);
	}

	subscribe(changed: () => void): () => void {
		this.#listeners.add(changed);
		return () => this.#listeners.delete(changed);
	}

	close(): void {
		void this.stop();
	}

	/** As `close`; resolves when no request is open any more. */
	async stop(): Promise<void> {
		this.#telling?.cancel();
		this.#listeners.clear();
		await Promise.all(this.#informers.map((informer) => informer.stop()));
		this.#setSynced();
	}

	#sinks(): (readonly [InformedResource, ObjectSink])[] {
		const workloads = WORKLOADS.flatMap((resource) => {
			const kind = WORKLOAD_KINDS.find(({ plural }) => plural === resource.plural);
			return kind === undefined ? [] : [[resource, new WorkloadSink(kind, this.#namespaces)] as const];
		});
		return [
			[NAMESPACES, this.#namespaces],
			[NODES, this.#nodes],
			...workloads,
			[SERVICES, this.#services],
			[SERVICE_CIDRS, this.#serviceCidrs],
			[ENDPOINT_SLICES, new EndpointSlices(this.#namespaces)],
			[PODS, this.#pods],
		];
	}

	#informer(resource: InformedResource, sink: ObjectSink, turns: ParseTurns): Informer {
		const { api, clock, random, log, times = INFORMER_TIMES } = this.#options;
		const changed = () => this.#changed(resource);
		const synced = () => {
			if (this.isSynced) this.#setSynced();
		};
		return new Informer({ resource, sink, api, clock, random, log, turns, times, changed, synced });
	}

	#changed(resource: InformedResource): void {
		if (resource === SERVICES || resource === SERVICE_CIDRS) this.#networks = null;
		if (!this.isSynced || this.#telling !== null || this.#listeners.size === 0) return;
		this.#telling = this.#options.clock.setTimeout(() => {
			this.#telling = null;
			for (const listener of this.#listeners) listener();
		}, CHANGES_TOLD_MS);
	}
}

/** 127.0.0.0/8 and ::1. */
function isLoopback(ip: Uint8Array): boolean {
	return ip.length === 4
		? ip[0] === 127
		: ip.length === 16 && ip[15] === 1 && ip.subarray(0, 15).every((byte) => byte === 0);
}
