/** Reads the encoded batches of one stream, all their exchanges with them; in bulk far faster than the generated code. */
import { divideBatch, type EncodedExchanges } from '../messaging/divided-batch.ts';
import { headersIn, restoreHeaders } from '../messaging/shared-headers.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { RARE } from '../messaging/wire-cursor.ts';
import { MalformedBatchError } from './errors.ts';
import { ExchangeReader } from './exchange-reader.ts';
import type { SharedHeaders } from './shared-headers.ts';

type Exchange = podwire.v1.Exchange.$Properties;

export interface ReceivedBatch extends Omit<podwire.v1.TapBatchEnvelope, 'exchanges' | 'headerTable'> {
	/** With their headers. May throw MalformedBatchError; those before it are good. */
	readonly exchanges: Iterable<Exchange>;
}

export class BatchReader {
	readonly #exchanges = new ExchangeReader();

	/** In part a view of `bytes`. Throws MalformedBatchError for bytes that are no TapBatch. */
	read(bytes: Uint8Array): ReceivedBatch {
		try {
			return this.#divided(bytes) ?? generated(bytes);
		} catch (cause) {
			throw new MalformedBatchError(cause);
		}
	}

	/** Null: left to the generated code. */
	#divided(bytes: Uint8Array): ReceivedBatch | null {
		const divided = divideBatch(bytes);
		if (divided === null) return null;
		const envelope = wire.TapBatchEnvelope.decode(divided.others);
		const { headerTable } = envelope;
		try {
			const shared = headerTable.length === 0 ? null : this.#exchanges.sharedHeaders(headerTable);
			return Object.assign(envelope, { exchanges: new ReadExchanges(this.#exchanges, divided.exchanges, shared) });
		} catch (error) {
			if (error !== RARE) throw error;
			return null;
		}
	}
}

function generated(bytes: Uint8Array): ReceivedBatch {
	const batch = wire.TapBatch.decode(bytes);
	const headerAt = headersIn(batch.headerTable?.headers ?? []);
	for (const exchange of batch.exchanges) restoreHeaders(exchange, headerAt);
	return batch;
}

/**
 * Each is read when it is asked for, and gone before the next one. All of a batch at once would outlive the collections
 * of young objects; V8 then makes them old from the start, and collects all of its heap several times a second.
 */
class ReadExchanges implements Iterable<Exchange> {
	readonly #reader: ExchangeReader;
	readonly #encoded: EncodedExchanges;
	readonly #shared: SharedHeaders | null;

	constructor(reader: ExchangeReader, encoded: EncodedExchanges, shared: SharedHeaders | null) {
		this.#reader = reader;
		this.#encoded = encoded;
		this.#shared = shared;
	}

	*[Symbol.iterator](): Iterator<Exchange> {
		const { bytes, length } = this.#encoded;
		for (let index = 0; index < length; ++index) {
			yield this.#read(bytes, this.#encoded.from(index), this.#encoded.to(index));
		}
	}

	#read(bytes: Uint8Array, from: number, to: number): Exchange {
		try {
			return this.#reader.read(bytes, from, to, this.#shared);
		} catch (cause) {
			throw new MalformedBatchError(cause);
		}
	}
}
