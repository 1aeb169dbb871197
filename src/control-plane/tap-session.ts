/** One tap, from the request of a client to the last word of its stream. */
import type { Clock, Timer } from '../messaging/clock.ts';
import type { Subscription } from '../messaging/nats-connection.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import type { AddressBook } from './address-book.ts';
import type { Appearance, NodeStatus } from './agents.ts';
import { BatchMerger, type MergedBatch } from './batch-merger.ts';
import type { ClientStream } from './client-stream.ts';
import { type InventoryPod, podKey } from './inventory.ts';
import { PodStates } from './pod-states.ts';
import type { Publication } from './publication.ts';
import { QuietWatch } from './quiet-watch.ts';
import { TapOutput } from './tap-output.ts';
import { type PodOnNode, type TapRequest, TapScope } from './tap-scope.ts';
import * as words from './tap-words.ts';
import type { TargetResolver } from './targets.ts';
import { UnreadableEndpoints } from './unreadable-endpoints.ts';

type Notice = podwire.v1.Notice.$Properties;

/** For the last batches of a tap that ends. */
export const LAST_BATCHES_MS = 1500;
/** For the pods to be attached before the client is told that it taps; those that take longer follow. */
export const PODS_ATTACHED_MS = 1000;
/** For the addresses of a peer that nobody asked for before. */
export const PEER_ADDRESSES_MS = 500;
/** For an agent that was not heard of; longer than an idle one is silent. */
export const AGENT_ANSWER_MS = 6000;

/** Told to one client. */
const MAX_LIMITATIONS = 100;

/** What a tap needs of the control plane around it. */
export interface TapSurroundings {
	readonly clock: Clock;
	readonly controller: string;
	readonly resolver: TargetResolver;
	readonly book: AddressBook;
	isLive(node: string): boolean;
	/** Of pods that name none; null when it cannot be known. */
	localNode(): string | null;
	subscribe(tap: string, receive: (bytes: Uint8Array) => void): Subscription;
	isNatsConnected(): boolean;
	/** What the tap wants of the nodes is different now. */
	replan(): void;
	/** A message of the tap's subject that is none of its batches. */
	refused(): void;
	/** Called once. */
	ended(tap: TapSession): void;
}

export interface TapPlan {
	readonly tap: podwire.v1.Tap.$Properties;
	readonly pods: readonly PodOnNode[];
	/** Whose addresses alone are wanted. */
	readonly peerPods: readonly InventoryPod[];
	/** False: not yet, its peers are being looked up. */
	readonly ready: boolean;
}

export interface TapOptions {
	readonly id: string;
	readonly request: TapRequest;
	readonly surroundings: TapSurroundings;
	readonly publication: Publication | null;
	/** The tap ran before, here or elsewhere. */
	readonly resumed: boolean;
}

interface Ending {
	readonly reason: podwire.v1.EndReason;
	readonly text: string;
}

export class TapSession {
	readonly id: string;
	readonly request: TapRequest;
	readonly resumed: boolean;
	readonly startedWallMs: number;
	readonly #around: TapSurroundings;
	readonly #publication: Publication | null;
	readonly #startedMs: number;
	readonly #scope: TapScope;
	readonly #states: PodStates;
	readonly #merger: BatchMerger;
	readonly #unreadable: UnreadableEndpoints;
	readonly #quiet: QuietWatch;
	/** Of each node the first assignment with this tap. */
	readonly #firstRevisions = new Map<string, number>();
	readonly #said = new Set<string>();
	readonly #finishedPods = new Set<string>();
	readonly #whenOver: Promise<void>;
	/** Nodes whose agent was there once, or is told to be missing. */
	readonly #checkedNodes = new Set<string>();
	#setOver: () => void = () => {};
	#output: TapOutput | null = null;
	#subscription: Subscription | null = null;
	#timer: Timer | null = null;
	#startedTimer: Timer | null = null;
	#ready: boolean;
	#ending: Ending | null = null;
	#over = false;
	#exchanges = 0;

	/** Throws InventoryError, or PodwireError (USAGE), when there is nothing to tap. */
	constructor({ id, request, surroundings, publication, resumed }: TapOptions) {
		const { clock, resolver, book, localNode } = surroundings;
		this.id = id;
		this.request = request;
		this.resumed = resumed;
		this.startedWallMs = clock.wallMs();
		this.#around = surroundings;
		this.#publication = publication;
		this.#startedMs = clock.nowMs();
		this.#scope = new TapScope({ request, resolver, book, localNode });
		this.#ready = this.#scope.peersAreKnown;
		this.#states = new PodStates(resumed);
		this.#merger = new BatchMerger({
			tap: id,
			clock,
			hasPod: (key) => this.#scope.hasKnown(key),
			joins: resumed,
			// A single node keeps the rate by itself, and knows best what to leave out.
			maxRps: () => (request.query.maxRps > 0 && this.#scope.nodes.size > 1 ? request.query.maxRps : 0),
		});
		this.#unreadable = new UnreadableEndpoints(book);
		this.#quiet = new QuietWatch(this.#startedMs);
		this.#whenOver = new Promise((resolve) => {
			this.#setOver = resolve;
		});
	}

	get description(): string {
		return this.#scope.description;
	}

	/** Exchange records that came from the agents. */
	get exchanges(): number {
		return this.#exchanges;
	}

	get publicationName(): string | null {
		return this.#publication?.name ?? null;
	}

	get losses(): podwire.v1.Loss.$Properties[] {
		return this.#output?.losses ?? [];
	}

	get pods(): readonly podwire.v1.Pod.$Properties[] {
		return this.#scope.pods;
	}

	/** Begins to send to the client. `replan` is called before it returns. */
	start(stream: ClientStream): void {
		const { clock, book, subscribe, replan } = this.#around;
		const started = { tap: this.id, description: this.description, pods: [...this.pods], resumed: this.resumed };
		this.#output = new TapOutput(stream, book, started);
		this.#startedTimer = clock.setTimeout(() => this.#output?.begin(), PODS_ATTACHED_MS);
		this.#subscription = subscribe(this.id, (bytes) => this.#receive(bytes));
		if (!this.#ready) this.#timer = clock.setTimeout(() => this.#begin(), PEER_ADDRESSES_MS);
		replan();
	}

	/** What the nodes are to do for it; null when it is ending. */
	plan(): TapPlan | null {
		if (this.#ending !== null || this.#over) return null;
		const { spec, placed, peerPods } = this.#scope;
		return { tap: { id: this.id, spec }, pods: placed, peerPods, ready: this.#ready };
	}

	/** An assignment with this tap went out to a node. */
	assigned(node: string, revision: number): void {
		if (!this.#firstRevisions.has(node)) this.#firstRevisions.set(node, revision);
	}

	/** The inventory changed, or an address did; `replan` is the caller's. */
	refresh(): void {
		if (this.#ending !== null || this.#over) return;
		for (const notice of this.#scope.refresh()) {
			if (notice.kind === wire.NoticeKind.NOTICE_KIND_POD_LEFT) this.#states.forget(podKey(notice.pod ?? {}));
			this.#say(notice);
		}
		for (const key of this.#scope.takeForgotten()) {
			this.#merger.forget(key);
			this.#quiet.forget(key);
			this.#finishedPods.delete(key);
		}
		if (!this.#ready && this.#scope.peersAreKnown) this.#begin();
	}

	agentStatus(status: NodeStatus): void {
		if (this.#over || !this.#isApplied(status)) return;
		for (const sentence of status.limitations) this.#sayOnce(words.limitation(status.node, sentence));
		const notices: Notice[] = [];
		for (const podStatus of status.pods) {
			const key = podKey(podStatus.pod ?? {});
			const pod = this.#scope.pod(key);
			if (pod?.node !== status.node) continue;
			const notice = this.#states.update(key, pod, podStatus, this.#scope.size);
			if (notice !== null) notices.push(notice);
		}
		const reasons = this.#states.whyNone(this.#scope.keys);
		if (reasons !== null && this.#ending === null) {
			this.fail(words.noneTapped(this.pods, reasons));
		}
		for (const notice of notices) this.#say(notice);
		if (this.#states.areSettled(this.#scope.keys)) this.#output?.begin();
	}

	agentSilent(node: string, stopped: boolean): void {
		this.#checkedNodes.add(node);
		if (this.#scope.nodes.has(node)) this.#say(words.agentSilent(node, stopped));
		this.#finishWhenComplete();
	}

	agentBack(node: string, how: Appearance): void {
		if (!this.#scope.nodes.has(node)) return;
		this.#say(how === 'anew' ? words.agentAnew(node) : words.agentBack(node));
	}

	natsLost(): void {
		this.#say(words.natsLost());
		// The last batches will not come either.
		if (this.#ending !== null) this.#finish(this.#ending);
	}

	natsBack(lostForMs: number): void {
		this.#say(words.natsBack(lostForMs));
	}

	/** To be called every second. */
	tick(): void {
		if (this.#over) return;
		const now = this.#around.clock.nowMs();
		const reads = this.#output?.tick(now) ?? true;
		if (!reads) {
			this.#giveUp();
			return;
		}
		for (const notice of this.#unreadable.due(now)) this.#say(notice);
		const unpublished = this.#publication?.takeLost() ?? 0;
		if (unpublished > 0) this.#say(words.notPublished(unpublished, this.#publication?.name ?? ''));
		if (!this.#around.isNatsConnected()) return;
		const quiet = this.#quiet.due(now, this.#scope.size);
		if (quiet !== null) this.#say(words.noTraffic(quiet));
		this.#checkAgents(now);
	}

	/** Ends it in order: the nodes are told, their last batches awaited and passed on. Resolves when it is over. */
	async stop(reason: podwire.v1.EndReason, text = ''): Promise<void> {
		if (this.#ending === null && !this.#over) {
			const ending = { reason, text };
			this.#ending = ending;
			this.#timer?.cancel();
			this.#timer = this.#around.clock.setTimeout(() => this.#finish(ending), LAST_BATCHES_MS);
			this.#around.replan();
			if (this.#around.isNatsConnected()) this.#finishWhenComplete();
			else this.#finish(ending);
		}
		await this.#whenOver;
	}

	/** It cannot go on: one sentence why. */
	fail(text: string): void {
		this.#finish({ reason: wire.EndReason.END_REASON_FAILED, text });
	}

	/** Nobody reads any more. */
	clientGone(): void {
		this.#close();
	}

	/** Another stream goes on with this tap: nothing is told to nodes. */
	handOver(): void {
		this.#over = true;
		this.#release();
		this.#output?.abandon();
	}

	#begin(): void {
		this.#timer?.cancel();
		if (this.#ready || this.#over) return;
		this.#ready = true;
		this.#around.replan();
	}

	/** What a status says of pods holds for this tap only once the agent knows of it. */
	#isApplied({ node, assignments }: NodeStatus): boolean {
		const first = this.#firstRevisions.get(node);
		if (first === undefined) return false;
		return assignments.some(
			({ controller, revision }) => controller === this.#around.controller && (revision ?? 0) >= first,
		);
	}

	#receive(bytes: Uint8Array): void {
		if (this.#over) return;
		const result = this.#merger.merge(bytes);
		if (result.kind === 'foreign') this.#around.refused();
		if (result.kind !== 'batch') return;
		const { batch, lostExchanges } = result;
		this.#output?.lostOnTheWay(batch.envelope.pod ?? {}, lostExchanges);
		this.#observe(batch);
		this.#publication?.publish(batch);
		this.#output?.forward(batch);
		if (batch.envelope.last) this.#finishedPods.add(batch.podKey);
		else this.#finishedPods.delete(batch.podKey);
		this.#finishWhenComplete();
	}

	#observe({ podKey: key, envelope }: MergedBatch): void {
		const now = this.#around.clock.nowMs();
		this.#states.heard();
		this.#exchanges += envelope.exchanges.length;
		if (envelope.exchanges.length > 0) this.#quiet.shown(now);
		if (!envelope.counters) return;
		this.#quiet.observe(key, envelope.epoch, envelope.counters);
		this.#unreadable.observe(key, envelope.counters, now);
	}

	#say(notice: Notice): void {
		if (!this.#over) this.#output?.say(notice);
	}

	#sayOnce(notice: Notice): void {
		const text = notice.text ?? '';
		if (this.#said.has(text) || this.#said.size >= MAX_LIMITATIONS) return;
		this.#said.add(text);
		this.#say(notice);
	}

	#giveUp(): void {
		this.#close();
		this.#output?.abandon();
	}

	#checkAgents(now: number): void {
		if (this.#ending !== null || now - this.#startedMs < AGENT_ANSWER_MS) return;
		for (const node of this.#scope.nodes) {
			const isNews = !this.#around.isLive(node) && !this.#checkedNodes.has(node);
			this.#checkedNodes.add(node);
			if (isNews) this.#say(words.agentMissing(node));
		}
	}

	/** When every pod that an agent can still speak of has said its last word. */
	#finishWhenComplete(): void {
		if (this.#ending === null || this.#over) return;
		const awaited = this.#scope.placed.some(({ pod, node }) => {
			const key = podKey(pod);
			return this.#around.isLive(node) && !this.#finishedPods.has(key) && !this.#states.isDown(key);
		});
		if (!awaited) this.#finish(this.#ending);
	}

	#finish({ reason, text }: Ending): void {
		if (this.#over) return;
		for (const notice of this.#unreadable.due(this.#around.clock.nowMs(), true)) this.#say(notice);
		this.#output?.ended(reason, text);
		this.#close();
	}

	#close(): void {
		if (this.#over) return;
		this.#over = true;
		this.#release();
		this.#around.ended(this);
	}

	#release(): void {
		this.#subscription?.unsubscribe();
		this.#timer?.cancel();
		this.#startedTimer?.cancel();
		this.#setOver();
	}
}
