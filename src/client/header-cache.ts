/** Headers by their encoded bytes: most of them come again with every message. */
import { ReadHeader } from '../messaging/read-header.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { RARE, WireCursor } from '../messaging/wire-cursor.ts';
import { EncodedPlaces } from './encoded-places.ts';

type Header = podwire.v1.Header.$Properties;

const PLACES = 1024;
/** Longer ones are seldom the same twice. */
const MAX_HEADER_BYTES = 256;

export class HeaderCache {
	readonly #places = new EncodedPlaces<ReadHeader>(PLACES);
	readonly #copied = new WireCursor();

	/** The header that is encoded at the cursor; not to be changed. */
	read(cursor: WireCursor, end: number): Header {
		const to = cursor.fieldEnd(end);
		const from = cursor.at;
		if (to - from > MAX_HEADER_BYTES) return passing(cursor, to);
		const known = this.#places.find(cursor.view, from, to);
		if (known !== null) {
			cursor.at = to;
			return known;
		}
		return this.#places.wantsIt() ? this.#keep(cursor, to) : passing(cursor, to);
	}

	#keep(cursor: WireCursor, to: number): Header {
		const copied = this.#copied;
		copied.bytes = cursor.copy(cursor.at, to);
		copied.at = 0;
		const header = readHeader(copied, copied.bytes.length, true);
		if (header instanceof ReadHeader) this.#places.keep(header);
		cursor.at = to;
		return header;
	}
}

function passing(cursor: WireCursor, to: number): Header {
	return readHeader(cursor, to, false);
}

function readHeader(cursor: WireCursor, to: number, kept: boolean): Header {
	const from = cursor.at;
	try {
		return ReadHeader.read(cursor, to, kept);
	} catch (error) {
		if (error !== RARE) throw error;
		cursor.at = to;
		return wire.Header.decode(cursor.bytes.subarray(from, to));
	}
}
