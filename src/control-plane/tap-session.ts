/** One tap, from the request of a client to the last word of its stream. */
import type { Timer } from '../messaging/clock.ts';
import type { Subscription } from '../messaging/nats-connection.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import type { TapFacts } from './access/audit.ts';
import type { TapAccess } from './access/tap-access.ts';
import type { Appearance, NodeStatus } from './agents.ts';
import type { ClientStream } from './api/client-stream.ts';
import { withheldByNode } from './forbidden.ts';
import { type InventoryPod, podKey } from './inventory.ts';
import { PodStates } from './pod-states.ts';
import { Publication } from './publication.ts';
import type { QuietTap } from './quiet-words.ts';
import { RightsWatch } from './rights-watch.ts';
import { TapAgents } from './tap-agents.ts';
import { type Ending, TapEnding } from './tap-ending.ts';
import { TapIntake } from './tap-intake.ts';
import { TapNames } from './tap-names.ts';
import { TapOutput } from './tap-output.ts';
import { type PodOnNode, type TapRequest, TapScope } from './tap-scope.ts';
import type { TapSurroundings } from './tap-surroundings.ts';
import * as words from './tap-words.ts';
import { unseenPods } from './unseen-pods.ts';

type Notice = podwire.v1.Notice.$Properties;

/** For the last batches of a tap that ends. */
export const LAST_BATCHES_MS = 1500;
/** For the pods to be attached before the client is told that it taps; those that take longer follow. */
export const PODS_ATTACHED_MS = 1000;
/** For the addresses of a peer that nobody asked for before. */
export const PEER_ADDRESSES_MS = 500;

/** Told to one client. */
const MAX_LIMITATIONS = 100;

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
	/** Whose verdict over the targets' pods is known. */
	readonly access: TapAccess;
	readonly surroundings: TapSurroundings;
	/** The tap ran before, here or elsewhere. */
	readonly resumed: boolean;
}

export class TapSession {
	readonly id: string;
	readonly request: TapRequest;
	readonly access: TapAccess;
	readonly resumed: boolean;
	readonly startedWallMs: number;
	readonly #around: TapSurroundings;
	readonly #publication: Publication | null;
	readonly #names: TapNames;
	readonly #scope: TapScope;
	readonly #states: PodStates;
	readonly #intake: TapIntake;
	readonly #agents: TapAgents;
	readonly #rights: RightsWatch;
	readonly #end = new TapEnding();
	readonly #said = new Set<string>();
	readonly #whenOver: Promise<void>;
	#setOver: () => void = () => {};
	#output: TapOutput | null = null;
	#subscription: Subscription | null = null;
	#timer: Timer | null = null;
	#startedTimer: Timer | null = null;
	#ready: boolean;
	#over = false;
	#whyOver = 'the client went';

	/** Throws InventoryError, ApiError, or PodwireError (USAGE), when there is nothing to tap. */
	constructor({ id, request, access, surroundings, resumed }: TapOptions) {
		const { clock, resolver, book, localNode, controller, isLive, publish } = surroundings;
		this.id = id;
		this.request = request;
		this.access = access;
		this.resumed = resumed;
		this.startedWallMs = clock.wallMs();
		this.#around = surroundings;
		this.#names = new TapNames(book, access);
		const { publish: name, maxRps } = request.query;
		this.#publication = name === null ? null : new Publication({ name, names: this.#names, publish });
		this.#scope = new TapScope({ request, access, resolver, book, localNode });
		this.#ready = this.#scope.peersAreKnown;
		this.#states = new PodStates(resumed);
		this.#intake = new TapIntake({
			tap: id,
			clock,
			names: this.#names,
			hasPod: (key) => this.#scope.hasKnown(key),
			joins: resumed,
			// A single node keeps the rate by itself, and knows best what to leave out.
			maxRps: () => (maxRps > 0 && this.#scope.nodes.size > 1 ? maxRps : 0),
		});
		this.#agents = new TapAgents({ controller, startedMs: clock.nowMs(), isLive });
		this.#rights = new RightsWatch({
			access,
			clock,
			candidates: () => this.#scope.candidates,
			changed: () => this.#rightsChanged(),
			withdrawn: (sentence) => this.fail(sentence),
		});
		this.#whenOver = new Promise((resolve) => {
			this.#setOver = resolve;
		});
	}

	get description(): string {
		return this.#scope.description;
	}

	/** Exchange records that came from the agents. */
	get exchanges(): number {
		return this.#intake.exchanges;
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

	/** For the audit. */
	get facts(): TapFacts {
		return { tap: this.id, user: this.access.user, asked: this.access.asked };
	}

	/** Why it is over, or may be soon. */
	get whyOver(): string {
		return this.#whyOver;
	}

	/** Begins to send to the client. `replan` is called before it returns. */
	start(stream: ClientStream): void {
		const { clock, subscribe, replan, totals } = this.#around;
		const started = { tap: this.id, description: this.description, pods: [...this.pods], resumed: this.resumed };
		this.#output = new TapOutput(stream, this.#names, started, this.#scope.leftOut(), totals);
		totals.began();
		this.#startedTimer = clock.setTimeout(() => this.#output?.begin(), PODS_ATTACHED_MS);
		this.#subscription = subscribe(this.id, (bytes) => this.#receive(bytes));
		this.#rights.ask(this.#scope.unjudged);
		if (!this.#ready) this.#timer = clock.setTimeout(() => this.#begin(), PEER_ADDRESSES_MS);
		replan();
	}

	/** What the nodes are to do for it; null when it is ending. */
	plan(): TapPlan | null {
		if (this.#isEnding) return null;
		const { spec, placed, peerPods } = this.#scope;
		return { tap: { id: this.id, spec }, pods: placed, peerPods, ready: this.#ready };
	}

	/** An assignment with this tap went out to a node. */
	assigned(node: string, revision: number): void {
		this.#agents.assigned(node, revision);
	}

	/** The inventory changed, or an address or a right did; `replan` is the caller's. */
	refresh(): void {
		if (this.#isEnding) return;
		for (const notice of this.#scope.refresh()) {
			if (notice.kind === wire.NoticeKind.NOTICE_KIND_POD_LEFT) this.#states.forget(podKey(notice.pod ?? {}));
			this.#say(notice);
		}
		for (const key of this.#scope.takeForgotten()) {
			this.#intake.forget(key);
			this.#end.forget(key);
		}
		this.#rights.ask(this.#scope.unjudged);
		const { forbidden } = this.#scope;
		if (forbidden !== null) this.fail(forbidden);
		else if (!this.#ready && this.#scope.peersAreKnown) this.#begin();
	}

	agentStatus(status: NodeStatus): void {
		if (this.#over || !this.#agents.isApplied(status)) return;
		for (const sentence of status.limitations) this.#sayOnce(words.limitation(status.node, sentence));
		for (const sentence of withheldByNode(this.request.query.filters, status)) this.#sayOnce(words.leftOut(sentence));
		const notices: Notice[] = [];
		for (const podStatus of status.pods) {
			const key = podKey(podStatus.pod ?? {});
			const pod = this.#scope.pod(key);
			if (pod?.node !== status.node) continue;
			const notice = this.#states.update(key, pod, podStatus, this.#scope.size);
			if (notice !== null) notices.push(notice);
		}
		const reasons = this.#states.whyNone(this.#scope.keys);
		if (reasons !== null && !this.#isEnding) this.fail(words.noneTapped(this.pods, reasons));
		for (const notice of notices) this.#say(notice);
		if (this.#states.areSettled(this.#scope.keys)) this.#output?.begin();
	}

	agentSilent(node: string, stopped: boolean): void {
		this.#agents.silent(node);
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
		if (this.#end.ending !== null) this.#finish(this.#end.ending);
	}

	natsBack(lostForMs: number): void {
		this.#say(words.natsBack(lostForMs));
	}

	/** To be called every second. */
	tick(): void {
		if (this.#over) return;
		const now = this.#around.clock.nowMs();
		if (this.#output?.tick(now) === false) {
			this.#giveUp();
			return;
		}
		for (const notice of this.#intake.unreadable(now)) this.#say(notice);
		const unpublished = this.#publication?.takeLost() ?? 0;
		if (unpublished > 0) {
			this.#around.totals.unpublished(unpublished);
			this.#say(words.notPublished(unpublished, this.#publication?.name ?? ''));
		}
		if (!this.#isEnding) this.#rights.tick(now);
		if (!this.#around.isNatsConnected()) return;
		const quiet = this.#intake.quiet(now, () => this.#quietTap());
		if (quiet !== null) this.#say(quiet);
		if (!this.#isEnding) for (const notice of this.#agents.missing(this.#scope.nodes, now)) this.#say(notice);
	}

	/** Ends it in order: the nodes are told, their last batches awaited and passed on. Resolves when it is over. */
	async stop(reason: podwire.v1.EndReason, text = ''): Promise<void> {
		if (!this.#isEnding) {
			const ending = { reason, text };
			this.#end.begin(ending);
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

	get #isEnding(): boolean {
		return this.#end.ending !== null || this.#over;
	}

	#begin(): void {
		this.#timer?.cancel();
		if (this.#ready || this.#over) return;
		this.#ready = true;
		this.#around.replan();
	}

	#rightsChanged(): void {
		if (this.#isEnding) return;
		this.refresh();
		if (!this.#over) this.#around.replan();
	}

	#receive(bytes: Uint8Array): void {
		if (this.#over) return;
		const intake = this.#intake.take(bytes);
		if (intake.kind === 'foreign') this.#around.refused();
		if (intake.kind !== 'batch') return;
		const { batch, lostExchanges } = intake;
		this.#around.totals.received(batch.envelope.exchanges.length);
		this.#states.heard();
		this.#output?.lostOnTheWay(batch.envelope.pod ?? {}, lostExchanges);
		this.#publication?.publish(batch);
		this.#output?.forward(batch);
		this.#end.heard(batch.podKey, batch.envelope.last);
		this.#finishWhenComplete();
	}

	/** What a sentence about silence has to know of it. */
	#quietTap(): Omit<QuietTap, 'endpoints'> {
		const { description, size: pods, peersWithoutAddress } = this.#scope;
		const around = {
			states: this.#states,
			surroundings: this.#around,
			hasHeard: (key: string) => this.#intake.hasHeard(key),
		};
		return {
			description,
			query: this.request.query,
			pods,
			unseen: unseenPods(this.#scope.pods, around),
			peersWithoutAddress,
		};
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
		this.#whyOver = 'the client does not read';
		this.#close();
		this.#output?.abandon();
	}

	/** When every pod that an agent can still speak of has said its last word. */
	#finishWhenComplete(): void {
		const { ending } = this.#end;
		if (ending === null || this.#over) return;
		const awaited = this.#scope.placed.some(({ pod, node }) => {
			const key = podKey(pod);
			return this.#around.isLive(node) && !this.#end.hasFinished(key) && !this.#states.isDown(key);
		});
		if (!awaited) this.#finish(ending);
	}

	#finish({ reason, text }: Ending): void {
		if (this.#over) return;
		for (const notice of this.#intake.unreadable(this.#around.clock.nowMs(), true)) this.#say(notice);
		this.#whyOver = text === '' ? 'as asked' : text;
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
		this.#rights.stop();
		this.#setOver();
	}
}
