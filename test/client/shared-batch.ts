/** Batches whose headers stand once in their table, made of batches whose exchanges have them. */
import type { podwire } from '../../src/messaging/wire.ts';

type Batch = podwire.v1.TapBatch.$Properties;
type Header = podwire.v1.Header.$Properties;

class Table {
	readonly headers: Header[] = [];
	readonly #indexes = new Map<string, number>();

	indexesOf(headers: readonly Header[] | null | undefined): number[] {
		return (headers ?? []).map((header) => {
			const key = JSON.stringify(header);
			const index = this.#indexes.get(key) ?? this.headers.push(header) - 1;
			this.#indexes.set(key, index);
			return index;
		});
	}
}

export function sharedBatch(batch: Batch): Batch {
	const table = new Table();
	const shared = <Message extends { headers?: Header[] | null; trailers?: Header[] | null }>(message: Message) => ({
		...message,
		headers: [],
		headerIndexes: table.indexesOf(message.headers),
		...('trailers' in message ? { trailers: [], trailerIndexes: table.indexesOf(message.trailers) } : {}),
	});
	const exchanges = (batch.exchanges ?? []).map((exchange) => ({
		...exchange,
		request: exchange.request ? shared(exchange.request) : null,
		response: exchange.response ? shared(exchange.response) : null,
		informational: (exchange.informational ?? []).map(shared),
	}));
	return { ...batch, exchanges, headerTable: { headers: table.headers } };
}
