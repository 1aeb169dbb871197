/** Notices that nothing was shown for a while, and what passed instead. */
import { type podwire, wire } from '../messaging/wire.ts';

type Counters = podwire.v1.TapCounters.$Properties;

export const QUIET_MS = 10_000;
/** A target that is quiet again and again is told so no more often. */
export const QUIET_AGAIN_MS = 60_000;

export interface FilterCount {
	readonly filter: podwire.v1.Filter;
	readonly filtered: number;
	readonly unjudged: number;
}

/** What passed in a time in which no exchange was shown. */
export interface QuietTime {
	readonly seconds: number;
	/** TCP segments on wanted ports. */
	readonly packets: number;
	/** Exchanges. */
	readonly seen: number;
	readonly filtered: number;
	readonly unjudged: number;
	readonly skipped: number;
	/** Connections. */
	readonly tls: number;
	readonly notHttp: number;
	readonly unrecognised: number;
	readonly malformed: number;
	/** In the order in which filters are asked; those that decided about none are left out. */
	readonly byFilter: readonly FilterCount[];
}

const { Filter, LossCause } = wire;

/** What is counted, in the order of the numbers of one sum. */
const COUNTED = [
	'packets',
	'seen',
	'filtered',
	'unjudged',
	'skipped',
	'tls',
	'notHttp',
	'unrecognised',
	'malformed',
] as const;
const FILTERS = Object.values(Filter).filter((filter) => typeof filter === 'number');
/** COUNTED, then for each of FILTERS what it filtered out and what it left unjudged. */
type Sums = readonly number[];

const NOTHING: Sums = new Array(COUNTED.length + 2 * FILTERS.length).fill(0);

export class QuietWatch {
	/** The counters of each pod, and of the epochs it had before. */
	readonly #current = new Map<string, { readonly epoch: number; counters: Counters }>();
	#past: Sums = NOTHING;
	#atStart: Sums = NOTHING;
	#quietSinceMs: number;
	/** The reasons that were told since something was shown. */
	readonly #told = new Set<string>();
	#shown = false;
	#toldAtMs = Number.NEGATIVE_INFINITY;

	constructor(nowMs: number) {
		this.#quietSinceMs = nowMs;
	}

	observe(podKey: string, epoch: number, counters: Counters): void {
		const known = this.#current.get(podKey);
		if (known?.epoch === epoch) {
			// They are added up when somebody asks: each batch has others.
			known.counters = counters;
			return;
		}
		if (known !== undefined) this.#past = add(this.#past, sumsOf(known.counters));
		this.#current.set(podKey, { epoch, counters });
	}

	/** Whether its counters came. */
	hasHeard(podKey: string): boolean {
		return this.#current.has(podKey);
	}

	/** Nothing more is expected of a pod. */
	forget(podKey: string): void {
		const known = this.#current.get(podKey);
		if (known !== undefined) this.#past = add(this.#past, sumsOf(known.counters));
		this.#current.delete(podKey);
	}

	/** An exchange was shown. */
	shown(nowMs: number): void {
		this.#quietSinceMs = nowMs;
		this.#told.clear();
		this.#shown = true;
	}

	/** To be called every second. What passed, once nothing was shown for so long; null otherwise. */
	passed(nowMs: number): QuietTime | null {
		if (this.#shown) this.#atStart = this.#sums();
		this.#shown = false;
		const quietMs = nowMs - this.#quietSinceMs;
		if (quietMs < QUIET_MS) return null;
		return quietTime(Math.floor(quietMs / 1000), subtract(this.#sums(), this.#atStart));
	}

	/** Whether it is time to tell that this is the reason; if so it counts as told. Another one than before is told sooner. */
	tell(reason: string, nowMs: number): boolean {
		const leastMs = this.#told.size > 0 ? QUIET_MS : QUIET_AGAIN_MS;
		if (this.#told.has(reason) || nowMs - this.#toldAtMs < leastMs) return false;
		this.#told.add(reason);
		this.#toldAtMs = nowMs;
		return true;
	}

	#sums(): Sums {
		return [...this.#current.values()].reduce((sum, { counters }) => add(sum, sumsOf(counters)), this.#past);
	}
}

function sumsOf(counters: Counters): Sums {
	const lost = (cause: podwire.v1.LossCause) =>
		(counters.losses ?? []).reduce((sum, loss) => sum + (loss.cause === cause ? (loss.count ?? 0) : 0), 0);
	const { packets, seen, filtered, unjudged, skipped, byFilter } = counters;
	const unreadable = [
		LossCause.LOSS_CAUSE_TLS,
		LossCause.LOSS_CAUSE_NOT_HTTP,
		LossCause.LOSS_CAUSE_UNRECOGNISED,
		LossCause.LOSS_CAUSE_MALFORMED,
	];
	const ofFilters = FILTERS.flatMap((filter) => {
		const count = byFilter?.find((entry) => entry.filter === filter);
		return [count?.filtered ?? 0, count?.unjudged ?? 0];
	});
	const exchanges = [seen ?? 0, filtered ?? 0, unjudged ?? 0, skipped ?? 0];
	return [packets ?? 0, ...exchanges, ...unreadable.map(lost), ...ofFilters];
}

function quietTime(seconds: number, sums: Sums): QuietTime {
	const of = (name: (typeof COUNTED)[number]) => sums[COUNTED.indexOf(name)] ?? 0;
	const byFilter = FILTERS.map((filter, index) => {
		const at = COUNTED.length + 2 * index;
		return { filter, filtered: sums[at] ?? 0, unjudged: sums[at + 1] ?? 0 };
	}).filter(({ filtered, unjudged }) => filtered + unjudged > 0);
	return {
		seconds,
		packets: of('packets'),
		seen: of('seen'),
		filtered: of('filtered'),
		unjudged: of('unjudged'),
		skipped: of('skipped'),
		tls: of('tls'),
		notHttp: of('notHttp'),
		unrecognised: of('unrecognised'),
		malformed: of('malformed'),
		byFilter,
	};
}

function add(one: Sums, other: Sums): Sums {
	return one.map((value, index) => value + (other[index] ?? 0));
}

function subtract(one: Sums, other: Sums): Sums {
	return one.map((value, index) => Math.max(0, value - (other[index] ?? 0)));
}
