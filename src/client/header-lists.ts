/** The headers of messages, list by list: many messages have just those of one before. */
import type { podwire } from '../messaging/wire.ts';
import { RARE, type WireCursor } from '../messaging/wire-cursor.ts';
import { EncodedPlaces, type Kept } from './encoded-places.ts';
import { HeaderCache } from './header-cache.ts';

const PLACES = 512;
/** Longer ones are seldom the same twice. */
const MAX_LIST_BYTES = 4096;
/** Of a field whose number is below 16. */
const TAG_BYTES = 1;

const NO_BYTES = new Uint8Array();

/** Not to be changed. */
export class HeaderList implements Kept {
	readonly headers: podwire.v1.Header.$Properties[];
	/** Those of `headers` with their tags; empty where it is not kept. */
	readonly bytes: Uint8Array;
	/** It came before and will come again: what is made of it is worth keeping. */
	repeated = false;
	/** Its JSON, once somebody has made it of one that came again. */
	json: Uint8Array | null = null;

	constructor(headers: podwire.v1.Header.$Properties[], bytes: Uint8Array = NO_BYTES) {
		this.headers = headers;
		this.bytes = bytes;
	}
}

export const NO_HEADERS: HeaderList = new HeaderList([]);

export class HeaderLists {
	readonly #places = new EncodedPlaces<HeaderList>(PLACES);
	readonly #headers = new HeaderCache();

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
