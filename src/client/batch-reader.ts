/** Reads the encoded batches of one stream, all their exchanges with them; in bulk far faster than the generated code. */
import { divideBatch } from '../messaging/divided-batch.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { ExchangeReader } from './exchange-reader.ts';

export class BatchReader {
	readonly #exchanges = new ExchangeReader();

	/** In part a view of `bytes`. Throws the generated code's error for bytes that are no TapBatch. */
	read(bytes: Uint8Array): podwire.v1.TapBatch {
		const divided = divideBatch(bytes);
		if (divided === null) return wire.TapBatch.decode(bytes);
		const exchanges = divided.exchanges.map((batch, from, to) => this.#exchanges.read(batch, from, to));
		return Object.assign(wire.TapBatch.decode(divided.others), { exchanges });
	}
}
