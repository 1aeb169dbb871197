/** Pairs tshark's HTTP/1 messages: responses answer requests in their order (RFC 9112, section 9.3.2). */
import { type HeaderPairs, newExchange, type TsharkExchange } from './tshark-exchanges.ts';
import {
	type Fields,
	fieldsOf,
	listOf,
	rawLength,
	type TsharkFrame,
	text,
	textOrNull,
	texts,
} from './tshark-frames.ts';

const SWITCHING_PROTOCOLS = 101;
const FIRST_FINAL = 200;

interface Connection {
	readonly requests: TsharkExchange[];
	/** With the 1xx before it. A message stands where it ended, so a response may stand before its request. */
	readonly responses: Partial<TsharkExchange>[];
	informational: number[];
}

export class TsharkHttp1 {
	readonly #connections = new Map<string, Connection>();

	message(frame: TsharkFrame, fields: Fields): void {
		// The start line's fields are below a line of its text.
		const startLine = Object.values(fields)
			.map(fieldsOf)
			.find((nested) => 'http.request.method' in nested || 'http.response.code' in nested);
		if (startLine === undefined) return;
		const connection = this.#connections.get(frame.connection) ?? { requests: [], responses: [], informational: [] };
		this.#connections.set(frame.connection, connection);
		if ('http.request.method' in startLine) connection.requests.push(request(frame, fields, startLine));
		else response(connection, fields, startLine);
	}

	exchanges(): TsharkExchange[] {
		return [...this.#connections.values()].flatMap(({ requests, responses }) =>
			requests.map((one, index) => ({ ...one, ...responses[index] })),
		);
	}

	/** Takes out the request that the connection was upgraded from to HTTP/2: RFC 7540, section 3.2. */
	upgraded(connection: string): TsharkExchange | null {
		const found = this.#connections.get(connection);
		const [request] = found?.requests.splice(0) ?? [];
		const [response] = found?.responses.splice(0) ?? [];
		if (request === undefined || response?.status !== SWITCHING_PROTOCOLS) return null;
		return { ...request, stream: 1, protocol: 'HTTP/2', informational: [SWITCHING_PROTOCOLS] };
	}
}

function request(frame: TsharkFrame, fields: Fields, startLine: Fields): TsharkExchange {
	const exchange = newExchange(frame.source, frame.destination, null);
	exchange.protocol = text(startLine, 'http.request.version');
	exchange.method = text(startLine, 'http.request.method');
	exchange.requestHeaders = headerLines(texts(fields, 'http.request.line'));
	exchange.requestTrailers = trailerLines(fields);
	exchange.requestBodyBytes = bodyLength(fields);
	const host = exchange.requestHeaders.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? null;
	return { ...exchange, ...splitTarget(exchange.method, text(startLine, 'http.request.uri'), host) };
}

function response(connection: Connection, fields: Fields, startLine: Fields): void {
	const status = Number(text(startLine, 'http.response.code'));
	if (status < FIRST_FINAL && status !== SWITCHING_PROTOCOLS) {
		connection.informational.push(status);
		return;
	}
	connection.responses.push({
		status,
		informational: connection.informational,
		responseHeaders: headerLines(texts(fields, 'http.response.line')),
		responseTrailers: trailerLines(fields),
		responseBodyBytes: bodyLength(fields),
	});
	connection.informational = [];
}

/** After transfer coding. Of a compressed body tshark tells the size in a line of text, or the sizes of its chunks. */
function bodyLength(fields: Fields): number {
	const whole = rawLength(fields, 'http.file_data');
	if (whole > 0) return whole;
	const encoded = Object.keys(fields)
		.map((name) => /^Content-encoded entity body \(.*\): (\d+) bytes/.exec(name)?.[1])
		.find((size) => size !== undefined);
	if (encoded !== undefined) return Number(encoded);
	const chunks = Object.entries(fieldsOf(fields['HTTP chunked response'])).filter(([name]) =>
		name.startsWith('Data chunk'),
	);
	return chunks
		.flatMap(([, group]) => listOf(group))
		.reduce((sum: number, chunk) => sum + Number(text(fieldsOf(chunk), 'http.chunk_size')), 0);
}

function trailerLines(fields: Fields): HeaderPairs {
	const nested = Object.values(fields)
		.map(fieldsOf)
		.map((inner) => textOrNull(inner, 'http.chunked_trailer_part'))
		.find((part) => part !== null);
	return headerLines((nested ?? '').split(/\r\n/).filter(Boolean));
}

function headerLines(lines: readonly string[]): HeaderPairs {
	return lines.map((line) => {
		const colon = line.indexOf(':');
		return [line.slice(0, colon), line.slice(colon + 1).trim()];
	});
}

/** RFC 9112, section 3.2. */
function splitTarget(
	method: string,
	target: string,
	host: string | null,
): { authority: string | null; path: string | null } {
	if (method === 'CONNECT') return { authority: target, path: null };
	const absolute = /^https?:\/\/([^/?]*)(.*)$/.exec(target);
	return absolute === null
		? { authority: host, path: target }
		: { authority: absolute[1] ?? null, path: absolute[2] || '/' };
}
