/** What comes in for one tap: its batches in order, what they say of traffic, and what could not be read. */
import type { Clock } from '../messaging/clock.ts';
import type { podwire } from '../messaging/wire.ts';
import { BatchMerger, type MergedBatch } from './batch-merger.ts';
import { QuietWatch } from './quiet-watch.ts';
import { type QuietTap, quietNotice, quietReason } from './quiet-words.ts';
import type { NameSource } from './tap-names.ts';
import { UnreadableEndpoints } from './unreadable-endpoints.ts';

type Notice = podwire.v1.Notice.$Properties;

export interface TapIntakeOptions {
	readonly tap: string;
	readonly clock: Clock;
	readonly names: NameSource;
	readonly hasPod: (podKey: string) => boolean;
	/** It goes on with a tap that ran before. */
	readonly joins: boolean;
	/** Exchanges a second over all pods; 0: no limit. */
	readonly maxRps: () => number;
}

/** `foreign`: none of the tap's batches. */
export type Intake = MergedBatchOf | { readonly kind: 'foreign' } | { readonly kind: 'nothing' };

interface MergedBatchOf {
	readonly kind: 'batch';
	readonly batch: MergedBatch;
	/** Missing before it. */
	readonly lostExchanges: number;
}

export class TapIntake {
	readonly #clock: Clock;
	readonly #merger: BatchMerger;
	readonly #unreadable: UnreadableEndpoints;
	readonly #quiet: QuietWatch;
	#exchanges = 0;
	/** Since `quiet` was called last. */
	#shown = false;

	constructor(options: TapIntakeOptions) {
		const { clock, names } = options;
		this.#clock = clock;
		this.#merger = new BatchMerger(options);
		this.#unreadable = new UnreadableEndpoints(names);
		this.#quiet = new QuietWatch(clock.nowMs());
	}

	/** Exchange records that came from the agents. */
	get exchanges(): number {
		return this.#exchanges;
	}

	take(bytes: Uint8Array): Intake {
		const result = this.#merger.merge(bytes);
		if (result.kind === 'foreign') return { kind: 'foreign' };
		if (result.kind !== 'batch') return { kind: 'nothing' };
		this.#observe(result.batch);
		return result;
	}

	forget(podKey: string): void {
		this.#merger.forget(podKey);
		this.#quiet.forget(podKey);
	}

	/** Ends whose time has come to be named; `all`: the tap ends. */
	unreadable(nowMs: number, all = false): Notice[] {
		return this.#unreadable.due(nowMs, all);
	}

	/** To be called every second. Why there is nothing to show for so long, when it is time to say so. */
	quiet(nowMs: number, tap: () => Omit<QuietTap, 'endpoints'>): Notice | null {
		if (this.#shown) this.#unreadable.beginQuiet();
		this.#shown = false;
		const passed = this.#quiet.passed(nowMs);
		if (passed === null) return null;
		const reason = quietReason(passed, { ...tap(), endpoints: (cause) => this.#unreadable.sinceQuiet(cause) });
		return this.#quiet.tell(reason.kind, nowMs) ? quietNotice(reason) : null;
	}

	/** Whether its agent has told what passes at a pod. */
	hasHeard(podKey: string): boolean {
		return this.#quiet.hasHeard(podKey);
	}

	#observe({ podKey, envelope }: MergedBatch): void {
		const now = this.#clock.nowMs();
		this.#exchanges += envelope.exchanges.length;
		if (envelope.exchanges.length > 0) {
			this.#quiet.shown(now);
			this.#shown = true;
		}
		if (!envelope.counters) return;
		this.#quiet.observe(podKey, envelope.epoch, envelope.counters);
		this.#unreadable.observe(podKey, envelope.counters, now);
	}
}
