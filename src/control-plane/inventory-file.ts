/** Pods and services from a pods.yaml, read anew whenever it changes. */
import { type FSWatcher, readFileSync, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Clock, Timer } from '../messaging/clock.ts';
import { PodwireError } from '../messaging/errors.ts';
import { selectorMatches } from '../messaging/label-selector.ts';
import type { Network } from '../messaging/network-address.ts';
import { NAMESPACE_KIND, nearestOf, POD_KIND, type ResourceKind, SERVICE_KIND } from '../messaging/resource-kinds.ts';
import { formatTarget } from '../messaging/target.ts';
import {
	type AddressName,
	type Inventory,
	InventoryError,
	type InventoryPod,
	type PeerResource,
	type ResourceQuery,
} from './inventory.ts';
import { InventoryFileIndex } from './inventory-file-index.ts';
import { type InventoryContent, parseInventory } from './inventory-schema.ts';

const MAX_INVENTORY_BYTES = 8 * 1024 * 1024;
/** An editor writes a file in several steps. */
const SETTLE_MS = 100;

export interface InventoryFileOptions {
	readonly path: string;
	readonly clock: Clock;
	/** A changed file that cannot be read: the sentences; what was read before holds on. */
	readonly onProblem: (sentence: string) => void;
}

export class InventoryFile implements Inventory {
	readonly #options: InventoryFileOptions;
	readonly #listeners = new Set<() => void>();
	readonly #watcher: FSWatcher;
	#content: InventoryContent;
	#index: InventoryFileIndex;
	#text: string;
	#settling: Timer | null = null;

	/** Throws PodwireError: CONFIGURATION when there is no such file, MALFORMED_FILE with a line for each problem. */
	constructor(options: InventoryFileOptions) {
		this.#options = options;
		this.#text = readInventory(options.path);
		this.#content = parsed(this.#text, options.path);
		this.#index = new InventoryFileIndex(this.#content);
		const name = basename(options.path);
		// The folder, since a file that is replaced takes its watch along; ..data is how Kubernetes replaces mounted files.
		this.#watcher = watch(dirname(options.path), { persistent: false }, (_event, changed) => {
			if (changed === null || changed === name || changed === '..data') this.#settle();
		});
		this.#watcher.on('error', (error) => options.onProblem(`${options.path} is no longer watched: ${error.message}`));
	}

	podsOf(query: ResourceQuery): readonly InventoryPod[] {
		const pods = this.#select(query);
		const matching = pods.filter((pod) => query.selector === null || selectorMatches(query.selector, pod.labels));
		if (matching.length > 0) return matching;
		const labels = query.selector === null ? '' : ` with labels ${query.selector.text}`;
		const what = query.kind === POD_KIND && query.name === null ? 'pods' : `pods of ${formatTarget(query)}`;
		throw new InventoryError('no-pods-match', `no ${what}${place(query)}${labels}`);
	}

	peerOf(query: ResourceQuery): PeerResource {
		const pods = this.#select(query);
		const services =
			query.kind === SERVICE_KIND ? this.#inNamespace(this.#content.services, query).filter(isNamed(query)) : [];
		return { pods, addresses: services.flatMap((service) => service.addresses), hosts: [] };
	}

	nameOf(ip: Uint8Array): AddressName | null {
		return this.#index.nameOf(ip);
	}

	podsWithoutAddresses(): readonly InventoryPod[] {
		return this.#index.podsWithoutAddresses;
	}

	podIn(networkNamespace: InventoryPod['networkNamespace']): InventoryPod | null {
		return this.#index.podIn(networkNamespace);
	}

	/** Whether a service's address is translated is not said in the file: agents are asked about none. */
	translatedNetworks(): readonly Network[] {
		return [];
	}

	translatesAnyAddress(): boolean {
		return false;
	}

	/** Which machines there are, the file does not say. */
	hasNode(): boolean {
		return true;
	}

	subscribe(changed: () => void): () => void {
		this.#listeners.add(changed);
		return () => this.#listeners.delete(changed);
	}

	/** For completion. Of a kind that is in no namespace, `namespace` is passed over. */
	names(kind: ResourceKind, namespace: string): readonly string[] {
		const known = this.#namesOf(kind).filter((each) => !kind.namespaced || each.namespace === namespace);
		return [...new Set(known.map(({ name }) => name))];
	}

	close(): void {
		this.#settling?.cancel();
		this.#watcher.close();
		this.#listeners.clear();
	}

	/** Of the resource, whatever the selector; throws when there is no such resource. */
	#select(query: ResourceQuery): readonly InventoryPod[] {
		const pods = this.#inNamespace(this.#content.pods, query);
		if (query.kind === NAMESPACE_KIND) {
			if (query.name === null) return this.#content.pods;
			return this.#found(
				query,
				this.#content.pods.filter((pod) => pod.namespace === query.name),
			);
		}
		if (query.kind === POD_KIND) return query.name === null ? pods : this.#found(query, pods.filter(isNamed(query)));
		if (query.kind === SERVICE_KIND) return this.#podsOfServices(query, pods);
		const workload = query.name === null ? null : formatTarget(query);
		const matching = pods.filter(({ workload: of }) =>
			workload === null ? of.startsWith(`${query.kind.short}/`) : of === workload,
		);
		return workload === null ? matching : this.#found(query, matching);
	}

	#podsOfServices(query: ResourceQuery, pods: readonly InventoryPod[]): readonly InventoryPod[] {
		const services = this.#inNamespace(this.#content.services, query).filter(isNamed(query));
		if (query.name !== null) this.#found(query, services);
		return pods.filter((pod) =>
			services.some(
				({ namespace, selector }) =>
					// As in Kubernetes, a service without selector has no pods.
					namespace === pod.namespace && selector.requirements.length > 0 && selectorMatches(selector, pod.labels),
			),
		);
	}

	#inNamespace<Item extends { readonly namespace: string }>(
		items: readonly Item[],
		query: ResourceQuery,
	): readonly Item[] {
		return query.namespace === null ? items : items.filter(({ namespace }) => namespace === query.namespace);
	}

	#found<Item>(query: ResourceQuery, items: readonly Item[]): readonly Item[] {
		if (items.length > 0) return items;
		const hint = this.#hint(query);
		const sentence = `there is no ${formatTarget(query)}${place(query)}${hint === null ? '' : ` (${hint})`}`;
		throw new InventoryError('no-such-resource', sentence);
	}

	#hint(query: ResourceQuery): string | null {
		const known = this.#namesOf(query.kind);
		const elsewhere = known.find(({ name, namespace }) => name === query.name && namespace !== query.namespace);
		if (elsewhere !== undefined) return `it is in namespace ${elsewhere.namespace}`;
		const here = known.filter(({ namespace }) => query.namespace === null || namespace === query.namespace);
		const nearest = nearestOf(
			query.name ?? '',
			here.map(({ name }) => name),
		);
		return nearest === null ? null : `${nearest}?`;
	}

	#namesOf(kind: ResourceKind): readonly { name: string; namespace: string | null }[] {
		const { pods, services } = this.#content;
		if (kind === NAMESPACE_KIND) return pods.map(({ namespace }) => ({ name: namespace, namespace: null }));
		if (kind === POD_KIND) return pods;
		if (kind === SERVICE_KIND) return services;
		return pods
			.filter(({ workload }) => workload.startsWith(`${kind.short}/`))
			.map(({ workload, namespace }) => ({ name: workload.slice(kind.short.length + 1), namespace }));
	}

	#settle(): void {
		this.#settling?.cancel();
		this.#settling = this.#options.clock.setTimeout(() => this.#reload(), SETTLE_MS);
	}

	#reload(): void {
		try {
			const text = readInventory(this.#options.path);
			if (text === this.#text) return;
			this.#text = text;
			this.#content = parsed(text, this.#options.path);
			this.#index = new InventoryFileIndex(this.#content);
		} catch (error) {
			if (!(error instanceof PodwireError)) throw error;
			this.#options.onProblem(`${error.message}\nThe inventory stays as it was.`);
			return;
		}
		for (const listener of this.#listeners) listener();
	}
}

const isNamed =
	({ name }: ResourceQuery) =>
	(item: { readonly name: string }): boolean =>
		name === null || item.name === name;

function place({ kind, namespace }: ResourceQuery): string {
	if (!kind.namespaced) return '';
	return namespace === null ? ' in any namespace' : ` in namespace ${namespace}`;
}

function parsed(text: string, path: string): InventoryContent {
	const { content, problems } = parseInventory(text, path);
	if (content === null) throw new PodwireError('MALFORMED_FILE', problems.join('\n'));
	return content;
}

function readInventory(path: string): string {
	try {
		const { size } = statSync(path);
		if (size > MAX_INVENTORY_BYTES) {
			throw new PodwireError('MALFORMED_FILE', `${path}: expected at most ${MAX_INVENTORY_BYTES} bytes, got ${size}`);
		}
		return readFileSync(path, 'utf8');
	} catch (cause) {
		if (cause instanceof PodwireError) throw cause;
		throw new PodwireError('CONFIGURATION', `The inventory ${path} cannot be read: ${whyUnreadable(cause)}`, { cause });
	}
}

function whyUnreadable(cause: unknown): string {
	switch ((cause as NodeJS.ErrnoException).code) {
		case 'ENOENT':
			return 'there is no such file';
		case 'EISDIR':
			return 'it is a directory; a file such as pods.yaml is expected';
		case 'EACCES':
			return 'it may not be read by this user';
		default:
			return cause instanceof Error ? cause.message : String(cause);
	}
}
