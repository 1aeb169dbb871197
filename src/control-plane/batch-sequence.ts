/** The numbers of one pod's batches: what came twice, and what never came. */

/** Starts of an agent that are told apart; the oldest is forgotten first. */
const MAX_EPOCHS = 8;

export interface NumberedBatch {
	readonly epoch: number;
	readonly number: number;
	readonly firstExchange: number;
	readonly exchanges: number;
}

export type SequenceVerdict =
	| { readonly kind: 'duplicate' }
	/** `lostMessages` batches before it never came, and with them `lostExchanges`. */
	| { readonly kind: 'next'; readonly lostMessages: number; readonly lostExchanges: number };

interface Expected {
	number: number;
	exchange: number;
}

export class BatchSequence {
	readonly #epochs = new Map<number, Expected>();
	#joins: boolean;

	/** `joins`: the tap ran before; the first batch that comes is the first one expected. */
	constructor(options: { readonly joins: boolean }) {
		this.#joins = options.joins;
	}

	accept(batch: NumberedBatch): SequenceVerdict {
		const expected = this.#epochs.get(batch.epoch) ?? this.#begin(batch);
		if (batch.number < expected.number) return { kind: 'duplicate' };
		const lostMessages = batch.number - expected.number;
		const lostExchanges = lostMessages === 0 ? 0 : Math.max(0, batch.firstExchange - expected.exchange);
		expected.number = batch.number + 1;
		expected.exchange = batch.firstExchange + batch.exchanges;
		return { kind: 'next', lostMessages, lostExchanges };
	}

	#begin({ epoch, number, firstExchange }: NumberedBatch): Expected {
		const expected = this.#joins ? { number, exchange: firstExchange } : { number: 1, exchange: 0 };
		this.#joins = false;
		if (this.#epochs.size >= MAX_EPOCHS) {
			const [oldest] = this.#epochs.keys();
			if (oldest !== undefined) this.#epochs.delete(oldest);
		}
		this.#epochs.set(epoch, expected);
		return expected;
	}
}
