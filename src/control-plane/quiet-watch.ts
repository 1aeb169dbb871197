/** Notices that nothing was shown for a while, and what passed instead. */
import { type podwire, wire } from '../messaging/wire.ts';
import type { QuietTime } from './tap-words.ts';

type Counters = podwire.v1.TapCounters.$Properties;

export const QUIET_MS = 10_000;
/** A target that is quiet again and again is told so no more often. */
export const QUIET_AGAIN_MS = 60_000;

type Sums = Omit<QuietTime, 'seconds' | 'pods' | 'unheard'>;

const NOTHING: Sums = { packets: 0, filtered: 0, unjudged: 0, skipped: 0, tls: 0, notHttp: 0 };
const { LossCause } = wire;

export class QuietWatch {
	/** The counters of each pod, and of the epochs it had before. */
	readonly #current = new Map<string, { readonly epoch: number; sums: Sums }>();
	#past: Sums = NOTHING;
	#atStart: Sums = NOTHING;
	#quietSinceMs: number;
	#told = false;
	#shown = false;
	#toldAtMs = Number.NEGATIVE_INFINITY;

	constructor(nowMs: number) {
		this.#quietSinceMs = nowMs;
	}

	observe(podKey: string, epoch: number, counters: Counters): void {
		const known = this.#current.get(podKey);
		if (known?.epoch === epoch) {
			known.sums = sumsOf(counters);
			return;
		}
		if (known !== undefined) this.#past = add(this.#past, known.sums);
		this.#current.set(podKey, { epoch, sums: sumsOf(counters) });
	}

	/** Nothing more is expected of a pod. */
	forget(podKey: string): void {
		const known = this.#current.get(podKey);
		if (known !== undefined) this.#past = add(this.#past, known.sums);
		this.#current.delete(podKey);
	}

	/** An exchange was shown. */
	shown(nowMs: number): void {
		this.#quietSinceMs = nowMs;
		this.#told = false;
		this.#shown = true;
	}

	/** To be called every second. What passed, when it is time to tell; null otherwise. */
	due(nowMs: number, pods: number): QuietTime | null {
		if (this.#shown) this.#atStart = this.#sums();
		this.#shown = false;
		const quietMs = nowMs - this.#quietSinceMs;
		if (this.#told || quietMs < QUIET_MS || nowMs - this.#toldAtMs < QUIET_AGAIN_MS) return null;
		this.#told = true;
		this.#toldAtMs = nowMs;
		const passed = subtract(this.#sums(), this.#atStart);
		return { ...passed, seconds: Math.floor(quietMs / 1000), pods, unheard: this.#current.size === 0 };
	}

	#sums(): Sums {
		return [...this.#current.values()].reduce((sum, { sums }) => add(sum, sums), this.#past);
	}
}

function sumsOf(counters: Counters): Sums {
	const lost = (cause: podwire.v1.LossCause) =>
		(counters.losses ?? []).reduce((sum, loss) => sum + (loss.cause === cause ? (loss.count ?? 0) : 0), 0);
	return {
		packets: counters.packets ?? 0,
		filtered: counters.filtered ?? 0,
		unjudged: counters.unjudged ?? 0,
		skipped: counters.skipped ?? 0,
		tls: lost(LossCause.LOSS_CAUSE_TLS),
		notHttp: lost(LossCause.LOSS_CAUSE_NOT_HTTP),
	};
}

function combine(one: Sums, other: Sums, operation: (a: number, b: number) => number): Sums {
	return {
		packets: operation(one.packets, other.packets),
		filtered: operation(one.filtered, other.filtered),
		unjudged: operation(one.unjudged, other.unjudged),
		skipped: operation(one.skipped, other.skipped),
		tls: operation(one.tls, other.tls),
		notHttp: operation(one.notHttp, other.notHttp),
	};
}

function add(one: Sums, other: Sums): Sums {
	return combine(one, other, (a, b) => a + b);
}

function subtract(one: Sums, other: Sums): Sums {
	return combine(one, other, (a, b) => Math.max(0, a - b));
}
