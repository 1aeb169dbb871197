/** The books of one reader, from which the truth is reported. */
import { lossWords, missingWord, UNREADABLE_CAUSES } from '../messaging/loss-words.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { OpenExchanges } from './open-exchanges.ts';
import { type PodName, podKey, ToldPods } from './told-pods.ts';
import type { LossCount, Truth } from './truth.ts';

const { LossCause } = wire;
type Cause = podwire.v1.LossCause;

/** Counted in exchange records, between the pods and the reader. */
const IN_TRANSIT: readonly Cause[] = [
	LossCause.LOSS_CAUSE_BATCH_QUEUE_FULL,
	LossCause.LOSS_CAUSE_CONTROL_PLANE_QUEUE_FULL,
	LossCause.LOSS_CAUSE_NATS,
];

/** The cumulative counters of one pod in one epoch. */
interface PodEpoch {
	readonly epoch: number;
	lastNumber: number;
	counters: podwire.v1.TapCounters.$Properties;
	ended: boolean;
	/** How often the agent of its node had gone or come when its last batch came. */
	agentChanges: number;
}

export class TruthLedger {
	readonly #pods = new Set<string>();
	readonly #told = new ToldPods();
	readonly #epochs = new Map<string, PodEpoch>();
	readonly #openExchanges = new OpenExchanges();
	/** Sums of the epochs that are over. */
	readonly #totals = { seen: 0, published: 0, filtered: 0, unjudged: 0, skipped: 0 };
	readonly #losses = new Map<Cause, number>();
	/** What the control plane said it lost: as it goes, and at its end. */
	readonly #noticedLosses = new Map<Cause, number>();
	#endLosses: ReadonlyMap<Cause, number> | null = null;
	readonly #uncounted = new Set<string>();
	/** By node, how often its agent was told to be gone or there again. */
	readonly #agentChanges = new Map<string, number>();
	readonly #incomplete = new Map<podwire.v1.Missing, number>();
	#received = 0;
	#shown = 0;
	#beyondLimit = 0;
	#unwritten = 0;
	#stillOpen = 0;
	#interrupted = false;

	/** A tap has begun, the first time or after its control plane was lost: `podTapped` says its pods anew. */
	tapBegun(): void {
		this.#told.clear();
	}

	podTapped(pod: podwire.v1.Pod.$Properties): void {
		this.#pods.add(podKey(pod));
		this.#told.tapped(pod);
	}

	/** Whether what passes at that pod is told by its own agent. */
	tells(pod: PodName): boolean {
		return this.#told.has(pod);
	}

	/** What follows comes from another sender, whose numbers begin anew: the next capture file. */
	nextSender(): void {
		for (const epoch of this.#epochs.values()) addCounters(this.#totals, this.#losses, epoch.counters);
		this.#epochs.clear();
	}

	/** False: it came before, and is not to be shown again. */
	beginBatch(batch: Omit<podwire.v1.TapBatch.$Properties, 'exchanges'>): boolean {
		const key = podKey(batch.pod ?? {});
		const number = batch.number ?? 0;
		let current = this.#epochs.get(key);
		if (current === undefined || current.epoch !== (batch.epoch ?? 0)) {
			if (current !== undefined) this.#finishEpoch(current, batch.pod);
			current = { epoch: batch.epoch ?? 0, lastNumber: 0, counters: {}, ended: false, agentChanges: 0 };
			this.#epochs.set(key, current);
			if (batch.pod) this.#pods.add(key);
		} else if (number <= current.lastNumber) {
			return false;
		}
		current.lastNumber = number;
		current.agentChanges = this.#changesOfAgent(batch.pod);
		current.ended = batch.last ?? false;
		if (batch.counters) current.counters = batch.counters;
		// The last one may come after the notice that its agent stopped.
		if (batch.pod && !batch.last) this.#told.heard(batch.pod);
		return true;
	}

	/** True when the record belongs to an exchange that arrived before as an open one. */
	received(exchange: podwire.v1.Exchange.$Properties): boolean {
		const continues = this.#openExchanges.continues(exchange);
		if (!continues) ++this.#received;
		return continues;
	}

	/** The exchange was given to the reader. `continues`: as `received` said. */
	shown(exchange: podwire.v1.Exchange.$Properties, continues: boolean): void {
		if (!continues) ++this.#shown;
		if (exchange.end === wire.End.END_OPEN) return;
		for (const missing of exchange.missing ?? []) increase(this.#incomplete, missing, 1);
	}

	/** Not shown because as many as were asked for had been. */
	beyondLimit(continues: boolean): void {
		if (!continues) ++this.#beyondLimit;
	}

	/** Not shown because the reader took no more. */
	unwritten(continues: boolean): void {
		if (!continues) ++this.#unwritten;
	}

	/** Not shown because they were to be when they end: so many at the end. */
	stillOpen(count: number): void {
		this.#stillOpen = count;
	}

	notice(notice: podwire.v1.Notice.$Properties): void {
		this.#told.notice(notice);
		if (notice.kind === wire.NoticeKind.NOTICE_KIND_POD_JOINED && notice.pod) this.podTapped(notice.pod);
		const { NOTICE_KIND_AGENT_SILENT, NOTICE_KIND_AGENT_BACK } = wire.NoticeKind;
		if (notice.kind === NOTICE_KIND_AGENT_SILENT || notice.kind === NOTICE_KIND_AGENT_BACK) {
			increase(this.#agentChanges, notice.pod?.node ?? '', 1);
		}
		if (notice.loss) increase(this.#noticedLosses, notice.loss.cause ?? 0, notice.loss.count ?? 0);
	}

	ended(ended: podwire.v1.TapEnded.$Properties): void {
		this.#endLosses = new Map((ended.losses ?? []).map(({ cause, count }) => [cause ?? 0, count ?? 0]));
	}

	/** The connection to the control plane broke. */
	interrupted(): void {
		this.#interrupted = true;
	}

	/** More may be lost than the counters tell. */
	uncounted(reason: string): void {
		this.#uncounted.add(reason);
	}

	/** The numbers so far; at the end of a tap, the last ones. `ending`: epochs without their last batch are not whole. */
	report(ending: boolean): Truth {
		const sums = this.#sums();
		const losses = this.#lossCounts(sums.published, sums.losses);
		const exact = losses.filter(({ cause }) => cause === null || IN_TRANSIT.includes(cause));
		const estimated = losses.filter(({ cause }) => cause !== null && !IN_TRANSIT.includes(cause));
		const all = [...exact, ...estimated];
		return {
			pods: this.#pods.size,
			seen: sums.seen,
			shown: this.#shown,
			filtered: sums.filtered,
			unjudged: sums.unjudged,
			skipped: sums.skipped,
			beyondLimit: this.#beyondLimit,
			stillOpen: this.#stillOpen,
			losses: all.map(({ words, count }) => ({ words, count })),
			lost: all.reduce((sum, { count }) => sum + count, 0),
			lostExactly: estimated.length === 0,
			uncounted: [...this.#uncounted, ...(ending ? this.#unfinished() : [])],
			unreadable: UNREADABLE_CAUSES.flatMap((cause) => this.#count(sums.losses, cause)),
			incomplete: [...this.#incomplete].map(([missing, count]) => ({ words: missingWord(missing), count })),
		};
	}

	/** Another has begun. Where one follows the other under the same agent, nothing passed in between. */
	#finishEpoch(epoch: PodEpoch, pod: podwire.v1.Pod.$Properties | null | undefined): void {
		const name = pod?.name ?? 'a pod';
		if (!epoch.ended) this.uncounted(`the tap of ${name} was begun anew`);
		else if (this.#changesOfAgent(pod) > epoch.agentChanges)
			this.uncounted(`nobody watched ${name} while its agent was gone`);
		addCounters(this.#totals, this.#losses, epoch.counters);
	}

	#changesOfAgent(pod: podwire.v1.Pod.$Properties | null | undefined): number {
		return this.#agentChanges.get(pod?.node ?? '') ?? 0;
	}

	#sums() {
		const sums = { ...this.#totals, losses: new Map(this.#losses) };
		for (const { counters } of this.#epochs.values()) addCounters(sums, sums.losses, counters);
		return sums;
	}

	/** A cause of null is the client's own. */
	#lossCounts(published: number, counted: ReadonlyMap<Cause, number>) {
		const said = this.#endLosses ?? this.#noticedLosses;
		let unexplained = Math.max(0, published - this.#received);
		const losses: { cause: Cause | null; words: string; count: number }[] = [];
		for (const cause of IN_TRANSIT) {
			const count = (counted.get(cause) ?? 0) + (said.get(cause) ?? 0);
			unexplained = Math.max(0, unexplained - count);
			if (count > 0) losses.push({ cause, words: lossWords(cause), count });
		}
		const words = this.#interrupted ? 'control plane gone' : 'not delivered';
		if (unexplained > 0) losses.push({ cause: null, words, count: unexplained });
		if (this.#unwritten > 0) losses.push({ cause: null, words: 'client', count: this.#unwritten });
		for (const [cause, count] of counted) {
			if (count === 0 || IN_TRANSIT.includes(cause) || UNREADABLE_CAUSES.includes(cause)) continue;
			losses.push({ cause, words: lossWords(cause), count });
		}
		return losses;
	}

	#count(losses: ReadonlyMap<Cause, number>, cause: Cause): LossCount[] {
		const count = losses.get(cause) ?? 0;
		return count === 0 ? [] : [{ words: lossWords(cause), count }];
	}

	#unfinished(): string[] {
		const unheard = [...this.#pods].filter((pod) => !this.#epochs.has(pod)).length;
		const unended = [...this.#epochs.values()].filter(({ ended }) => !ended).length;
		return [
			...(unheard > 0 ? [`nothing was heard of ${podsText(unheard)}`] : []),
			...(unended > 0 ? [`the last counts of ${podsText(unended)} did not arrive`] : []),
		];
	}
}

function podsText(count: number): string {
	return count === 1 ? '1 pod' : `${count} pods`;
}

function increase<Key>(counts: Map<Key, number>, key: Key, by: number): void {
	counts.set(key, (counts.get(key) ?? 0) + by);
}

interface Sums {
	seen: number;
	published: number;
	filtered: number;
	unjudged: number;
	skipped: number;
}

function addCounters(sums: Sums, losses: Map<Cause, number>, counters: podwire.v1.TapCounters.$Properties): void {
	sums.seen += counters.seen ?? 0;
	sums.published += counters.published ?? 0;
	sums.filtered += counters.filtered ?? 0;
	sums.unjudged += counters.unjudged ?? 0;
	sums.skipped += counters.skipped ?? 0;
	for (const { cause, count } of counters.losses ?? []) increase(losses, cause ?? 0, count ?? 0);
}
