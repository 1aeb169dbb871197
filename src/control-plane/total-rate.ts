/** A rate that holds over all pods of a tap, where each node can only keep its own. */
import type { Clock } from '../messaging/clock.ts';
import { type podwire, wire } from '../messaging/wire.ts';

type Envelope = podwire.v1.TapBatchEnvelope;

/** Exchanges whose first record was let through or not; the oldest are forgotten first. */
const MAX_OPEN_EXCHANGES = 10_000;
const WINDOW_MS = 1000;
const ID_BYTES = 8;

interface PodSkips {
	readonly epoch: number;
	/** Exchanges taken out. */
	exchanges: number;
	/** Records of theirs, of which an exchange may have several. */
	records: number;
}

export class TotalRate {
	readonly #clock: Clock;
	readonly #perSecond: number;
	readonly #skips = new Map<string, PodSkips>();
	/** Of exchanges announced as open: whether they are let through. */
	readonly #announced = new Map<string, boolean>();
	#windowStartMs = Number.NEGATIVE_INFINITY;
	#used = 0;

	constructor(clock: Clock, perSecond: number) {
		this.#clock = clock;
		this.#perSecond = perSecond;
	}

	/**
	 * Takes out what is over the rate, and counts it as skipped: from then on the batches of this pod and epoch say
	 * what the stream got, not what the node sent. null: the batch stays as it is.
	 */
	limit(key: string, envelope: Envelope): Envelope | null {
		const pod = this.#skipsOf(key, envelope.epoch);
		const firstExchange = envelope.firstExchange - pod.records;
		const exchanges = envelope.exchanges.filter((record) => this.#letsThrough(record, pod));
		if (pod.records === 0) return null;
		const limited = wire.TapBatchEnvelope.create({ ...envelope, exchanges, firstExchange });
		if (envelope.counters) limited.counters = countedAsSkipped(envelope.counters, pod);
		return limited;
	}

	/** Nothing more is expected of a pod. */
	forget(key: string): void {
		this.#skips.delete(key);
	}

	#letsThrough(record: Uint8Array, pod: PodSkips): boolean {
		const { id, open } = idAndOpen(record);
		const announced = this.#announced.get(id);
		const passes = announced ?? this.#take();
		if (!passes) {
			pod.records += 1;
			if (announced === undefined) pod.exchanges += 1;
		}
		if (announced === undefined && open) this.#announce(id, passes);
		if (announced !== undefined && !open) this.#announced.delete(id);
		return passes;
	}

	#take(): boolean {
		const now = this.#clock.nowMs();
		if (now - this.#windowStartMs >= WINDOW_MS) {
			this.#windowStartMs = now;
			this.#used = 0;
		}
		if (this.#used >= this.#perSecond) return false;
		this.#used += 1;
		return true;
	}

	#announce(id: string, passes: boolean): void {
		if (this.#announced.size >= MAX_OPEN_EXCHANGES) {
			const [oldest] = this.#announced.keys();
			if (oldest !== undefined) this.#announced.delete(oldest);
		}
		this.#announced.set(id, passes);
	}

	#skipsOf(key: string, epoch: number): PodSkips {
		const known = this.#skips.get(key);
		if (known?.epoch === epoch) return known;
		const fresh = { epoch, exchanges: 0, records: 0 };
		this.#skips.set(key, fresh);
		return fresh;
	}
}

function countedAsSkipped(
	counters: podwire.v1.TapCounters.$Properties,
	{ exchanges, records }: PodSkips,
): podwire.v1.TapCounters.$Properties {
	return {
		...counters,
		published: Math.max(0, (counters.published ?? 0) - exchanges),
		reopened: Math.max(0, (counters.reopened ?? 0) - (records - exchanges)),
		skipped: (counters.skipped ?? 0) + exchanges,
	};
}

/** Of an encoded Exchange, which the agent made; one that cannot be read counts as an exchange of its own. */
function idAndOpen(record: Uint8Array): { id: string; open: boolean } {
	try {
		const { id, end } = wire.Exchange.decode(record);
		return { id: Buffer.from(id.subarray(0, ID_BYTES)).toString('hex'), open: end === wire.End.END_OPEN };
	} catch {
		return { id: '', open: false };
	}
}
