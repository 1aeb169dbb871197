/** The batches of one tap from all its pods: checked, counted, and passed on without touching the exchanges. */
import type { Clock } from '../messaging/clock.ts';
import { divideBatch } from '../messaging/divided-batch.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { BatchSequence } from './batch-sequence.ts';
import { podKey } from './inventory.ts';
import { TotalRate } from './total-rate.ts';

/** A batch whose exchanges are counted, and cut out only for who wants to see them. */
export type Envelope = Omit<podwire.v1.TapBatchEnvelope, 'exchanges'> & {
	readonly exchanges: Iterable<Uint8Array> & { readonly length: number };
};

export interface MergedBatch {
	readonly podKey: string;
	/** As it came, or anew where exchanges were taken out. */
	readonly bytes: Uint8Array;
	readonly envelope: Envelope;
}

export type MergeResult =
	| { readonly kind: 'batch'; readonly batch: MergedBatch; readonly lostExchanges: number }
	| { readonly kind: 'duplicate' }
	/** No TapBatch of this tap and of a pod that it has. */
	| { readonly kind: 'foreign' };

export interface BatchMergerOptions {
	readonly tap: string;
	readonly clock: Clock;
	/** Whether the tap has, or had, such a pod. */
	readonly hasPod: (key: string) => boolean;
	/** The tap ran before this controller had it. */
	readonly joins: boolean;
	/** Exchanges a second over all pods; 0: no limit, or one that a single node keeps. */
	readonly maxRps: () => number;
}

export class BatchMerger {
	readonly #options: BatchMergerOptions;
	readonly #sequences = new Map<string, BatchSequence>();
	#rate: TotalRate | null = null;

	constructor(options: BatchMergerOptions) {
		this.#options = options;
	}

	/** A message of the tap's subject, whatever is in it. Keeps a reference to `bytes`. */
	merge(bytes: Uint8Array): MergeResult {
		const envelope = decodeEnvelope(bytes);
		if (envelope === null || envelope.tap !== this.#options.tap) return { kind: 'foreign' };
		const key = podKey(envelope.pod ?? {});
		if (!this.#options.hasPod(key)) return { kind: 'foreign' };
		const { epoch, number, firstExchange, exchanges } = envelope;
		const verdict = this.#sequenceOf(key).accept({ epoch, number, firstExchange, exchanges: exchanges.length });
		if (verdict.kind === 'duplicate') return verdict;
		return { kind: 'batch', batch: this.#limited(key, bytes, envelope), lostExchanges: verdict.lostExchanges };
	}

	/** Nothing more is expected of a pod. */
	forget(key: string): void {
		this.#sequences.delete(key);
		this.#rate?.forget(key);
	}

	#limited(key: string, bytes: Uint8Array, envelope: Envelope): MergedBatch {
		const perSecond = this.#options.maxRps();
		// Once it had to take something out, its counts have to be kept up.
		if (perSecond > 0) this.#rate ??= new TotalRate(this.#options.clock, perSecond);
		if (this.#rate === null) return { podKey: key, bytes, envelope };
		const whole = wire.TapBatchEnvelope.create({ ...envelope, exchanges: [...envelope.exchanges] });
		const limited = this.#rate.limit(key, whole);
		if (limited === null) return { podKey: key, bytes, envelope };
		return { podKey: key, bytes: wire.TapBatchEnvelope.encode(limited).finish(), envelope: limited };
	}

	#sequenceOf(key: string): BatchSequence {
		let sequence = this.#sequences.get(key);
		if (sequence === undefined) {
			sequence = new BatchSequence({ joins: this.#options.joins });
			this.#sequences.set(key, sequence);
		}
		return sequence;
	}
}

/** null: not an envelope with a number. */
function decodeEnvelope(bytes: Uint8Array): Envelope | null {
	try {
		const divided = divideBatch(bytes);
		const envelope: Envelope =
			divided === null
				? wire.TapBatchEnvelope.decode(bytes)
				: Object.assign(wire.TapBatchEnvelope.decode(divided.others), { exchanges: divided.exchanges });
		return envelope.number >= 1 && Number.isSafeInteger(envelope.number) ? envelope : null;
	} catch {
		return null;
	}
}
