/** Shows the exchanges of batches, as many as were asked for, and keeps the books. */
import type { TruthLedger } from '../client/truth-ledger.ts';
import { AddressNames } from '../messaging/address-names.ts';
import type { podwire } from '../messaging/wire.ts';
import type { ExchangeFormat } from './exchange-format.ts';

/** Where lines go. `full`: it takes no more now. */
export interface ExchangeSink {
	write(text: string): void;
	readonly full?: boolean;
}

export interface ExchangeDisplayOptions {
	readonly format: ExchangeFormat;
	readonly sink: ExchangeSink;
	readonly ledger: TruthLedger;
	/** Exchanges to show; null: all. */
	readonly maxRequests: number | null;
}

export class ExchangeDisplay {
	readonly #options: ExchangeDisplayOptions;
	readonly #names = new AddressNames();
	#remaining: number;

	constructor(options: ExchangeDisplayOptions) {
		this.#options = options;
		this.#remaining = options.maxRequests ?? Number.POSITIVE_INFINITY;
	}

	get limitReached(): boolean {
		return this.#remaining <= 0;
	}

	show(batch: podwire.v1.TapBatch): void {
		const { ledger, sink, format } = this.#options;
		if (!ledger.beginBatch(batch)) return;
		this.#names.learn(batch.names);
		const context = { tap: batch.tap, pod: batch.pod, names: this.#names };
		for (const exchange of batch.exchanges) {
			const continues = ledger.received(exchange);
			if (this.limitReached) {
				ledger.beyondLimit(continues);
			} else if (sink.full) {
				ledger.unwritten(continues);
			} else {
				sink.write(format.format(exchange, context, continues));
				ledger.shown(exchange, continues);
				if (!continues) --this.#remaining;
			}
		}
	}
}
