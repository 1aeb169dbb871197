/** Requests and responses as bytes of JSON; in text they are what src/messaging/message-json.ts makes of them. */
import type { HeaderList } from '../client/header-list.ts';
import type { ReadRequest, ReadResponse } from '../client/read-exchange.ts';
import { quoted } from '../messaging/json-text.ts';
import { bodyText, grpcText, headerText, messagesText } from '../messaging/message-json.ts';
import { ReadHeader } from '../messaging/read-header.ts';
import type { BodyDecoding } from '../messaging/shown-body.ts';
import type { podwire } from '../messaging/wire.ts';
import { asciiText } from '../messaging/wire-cursor.ts';
import type { OutputBytes } from './output-bytes.ts';
import { PLAIN_IN_JSON } from './plain-bytes.ts';

const METHOD = Buffer.from('{"method":');
const SCHEME = Buffer.from(',"scheme":');
const AUTHORITY = Buffer.from(',"authority":');
const PATH = Buffer.from(',"path":');
const STATUS = Buffer.from('{"status":');
const REASON = Buffer.from(',"reason":');
const HEADERS = Buffer.from(',"headers":[');
const TRAILERS = Buffer.from('],"trailers":[');
const NO_TRAILERS = Buffer.from('],"trailers":[],"bodyBytes":');
const BODY_BYTES = Buffer.from('],"bodyBytes":');
const WIRE_BYTES = Buffer.from(',"wireBytes":');
const NAME = Buffer.from('{"name":');
const VALUE = Buffer.from(',"value":');
const REDACTED = Buffer.from(',"redacted":true}');
const UNKNOWN = Buffer.from(',"unknown":true}');
const NULL = Buffer.from('null');
const QUOTE = '"'.charCodeAt(0);
const COMMA = ','.charCodeAt(0);
const CLOSE = '}'.charCodeAt(0);

export class MessageJsonBytes {
	readonly #decodeBody: BodyDecoding;

	constructor(decodeBody: BodyDecoding) {
		this.#decodeBody = decodeBody;
	}

	writeRequest(request: ReadRequest | null, output: OutputBytes): void {
		if (request === null) {
			output.piece(NULL);
			return;
		}
		const { bytes, connectProtocol, grpcTimeoutNanos } = request;
		output.piece(METHOD);
		writeText(bytes, request.methodFrom, request.methodTo, output);
		output.piece(SCHEME);
		writeText(bytes, request.schemeFrom, request.schemeTo, output);
		output.piece(AUTHORITY);
		writeText(bytes, request.authorityFrom, request.authorityTo, output);
		output.piece(PATH);
		writeText(bytes, request.pathFrom, request.pathTo, output);
		this.#writeMessage(request, output);
		if (connectProtocol !== null) output.text(`,"connectProtocol":${quoted(connectProtocol)}`);
		if (grpcTimeoutNanos !== null) output.text(`,"grpc":{"timeoutNanos":${grpcTimeoutNanos}}`);
		output.byte(CLOSE);
	}

	writeResponse(response: ReadResponse | null, output: OutputBytes): void {
		if (response === null) {
			output.piece(NULL);
			return;
		}
		output.piece(STATUS);
		writeNumber(response.status, output);
		output.piece(REASON);
		writeText(response.bytes, response.reasonFrom, response.reasonTo, output);
		this.#writeMessage(response, output);
		if (response.grpc !== null) output.text(`,"grpc":${grpcText(response.grpc)}`);
		output.byte(CLOSE);
	}

	/** What requests and responses have in common. */
	#writeMessage(message: ReadRequest | ReadResponse, output: OutputBytes): void {
		const { headerList, trailerList, bodyBytes, wireBytes, body, messages } = message;
		output.piece(HEADERS);
		writeHeaders(headerList, output);
		if (trailerList.headers.length === 0) {
			output.piece(NO_TRAILERS);
		} else {
			output.piece(TRAILERS);
			writeHeaders(trailerList, output);
			output.piece(BODY_BYTES);
		}
		writeNumber(bodyBytes, output);
		output.piece(WIRE_BYTES);
		writeNumber(wireBytes, output);
		if (body !== null) output.text(`,"body":${bodyText(body, headerList.headers, this.#decodeBody)}`);
		if (messages !== null) output.text(`,"messages":${messagesText(messages)}`);
	}
}

/** Without the brackets. */
function writeHeaders(list: HeaderList, output: OutputBytes): void {
	if (list.json !== null) {
		output.piece(list.json);
		return;
	}
	const { length } = output;
	const { headers } = list;
	for (let index = 0; index < headers.length; ++index) {
		if (index > 0) output.byte(COMMA);
		const header = headers[index] as podwire.v1.Header.$Properties;
		if (header instanceof ReadHeader) writeReadHeader(header, output);
		else output.text(headerText(header));
	}
	if (list.repeated) list.json = output.copyFrom(length);
}

function writeReadHeader(header: ReadHeader, output: OutputBytes): void {
	if (header.jsonBytes !== null) {
		output.piece(header.jsonBytes);
		return;
	}
	const { length } = output;
	writeHeader(header, output);
	if (header.kept) header.jsonBytes = output.copyFrom(length);
}

function writeHeader(header: ReadHeader, output: OutputBytes): void {
	const { bytes, nameFrom, nameTo, valueFrom, valueTo, redacted } = header;
	output.piece(NAME);
	// No header has an empty name: it is one that cannot be known.
	if (nameTo === nameFrom) output.piece(NULL);
	else writeText(bytes, nameFrom, nameTo, output);
	if (redacted === true) {
		output.piece(REDACTED);
	} else if (valueFrom < 0) {
		output.piece(UNKNOWN);
	} else {
		output.piece(VALUE);
		writeText(bytes, valueFrom, valueTo, output);
		output.byte(CLOSE);
	}
}

/** Of ASCII; null where `from` says that there is none. */
function writeText(bytes: Uint8Array, from: number, to: number, output: OutputBytes): void {
	if (from < 0) {
		output.piece(NULL);
		return;
	}
	const { length } = output;
	output.byte(QUOTE);
	if (output.plain(bytes, from, to, PLAIN_IN_JSON)) {
		output.byte(QUOTE);
	} else {
		output.cutTo(length);
		output.text(quoted(asciiText(bytes, from, to)));
	}
}

function writeNumber(value: number | null, output: OutputBytes): void {
	if (value === null) output.piece(NULL);
	else output.digits(value);
}
