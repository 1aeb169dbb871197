/** The header table of one batch, and the lists that its exchanges make of it. */
import { UnknownHeaderError } from '../messaging/shared-headers.ts';
import type { podwire } from '../messaging/wire.ts';
import { RARE, WireCursor } from '../messaging/wire-cursor.ts';
import { HEADER_TABLE_HEADERS } from '../messaging/wire-fields.ts';
import { EncodedPlaces } from './encoded-places.ts';
import type { HeaderCache } from './header-cache.ts';
import { HeaderList } from './header-list.ts';

type Header = podwire.v1.Header.$Properties;

/** A power of two. */
const LISTS = 128;

export class SharedHeaders {
	readonly #cursor = new WireCursor();
	readonly #cache: HeaderCache;
	/** Where the content of each header is, with its length; made to headers when somebody asks. */
	readonly #places: number[] = [];
	readonly #headers: Header[] = [];
	readonly #lists = new EncodedPlaces<HeaderList>(LISTS);

	/** `table`: an encoded HeaderTable. Throws RARE for what is left to the generated code. */
	constructor(table: Uint8Array, cache: HeaderCache) {
		const cursor = this.#cursor;
		this.#cache = cache;
		cursor.bytes = table;
		while (cursor.at < table.length) {
			if (cursor.varint(table.length) !== HEADER_TABLE_HEADERS) throw RARE;
			this.#places.push(cursor.at);
			cursor.at = cursor.fieldEnd(table.length);
		}
	}

	/** Throws UnknownHeaderError. */
	at(index: number): Header {
		return this.#headers[index] ?? this.#read(index);
	}

	/** The headers whose indexes are encoded from the cursor to `end`. Moves it there. */
	list(cursor: WireCursor, end: number): HeaderList {
		const from = cursor.at;
		const known = this.#lists.find(cursor.view, from, end);
		if (known !== null) {
			known.repeated = true;
			cursor.at = end;
			return known;
		}
		const keeps = this.#lists.wantsIt();
		const headers: Header[] = [];
		while (cursor.at < end) headers.push(this.at(cursor.uint32(end)));
		if (!keeps) return new HeaderList(headers);
		const list = new HeaderList(headers, cursor.copy(from, end));
		this.#lists.keep(list);
		return list;
	}

	#read(index: number): Header {
		const place = this.#places[index];
		if (place === undefined) throw new UnknownHeaderError(index, this.#places.length);
		const cursor = this.#cursor;
		cursor.at = place;
		const header = this.#cache.read(cursor, cursor.bytes.length);
		this.#headers[index] = header;
		return header;
	}
}
