/** Reads responses. */
import { wire } from '../messaging/wire.ts';
import { RARE, type WireCursor } from '../messaging/wire-cursor.ts';
import { RESPONSE } from '../messaging/wire-fields.ts';
import type { HeaderLists } from './header-lists.ts';
import { once } from './once.ts';
import { ReadResponse } from './read-exchange.ts';

export class ResponseReader {
	readonly #cursor: WireCursor;
	readonly #headers: HeaderLists;

	constructor(cursor: WireCursor, headers: HeaderLists) {
		this.#cursor = cursor;
		this.#headers = headers;
	}

	/** `_before`: what `once` says of an earlier one. */
	read(_before: null, outerEnd: number): ReadResponse {
		const cursor = this.#cursor;
		const end = cursor.fieldEnd(outerEnd);
		const response = new ReadResponse(cursor.bytes);
		while (cursor.at < end) this.#field(response, cursor.varint(end), end);
		return response;
	}

	#field(response: ReadResponse, tag: number, end: number): void {
		const cursor = this.#cursor;
		switch (tag) {
			case RESPONSE.status:
				response.status = cursor.uint32(end);
				break;
			case RESPONSE.reason:
				response.reasonTo = cursor.textEnd(end);
				response.reasonFrom = cursor.at;
				cursor.at = response.reasonTo;
				break;
			case RESPONSE.headers:
				response.headerList = this.#headers.read(response.headerList, tag, cursor, end);
				break;
			case RESPONSE.headerIndexes:
				response.headerList = this.#headers.readShared(response.headerList, cursor, end);
				break;
			case RESPONSE.trailers:
				response.trailerList = this.#headers.read(response.trailerList, tag, cursor, end);
				break;
			case RESPONSE.trailerIndexes:
				response.trailerList = this.#headers.readShared(response.trailerList, cursor, end);
				break;
			case RESPONSE.bodyBytes:
				response.bodyBytes = cursor.varint(end);
				break;
			case RESPONSE.wireBytes:
				response.wireBytes = cursor.varint(end);
				break;
			case RESPONSE.body:
				once(response.body);
				response.body = wire.Body.decode(cursor.content(end));
				break;
			case RESPONSE.grpc:
				once(response.grpc);
				response.grpc = wire.GrpcStatus.decode(cursor.content(end));
				break;
			case RESPONSE.messages:
				once(response.messages);
				response.messages = wire.Messages.decode(cursor.content(end));
				break;
			default:
				throw RARE;
		}
	}
}
