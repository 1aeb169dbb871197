/** Reads the encoded batches of one stream, all their exchanges with them; in bulk far faster than the generated code. */
import { divideBatch, type EncodedExchanges } from '../messaging/divided-batch.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { MalformedBatchError } from './errors.ts';
import { ExchangeReader } from './exchange-reader.ts';

type Exchange = podwire.v1.Exchange.$Properties;

export interface ReceivedBatch extends Omit<podwire.v1.TapBatch, 'exchanges'> {
	/** May throw MalformedBatchError; those before it are good. */
	readonly exchanges: Iterable<Exchange>;
}

export class BatchReader {
	readonly #exchanges = new ExchangeReader();

	/** In part a view of `bytes`. Throws MalformedBatchError for bytes that are no TapBatch. */
	read(bytes: Uint8Array): ReceivedBatch {
		try {
			const divided = divideBatch(bytes);
			if (divided === null) return wire.TapBatch.decode(bytes);
			const exchanges = new ReadExchanges(this.#exchanges, divided.exchanges);
			return Object.assign(wire.TapBatch.decode(divided.others), { exchanges });
		} catch (cause) {
			throw new MalformedBatchError(cause);
		}
	}
}

/**
 * Each is read when it is asked for, and gone before the next one. All of a batch at once would outlive the collections
 * of young objects; V8 then makes them old from the start, and collects all of its heap several times a second.
 */
class ReadExchanges implements Iterable<Exchange> {
	readonly #reader: ExchangeReader;
	readonly #encoded: EncodedExchanges;

	constructor(reader: ExchangeReader, encoded: EncodedExchanges) {
		this.#reader = reader;
		this.#encoded = encoded;
	}

	*[Symbol.iterator](): Iterator<Exchange> {
		const { bytes, length } = this.#encoded;
		for (let index = 0; index < length; ++index) {
			yield this.#read(bytes, this.#encoded.from(index), this.#encoded.to(index));
		}
	}

	#read(bytes: Uint8Array, from: number, to: number): Exchange {
		try {
			return this.#reader.read(bytes, from, to);
		} catch (cause) {
			throw new MalformedBatchError(cause);
		}
	}
}
