/** nghttp's log (`-v`): every frame with its header fields, in the order of the wire. */
import type { LogEntry } from './log-entry.ts';

type Header = [name: string, value: string];

interface Stream {
	readonly sent: Header[][];
	readonly received: Header[][];
	sentBytes: number;
	receivedBytes: number;
	pushed: boolean;
	upgradedFrom: { method: string; path: string } | null;
}

const TIME = /^\[ *\d+\.\d+\] ?/;

/** Of one run with `-nv` (without bodies among the lines), with any number of exchanges. */
export function nghttpLog(text: string, server: string): LogEntry[] {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: nghttp colours its log
	const lines = text.replace(/\u001b\[[\d;]*m/g, '').split('\n');
	const streams = new Map<number, Stream>();
	const streamOf = (id: number) => {
		const stream = streams.get(id) ?? {
			sent: [],
			received: [],
			sentBytes: 0,
			receivedBytes: 0,
			pushed: false,
			upgradedFrom: null,
		};
		streams.set(id, stream);
		return stream;
	};
	let waiting: Header[] = [];
	let sending: Header[] | null = null;
	let padded: { stream: Stream; side: 'sentBytes' | 'receivedBytes' } | null = null;
	for (const line of lines) {
		const event = line.replace(TIME, '');
		const received = /^recv \(stream_id=\d+\) ([^ ]+): (.*)$/.exec(event);
		const field = /^ {10}(:?[^:;( ][^: ]*): (.*)$/.exec(line);
		const frame = /^(send|recv) ([A-Z_]+) frame <length=(\d+), flags=0x[0-9a-f]+, stream_id=(\d+)>/.exec(event);
		const padding = /^ +\(padlen=(\d+)\)/.exec(line);
		const upgrade = /^([A-Z]+) (\/[^ ]*) HTTP\/1\.1\r?$/.exec(line);
		const promised = /promised_stream_id=(\d+)/.exec(line);
		if (received !== null) waiting.push([received[1] ?? '', received[2] ?? '']);
		else if (frame !== null) {
			sending = null;
			const [, direction, type, length, id] = frame;
			const stream = streamOf(Number(id));
			padded = type === 'DATA' ? { stream, side: direction === 'send' ? 'sentBytes' : 'receivedBytes' } : null;
			if (padded !== null) stream[padded.side] += Number(length);
			if (type === 'HEADERS' && direction === 'send') {
				sending = [];
				stream.sent.push(sending);
			} else if (type === 'HEADERS') {
				stream.received.push(waiting);
				waiting = [];
			}
		} else if (padding !== null && padded !== null) padded.stream[padded.side] -= Number(padding[1]);
		else if (upgrade !== null) {
			// RFC 7540, section 3.2: the answer to this request of HTTP/1.1 comes on stream 1.
			streamOf(1).upgradedFrom = { method: upgrade[1] ?? '', path: upgrade[2] ?? '' };
		} else if (promised !== null) {
			// The fields of the request that the server promises to answer.
			const stream = streamOf(Number(promised[1]));
			stream.pushed = true;
			stream.sent.push(waiting);
			waiting = [];
		} else if (field !== null) sending?.push([field[1] ?? '', field[2] ?? '']);
	}
	return [...streams.entries()]
		.filter(([, { received }]) => received.length > 0)
		.map(([, stream]) => entryOf(stream, server));
}

function entryOf(stream: Stream, server: string): LogEntry {
	const [head = [], requestTrailers = []] = stream.sent;
	const [answer = [], responseTrailers = []] = stream.received;
	const request = Object.fromEntries(head);
	const { upgradedFrom, pushed } = stream;
	return {
		server,
		protocol: 'HTTP/2',
		...(upgradedFrom ?? {
			method: request[':method'] ?? '',
			authority: request[':authority'] ?? null,
			path: request[':path'] ?? '',
			request: { headers: head.filter(isField), trailers: requestTrailers, bodyBytes: stream.sentBytes },
		}),
		informational: upgradedFrom === null ? [] : [101],
		status: Number(Object.fromEntries(answer)[':status']),
		response: { headers: answer.filter(isField), trailers: responseTrailers, bodyBytes: stream.receivedBytes },
		pushed,
	};
}

function isField([name]: Header): boolean {
	return !name.startsWith(':');
}
