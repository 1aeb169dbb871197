/** Shows the exchanges of batches, as many as were asked for, and keeps the books. */
import type { ReceivedBatch } from '../client/batch-reader.ts';
import type { TruthLedger } from '../client/truth-ledger.ts';
import { AddressNames } from '../messaging/address-names.ts';
import type { ExchangeContext } from '../messaging/exchange-json.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import type { ExchangeFormat } from './exchange-format.ts';
import type { OutputBytes } from './output-bytes.ts';

/** Where lines go. `full`: it takes no further batch now. `output`: where the next piece is to be written as bytes. */
export interface ExchangeSink {
	write(text: string): void;
	readonly output?: OutputBytes;
	readonly full?: boolean;
}

/** May leave out exchanges that it is given. */
export interface ChoosingFormat extends ExchangeFormat {
	/** Whether it took the exchange that it was given last; absent: it takes all. */
	readonly tookLast?: boolean;
}

export interface ExchangeDisplayOptions {
	readonly format: ChoosingFormat;
	readonly sink: ExchangeSink;
	readonly ledger: TruthLedger;
	/** Exchanges to show, of those that the format takes; null: all. */
	readonly maxRequests: number | null;
}

export class ExchangeDisplay {
	readonly #options: ExchangeDisplayOptions;
	readonly #names = new AddressNames();
	#remaining: number;
	#begun = false;
	/** Open ones that are to be shown when they end. */
	#waiting = 0;

	constructor(options: ExchangeDisplayOptions) {
		this.#options = options;
		this.#remaining = options.maxRequests ?? Number.POSITIVE_INFINITY;
	}

	get limitReached(): boolean {
		return this.#remaining <= 0;
	}

	/** Throws MalformedBatchError when it cannot be read to its end; what stands before that was shown. */
	show(batch: ReceivedBatch): void {
		const { ledger, sink, format } = this.#options;
		if (!ledger.beginBatch(batch)) return;
		this.#names.learn(batch.names);
		const context = { tap: batch.tap, pod: batch.pod, names: this.#names };
		// Of a batch all or nothing: whoever gave it waits before the next one, unless the end was asked for.
		const full = sink.full === true;
		for (const exchange of batch.exchanges) {
			const announced = ledger.received(exchange);
			if (format.endedOnly && this.#waits(exchange, announced)) continue;
			const continues = announced && !format.endedOnly;
			if (this.limitReached) {
				ledger.beyondLimit(continues);
			} else if (full) {
				ledger.unwritten(continues);
			} else {
				this.#begin();
				this.#write(exchange, context, continues);
				ledger.shown(exchange, continues);
				if (!continues && format.tookLast !== false) --this.#remaining;
			}
		}
	}

	#write(exchange: podwire.v1.Exchange.$Properties, context: ExchangeContext, continues: boolean): void {
		const { format, sink } = this.#options;
		const output = format.append === undefined ? undefined : sink.output;
		if (output === undefined) sink.write(format.format(exchange, context, continues));
		else format.append?.(exchange, context, continues, output);
	}

	/** After the last batch. */
	finish(): void {
		this.#begin();
		const { format, sink, ledger } = this.#options;
		if (format.tail !== undefined) sink.write(format.tail);
		ledger.stillOpen(this.#waiting);
	}

	#begin(): void {
		if (this.#begun) return;
		this.#begun = true;
		const { format, sink } = this.#options;
		if (format.head !== undefined) sink.write(format.head);
	}

	#waits(exchange: podwire.v1.Exchange.$Properties, announced: boolean): boolean {
		const open = exchange.end === wire.End.END_OPEN;
		if (open && !announced) ++this.#waiting;
		if (!open && announced) --this.#waiting;
		return open;
	}
}
