/** What one tap covers: the pods of its targets, and the filters that its nodes are given. Both follow the inventory. */
import { PodwireError } from '../messaging/errors.ts';
import type { TapQuery } from '../messaging/tap-query.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import type { TapAccess } from './access/tap-access.ts';
import type { AddressBook } from './address-book.ts';
import { InventoryError, type InventoryPod, podKey } from './inventory.ts';
import { type ResolvedPeers, resolvePeers } from './peers.ts';
import { demandPods, deniedSentence, type PodSelection, selectPods, untappableSentences } from './tap-pods.ts';
import { leftOut, peerMissing, podJoined, podLeft } from './tap-words.ts';
import { describeTargets, type TargetResolver, type TargetSet } from './targets.ts';

type Notice = podwire.v1.Notice.$Properties;
type Pod = podwire.v1.Pod.$Properties;

/** What agents take for the filters of one tap. */
export const MAX_SPEC_BYTES: number = 64 * 1024;

/** Pods of one tap that left and may still have something to say; the first that left is forgotten first. */
export const MAX_DEPARTED_PODS = 1024;
/** Sentences that are told once. */
const MAX_TOLD = 256;

export interface TapRequest {
	readonly targets: TargetSet;
	readonly query: TapQuery;
	/** Its client takes headers once a batch. */
	readonly sharedHeaders?: boolean;
	/** Equal for equal requests. */
	readonly fingerprint: string;
}

export interface TapScopeOptions {
	readonly request: TapRequest;
	/** Whose verdict over the targets' pods is known. */
	readonly access: TapAccess;
	readonly resolver: TargetResolver;
	readonly book: AddressBook;
	/** Of pods that name none; null when it cannot be known. */
	readonly localNode: () => string | null;
}

export interface PodOnNode {
	readonly pod: InventoryPod;
	readonly node: string;
}

export class TapScope {
	readonly #options: TapScopeOptions;
	readonly #pods = new Map<string, InventoryPod>();
	/** Their last batches still count. */
	readonly #departedPods = new Set<string>();
	/** What was told once. */
	readonly #told = new Set<string>();
	/** Pods of which nothing is expected any more, and that were not taken yet. */
	#forgotten: string[] = [];
	#candidates: readonly InventoryPod[];
	#selection: PodSelection;
	#deniedTold = 0;
	#spec: podwire.v1.TapSpec.$Properties;
	#peerPods: readonly InventoryPod[];
	#peersWithoutAddress: readonly string[];

	/** Throws InventoryError, ApiError, or PodwireError (USAGE), when there is nothing to tap. */
	constructor(options: TapScopeOptions) {
		this.#options = options;
		const { request, resolver, access } = options;
		this.#candidates = resolver.podsOf(request.targets);
		this.#selection = selectPods(this.#candidates, access);
		demandPods(this.#selection, access);
		for (const pod of this.#selection.tapped.values()) this.#add(pod);
		this.#demandNode();
		const { to, from } = this.#resolvePeers();
		const problem = [...to.problems, ...from.problems][0];
		if (problem !== undefined) throw problem;
		this.#spec = this.#specOf(to, from);
		demandSpecFits(this.#spec);
		this.#peerPods = [...to.unknownPods, ...from.unknownPods];
		this.#peersWithoutAddress = [...to.withoutAddress, ...from.withoutAddress];
	}

	get description(): string {
		return describeTargets(this.#options.request.targets);
	}

	get spec(): podwire.v1.TapSpec.$Properties {
		return this.#spec;
	}

	/** Whose addresses agents have to be asked for. */
	get peerPods(): readonly InventoryPod[] {
		return this.#peerPods;
	}

	/** Peers that match nothing while no address of theirs is known: `--to svc/db`. */
	get peersWithoutAddress(): readonly string[] {
		return this.#peersWithoutAddress;
	}

	get peersAreKnown(): boolean {
		return !this.#peerPods.some((pod) => this.#options.book.isUnknown(pod));
	}

	/** Every pod of the targets, whether it is tapped or not. */
	get candidates(): readonly InventoryPod[] {
		return this.#candidates;
	}

	/** Of them those of which it is not known whether they may be tapped. */
	get unjudged(): readonly InventoryPod[] {
		return this.#selection.unjudged;
	}

	/** Why none of its pods may be tapped any more; null while one may, or none is there. */
	get forbidden(): string | null {
		const { tapped, denied, unjudged } = this.#selection;
		if (tapped.size > 0 || unjudged.length > 0 || denied.size === 0) return null;
		return deniedSentence([...denied.values()], this.#options.access);
	}

	get size(): number {
		return this.#pods.size;
	}

	get keys(): Iterable<string> {
		return this.#pods.keys();
	}

	/** As messages name them; the node is '' while it is not known. */
	get pods(): readonly Pod[] {
		return [...this.#pods.values()].map((pod) => this.#named(pod));
	}

	/** Those whose node is known. */
	get placed(): readonly PodOnNode[] {
		return [...this.#pods.values()].flatMap((pod) => {
			const node = this.#nodeOf(pod);
			return node === null ? [] : [{ pod, node }];
		});
	}

	/** Where its pods are. */
	get nodes(): ReadonlySet<string> {
		return new Set(this.placed.map(({ node }) => node));
	}

	pod(key: string): Pod | null {
		const pod = this.#pods.get(key);
		return pod === undefined ? null : this.#named(pod);
	}

	/** Whether it covers, or did cover, such a pod. */
	hasKnown(key: string): boolean {
		return this.#pods.has(key) || this.#departedPods.has(key);
	}

	/** Pods of which nothing is expected any more, as their departure is long ago or they may not be tapped. Returned once. */
	takeForgotten(): string[] {
		const forgotten = this.#forgotten;
		this.#forgotten = [];
		for (const key of this.#departedPods) {
			if (this.#departedPods.size <= MAX_DEPARTED_PODS) break;
			this.#departedPods.delete(key);
			forgotten.push(key);
		}
		return forgotten;
	}

	/** What is to be told of pods that are left out, each once. */
	leftOut(): Notice[] {
		const { denied, untappable } = this.#selection;
		const sentences = untappableSentences([...untappable.values()]).filter((sentence) => this.#isNews(sentence));
		if (denied.size > this.#deniedTold) sentences.push(deniedSentence([...denied.values()], this.#options.access));
		this.#deniedTold = denied.size;
		return sentences.map(leftOut);
	}

	/** To be called when the inventory, an address or a right changed. What is to be told of it. */
	refresh(): Notice[] {
		const notices = [...this.#refreshPods(), ...this.leftOut()];
		const { to, from } = this.#resolvePeers();
		const spec = this.#specOf(to, from);
		// Filters that became too many stay as they were.
		if (specBytes(spec) <= MAX_SPEC_BYTES) this.#spec = spec;
		this.#peerPods = [...to.unknownPods, ...from.unknownPods];
		this.#peersWithoutAddress = [...to.withoutAddress, ...from.withoutAddress];
		for (const { message } of [...to.problems, ...from.problems]) {
			if (this.#isNews(message)) notices.push(peerMissing(message));
		}
		return notices;
	}

	/** Once for each of MAX_TOLD sentences. */
	#isNews(sentence: string): boolean {
		if (this.#told.has(sentence) || this.#told.size >= MAX_TOLD) return false;
		this.#told.add(sentence);
		return true;
	}

	#add(pod: InventoryPod): void {
		this.#pods.set(podKey(pod), pod);
		this.#departedPods.delete(podKey(pod));
	}

	#named(pod: InventoryPod): Pod {
		return { namespace: pod.namespace, name: pod.name, node: this.#nodeOf(pod) ?? '' };
	}

	#nodeOf(pod: InventoryPod): string | null {
		return pod.node === '' ? this.#options.localNode() : pod.node;
	}

	#demandNode(): void {
		const astray = [...this.#pods.values()].find((pod) => this.#nodeOf(pod) === null);
		if (astray === undefined) return;
		throw new PodwireError('USAGE', `several nodes have agents: say in the inventory which node ${astray.name} is on`);
	}

	#resolvePeers(): { to: ResolvedPeers; from: ResolvedPeers } {
		const { resolver, book, request, access } = this.#options;
		const mayName = (namespace: string) => access.mayName(namespace);
		const resolution = { resolver, book, namespace: request.targets.namespace, mayName };
		const { to, from } = request.query;
		return { to: resolvePeers('to', to, resolution), from: resolvePeers('from', from, resolution) };
	}

	#specOf(to: ResolvedPeers, from: ResolvedPeers): podwire.v1.TapSpec.$Properties {
		const { query, sharedHeaders: takesShared } = this.#options.request;
		const { filters, maxRps, publish } = query;
		// What the client can do without or put together, other subscribers may want in its place.
		const omitHeaders = filters.omitHeaders === true && publish === null;
		const sharedHeaders = takesShared === true && publish === null;
		return { ...filters, to: [...to.peers], from: [...from.peers], maxRate: maxRps, omitHeaders, sharedHeaders };
	}

	#refreshPods(): Notice[] {
		this.#candidates = this.#currentPods();
		this.#selection = selectPods(this.#candidates, this.#options.access);
		const { tapped: pods, denied } = this.#selection;
		const left = [...this.#pods].filter(([key]) => !pods.has(key));
		const joined = new Set([...pods.keys()].filter((key) => !this.#pods.has(key)));
		const notices: Notice[] = [];
		for (const [key, pod] of left) {
			this.#pods.delete(key);
			// Of a pod that may not be tapped even the last words are not passed on.
			if (denied.has(key)) this.#forgotten.push(key);
			else this.#departedPods.add(key);
			notices.push(podLeft(this.#named(pod), this.#pods.size));
		}
		for (const [key, pod] of pods) {
			this.#add(pod);
			if (joined.has(key)) notices.push(podJoined(this.#named(pod), this.#pods.size));
		}
		return notices;
	}

	/** None while the target does not exist. */
	#currentPods(): readonly InventoryPod[] {
		const { request, resolver } = this.#options;
		return request.targets.targets.flatMap((target) => {
			try {
				return resolver.podsOf({ ...request.targets, targets: [target] });
			} catch (error) {
				if (error instanceof InventoryError) return [];
				throw error;
			}
		});
	}
}

function specBytes(spec: podwire.v1.TapSpec.$Properties): number {
	return wire.TapSpec.encode(spec).finish().length;
}

function demandSpecFits(spec: podwire.v1.TapSpec.$Properties): void {
	const bytes = specBytes(spec);
	if (bytes <= MAX_SPEC_BYTES) return;
	const sentence = `the filters take ${bytes} bytes, at most ${MAX_SPEC_BYTES} are possible: ask for fewer peers`;
	throw new PodwireError('USAGE', sentence);
}
