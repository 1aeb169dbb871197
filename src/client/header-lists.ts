/** The headers of messages, list by list: many messages have just those of one before. */
import type { podwire } from '../messaging/wire.ts';
import { RARE, type WireCursor } from '../messaging/wire-cursor.ts';
import { EncodedPlaces } from './encoded-places.ts';
import type { HeaderCache } from './header-cache.ts';
import { HeaderList, NO_HEADERS } from './header-list.ts';
import type { SharedHeaders } from './shared-headers.ts';

const PLACES = 512;
/** Longer ones are seldom the same twice. */
const MAX_LIST_BYTES = 4096;
/** Of a field whose number is below 16. */
const TAG_BYTES = 1;

export class HeaderLists {
	readonly #places = new EncodedPlaces<HeaderList>(PLACES);
	readonly #headers: HeaderCache;
	/** Of the batch whose exchanges are read. */
	shared: SharedHeaders | null = null;

	constructor(headers: HeaderCache) {
		this.#headers = headers;
	}

	/** The headers whose indexes are the field at the cursor. `before`: as in `read`. */
	readShared(before: HeaderList, cursor: WireCursor, end: number): HeaderList {
		if (before !== NO_HEADERS || this.shared === null) throw RARE;
		return this.shared.list(cursor, cursor.fieldEnd(end));
	}

	/**
	 * The headers that begin at the cursor, which stands behind the tag of the first, and follow each other. `before`:
	 * those of the message up to here; a list in pieces is left to the generated code.
	 */
	read(before: HeaderList, tag: number, cursor: WireCursor, end: number): HeaderList {
		if (before !== NO_HEADERS) throw RARE;
		const from = cursor.at - TAG_BYTES;
		const to = listEnd(tag, cursor, end);
		const short = to - from <= MAX_LIST_BYTES;
		const known = short ? this.#places.find(cursor.view, from, to) : null;
		if (known !== null) {
			known.repeated = true;
			return known;
		}
		const keeps = short && this.#places.wantsIt();
		const headers = this.#headersUpTo(cursor, from, to);
		if (!keeps) return new HeaderList(headers);
		const list = new HeaderList(headers, cursor.copy(from, to));
		this.#places.keep(list);
		return list;
	}

	#headersUpTo(cursor: WireCursor, from: number, to: number): podwire.v1.Header.$Properties[] {
		const headers: podwire.v1.Header.$Properties[] = [];
		cursor.at = from;
		while (cursor.at < to) {
			cursor.at += TAG_BYTES;
			headers.push(this.#headers.read(cursor, to));
		}
		return headers;
	}
}

/** Moves the cursor there. */
function listEnd(tag: number, cursor: WireCursor, end: number): number {
	cursor.at = cursor.fieldEnd(end);
	while (cursor.at < end && cursor.bytes[cursor.at] === tag) {
		cursor.at += TAG_BYTES;
		cursor.at = cursor.fieldEnd(end);
	}
	return cursor.at;
}
