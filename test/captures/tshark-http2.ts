/** Puts tshark's HTTP/2 frames together by connection and stream. */
import { type HeaderPairs, newExchange, type TsharkExchange } from './tshark-exchanges.ts';
import { type Fields, fieldsOf, listOf, type TsharkFrame, text } from './tshark-frames.ts';
import type { TsharkHttp1 } from './tshark-http1.ts';

const DATA = 0;
const PUSH_PROMISE = 5;
const CONTINUATION = 9;
const FIRST_FINAL = 200;

export class TsharkHttp2 {
	readonly #http1: TsharkHttp1;
	readonly #byStream = new Map<string, TsharkExchange>();
	/** Where the fields of the last HEADERS of each direction of a connection went. */
	readonly #lastFields = new Map<string, HeaderPairs>();

	/** `http1`: what came before connections were upgraded. */
	constructor(http1: TsharkHttp1) {
		this.#http1 = http1;
	}

	exchanges(): TsharkExchange[] {
		return [...this.#byStream.values()];
	}

	frame(frame: TsharkFrame, fields: Fields): void {
		const id = Number(text(fields, 'http2.streamid'));
		if (id === 0 || Number.isNaN(id)) return;
		const type = Number(text(fields, 'http2.type'));
		const headers = listOf(fields['http2.header'])
			.map(fieldsOf)
			.map((field): [string, string] => [text(field, 'http2.header.name'), text(field, 'http2.header.value')]);
		if (type === DATA) this.#data(frame, id, payloadBytes(fields));
		else if (type === PUSH_PROMISE) {
			const promised = Number(text(fields, 'http2.push_promise.promised_stream_id'));
			this.#request(frame.destination, frame.source, this.#key(frame, promised), promised, headers);
		} else if (type === CONTINUATION) this.#lastFields.get(directionOf(frame))?.push(...headers);
		else if (headers.length > 0) this.#lastFields.set(directionOf(frame), this.#headers(frame, id, headers));
	}

	#key(frame: TsharkFrame, id: number): string {
		return `${frame.connection} ${id}`;
	}

	/** The list that holds them now. */
	#headers(frame: TsharkFrame, id: number, headers: HeaderPairs): HeaderPairs {
		const pseudo = Object.fromEntries(headers.filter(([name]) => name.startsWith(':')));
		const key = this.#key(frame, id);
		if (':method' in pseudo) return this.#request(frame.source, frame.destination, key, id, headers);
		const exchange = this.#stream(frame, id);
		const byServer = frame.source === exchange.server;
		if (!(':status' in pseudo)) {
			exchange[byServer ? 'responseTrailers' : 'requestTrailers'] = headers;
			return headers;
		}
		if (Number(pseudo[':status']) < FIRST_FINAL) {
			exchange.informational.push(Number(pseudo[':status']));
			return [];
		}
		exchange.status = Number(pseudo[':status']);
		exchange.responseHeaders = headers.filter(isField);
		return exchange.responseHeaders;
	}

	#request(client: string, server: string, key: string, id: number, headers: HeaderPairs): HeaderPairs {
		const exchange = newExchange(client, server, id);
		const pseudo = Object.fromEntries(headers.filter(([name]) => name.startsWith(':')));
		exchange.method = pseudo[':method'] ?? null;
		exchange.authority = pseudo[':authority'] ?? null;
		exchange.path = pseudo[':path'] ?? null;
		exchange.requestHeaders = headers.filter(isField);
		this.#byStream.set(key, exchange);
		return exchange.requestHeaders;
	}

	#stream(frame: TsharkFrame, id: number): TsharkExchange {
		const key = this.#key(frame, id);
		const known = this.#byStream.get(key) ?? (id === 1 ? this.#http1.upgraded(frame.connection) : null);
		if (known === null) throw new Error(`tshark has a frame of an unknown stream ${id}`);
		this.#byStream.set(key, known);
		return known;
	}

	#data(frame: TsharkFrame, id: number, bytes: number): void {
		const exchange = this.#stream(frame, id);
		exchange[frame.source === exchange.server ? 'responseBodyBytes' : 'requestBodyBytes'] += bytes;
	}
}

function directionOf({ connection, source }: TsharkFrame): string {
	return `${connection} ${source}`;
}

/** RFC 9113, section 6.1: without the padding and the octet that tells its length. */
function payloadBytes(fields: Fields): number {
	const length = Number(text(fields, 'http2.length'));
	const padded = text(fieldsOf(fields['http2.flags_tree']), 'http2.flags.padded') === '1';
	return padded ? length - 1 - Number(text(fields, 'http2.pad_length')) : length;
}

function isField([name]: readonly [string, string]): boolean {
	return !name.startsWith(':');
}
