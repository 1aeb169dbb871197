/** Reads requests. */
import { wire } from '../messaging/wire.ts';
import { RARE, type WireCursor } from '../messaging/wire-cursor.ts';
import { REQUEST } from '../messaging/wire-fields.ts';
import type { HeaderLists } from './header-lists.ts';
import { once } from './once.ts';
import { ReadRequest } from './read-exchange.ts';

export class RequestReader {
	readonly #cursor: WireCursor;
	readonly #headers: HeaderLists;

	constructor(cursor: WireCursor, headers: HeaderLists) {
		this.#cursor = cursor;
		this.#headers = headers;
	}

	/** `_before`: what `once` says of an earlier one. */
	read(_before: null, outerEnd: number): ReadRequest {
		const cursor = this.#cursor;
		const end = cursor.fieldEnd(outerEnd);
		const request = new ReadRequest(cursor.bytes);
		while (cursor.at < end) this.#field(request, cursor.varint(end), end);
		return request;
	}

	#field(request: ReadRequest, tag: number, end: number): void {
		const cursor = this.#cursor;
		switch (tag) {
			case REQUEST.method:
				request.methodTo = cursor.textEnd(end);
				request.methodFrom = cursor.at;
				cursor.at = request.methodTo;
				break;
			case REQUEST.scheme:
				request.schemeTo = cursor.textEnd(end);
				request.schemeFrom = cursor.at;
				cursor.at = request.schemeTo;
				break;
			case REQUEST.authority:
				request.authorityTo = cursor.textEnd(end);
				request.authorityFrom = cursor.at;
				cursor.at = request.authorityTo;
				break;
			case REQUEST.path:
				request.pathTo = cursor.textEnd(end);
				request.pathFrom = cursor.at;
				cursor.at = request.pathTo;
				break;
			case REQUEST.headers:
				request.headerList = this.#headers.read(request.headerList, tag, cursor, end);
				break;
			case REQUEST.headerIndexes:
				request.headerList = this.#headers.readShared(request.headerList, cursor, end);
				break;
			case REQUEST.bodyBytes:
				request.bodyBytes = cursor.varint(end);
				break;
			case REQUEST.wireBytes:
				request.wireBytes = cursor.varint(end);
				break;
			default:
				this.#rarerField(request, tag, end);
		}
	}

	#rarerField(request: ReadRequest, tag: number, end: number): void {
		const cursor = this.#cursor;
		switch (tag) {
			case REQUEST.trailers:
				request.trailerList = this.#headers.read(request.trailerList, tag, cursor, end);
				break;
			case REQUEST.trailerIndexes:
				request.trailerList = this.#headers.readShared(request.trailerList, cursor, end);
				break;
			case REQUEST.body:
				once(request.body);
				request.body = wire.Body.decode(cursor.content(end));
				break;
			case REQUEST.messages:
				once(request.messages);
				request.messages = wire.Messages.decode(cursor.content(end));
				break;
			case REQUEST.connectProtocol:
				request.connectProtocol = cursor.text(end);
				break;
			case REQUEST.grpcTimeoutNanos:
				request.grpcTimeoutNanos = cursor.varint(end);
				break;
			default:
				throw RARE;
		}
	}
}
