/**
 * Reads encoded exchanges in a fraction of the time that the generated code takes, for commands that keep up with tens
 * of thousands a second. What is out of the ordinary (a field twice, an unknown one, numbers beyond 49 bits, text that
 * is not ASCII) is left to the generated code, which also judges what is malformed.
 */
import {
	type HeaderAt,
	restoreHeaders,
	restoreInformational,
	UnknownHeaderError,
} from '../messaging/shared-headers.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { RARE, WireCursor } from '../messaging/wire-cursor.ts';
import { EXCHANGE } from '../messaging/wire-fields.ts';
import { EndpointReader } from './endpoint-reader.ts';
import { HeaderCache } from './header-cache.ts';
import { HeaderLists } from './header-lists.ts';
import { once } from './once.ts';
import { ReadExchange } from './read-exchange.ts';
import { RequestReader } from './request-reader.ts';
import { ResponseReader } from './response-reader.ts';
import { SharedHeaders } from './shared-headers.ts';

type Exchange = podwire.v1.Exchange.$Properties;

export class ExchangeReader {
	readonly #cursor = new WireCursor();
	readonly #endpoints = new EndpointReader(this.#cursor);
	readonly #headerCache = new HeaderCache();
	readonly #headers = new HeaderLists(this.#headerCache);
	readonly #requests = new RequestReader(this.#cursor, this.#headers);
	readonly #responses = new ResponseReader(this.#cursor, this.#headers);
	readonly #sharedHeader: HeaderAt = (index) => {
		const { shared } = this.#headers;
		if (shared === null) throw new UnknownHeaderError(index, 0);
		return shared.at(index);
	};

	/** Of an encoded HeaderTable, of which it is a view. Throws RARE for what is left to the generated code. */
	sharedHeaders(table: Uint8Array): SharedHeaders {
		return new SharedHeaders(table, this.#headerCache);
	}

	/**
	 * The exchange that is encoded in `bytes[from…to]`; nearly always a ReadExchange, which is in part a view of them.
	 * `shared`: of its batch. Throws what the generated code throws of malformed bytes, and UnknownHeaderError.
	 */
	read(bytes: Uint8Array, from: number, to: number, shared: SharedHeaders | null = null): Exchange {
		const cursor = this.#cursor;
		this.#headers.shared = shared;
		cursor.bytes = bytes;
		cursor.at = from;
		try {
			const exchange = new ReadExchange(bytes);
			while (cursor.at < to) this.#field(exchange, cursor.varint(to), to);
			return exchange;
		} catch (error) {
			if (error !== RARE) throw error;
			const exchange = wire.Exchange.decode(bytes.subarray(from, to));
			restoreHeaders(exchange, this.#sharedHeader);
			return exchange;
		}
	}

	#field(exchange: ReadExchange, tag: number, end: number): void {
		const cursor = this.#cursor;
		switch (tag) {
			case EXCHANGE.id:
				exchange.idTo = cursor.fieldEnd(end);
				exchange.idFrom = cursor.at;
				cursor.at = exchange.idTo;
				break;
			case EXCHANGE.startSeconds:
				exchange.startSeconds = cursor.varint(end);
				break;
			case EXCHANGE.startNanos:
				exchange.startNanos = cursor.uint32(end);
				break;
			case EXCHANGE.direction:
				exchange.direction = cursor.enumeration(end);
				break;
			case EXCHANGE.source:
				exchange.source = this.#endpoints.read(once(exchange.source), end);
				break;
			case EXCHANGE.destination:
				exchange.destination = this.#endpoints.read(once(exchange.destination), end);
				break;
			case EXCHANGE.protocol:
				exchange.protocol = cursor.enumeration(end);
				break;
			case EXCHANGE.request:
				exchange.request = this.#requests.read(once(exchange.request), end);
				break;
			case EXCHANGE.response:
				exchange.response = this.#responses.read(once(exchange.response), end);
				break;
			default:
				this.#laterField(exchange, tag, end);
		}
	}

	#laterField(exchange: ReadExchange, tag: number, end: number): void {
		const cursor = this.#cursor;
		switch (tag) {
			case EXCHANGE.firstResponseByteNanos:
				exchange.firstResponseByteNanos = cursor.varint(end);
				break;
			case EXCHANGE.durationNanos:
				exchange.durationNanos = cursor.varint(end);
				break;
			case EXCHANGE.end:
				exchange.end = cursor.enumeration(end);
				break;
			case EXCHANGE.tls:
				exchange.tls = cursor.boolean(end);
				break;
			case EXCHANGE.stream:
				exchange.stream = cursor.uint32(end);
				break;
			case EXCHANGE.informational:
				exchange.informational = [...exchange.informational, this.#informational(end)];
				break;
			case EXCHANGE.missing:
				exchange.missing = [...exchange.missing, ...this.#missing(end)];
				break;
			case EXCHANGE.reset:
				once(exchange.reset);
				exchange.reset = wire.StreamReset.decode(cursor.content(end));
				break;
			case EXCHANGE.pushed:
				exchange.pushed = cursor.boolean(end);
				break;
			default:
				throw RARE;
		}
	}

	#informational(end: number): podwire.v1.Informational.$Properties {
		const message = wire.Informational.decode(this.#cursor.content(end));
		restoreInformational(message, this.#sharedHeader);
		return message;
	}

	/** Packed, as everybody writes it. */
	#missing(outerEnd: number): podwire.v1.Missing[] {
		const cursor = this.#cursor;
		const end = cursor.fieldEnd(outerEnd);
		const missing: podwire.v1.Missing[] = [];
		while (cursor.at < end) missing.push(cursor.enumeration(end));
		return missing;
	}
}
