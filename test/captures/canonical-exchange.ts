/** What Podwire read, in the words of expected-exchange.ts. Null: Podwire says that it does not know. */
import { END_NAMES, PROTOCOL_NAMES } from '../../src/messaging/exchange-json.ts';
import { missingWord } from '../../src/messaging/loss-words.ts';
import { formatIp } from '../../src/messaging/network-address.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import type { EndName, ExpectedMessages, MessageKindName, MessageTally } from './expected-exchange.ts';

/** A null name or value cannot be known. */
export type Header = readonly [name: string | null, value: string | null];

export interface Messages extends ExpectedMessages {
	/** False: lower bounds. */
	readonly exact: boolean;
}

interface Message {
	readonly headers: readonly Header[];
	readonly trailers: readonly Header[];
	readonly bodyBytes: number | null;
	readonly wireBytes: number | null;
	readonly messages: Messages | null;
}

export interface Request extends Message {
	readonly method: string | null;
	readonly authority: string | null;
	readonly path: string | null;
	readonly connectProtocol: string | null;
	readonly grpcTimeoutNanos: number | null;
}

export interface Response extends Message {
	readonly status: number | null;
	readonly reason: string | null;
	readonly grpc: { readonly code: number; readonly message: string } | null;
}

export interface CanonicalExchange {
	readonly id: string;
	/** Seconds and nanoseconds. */
	readonly start: string;
	readonly firstResponseByteNanos: number | null;
	readonly durationNanos: number | null;
	readonly client: string;
	readonly server: string;
	readonly protocol: string | null;
	readonly stream: number | null;
	/** Null: no byte of it was seen. */
	readonly request: Request | null;
	readonly response: Response | null;
	readonly informational: readonly { readonly status: number; readonly headers: readonly Header[] }[];
	readonly pushed: boolean;
	readonly reset: { readonly errorCode: number; readonly bySource: boolean } | null;
	readonly end: EndName;
	readonly missing: readonly string[];
}

const KIND_NAMES: Readonly<Record<number, MessageKindName>> = {
	[wire.MessageKind.MESSAGE_KIND_GRPC]: 'grpc',
	[wire.MessageKind.MESSAGE_KIND_TEXT]: 'text',
	[wire.MessageKind.MESSAGE_KIND_BINARY]: 'binary',
	[wire.MessageKind.MESSAGE_KIND_PING]: 'ping',
	[wire.MessageKind.MESSAGE_KIND_PONG]: 'pong',
	[wire.MessageKind.MESSAGE_KIND_EVENT]: 'event',
};

type Wire = podwire.v1.Exchange;

export function canonicalExchange(exchange: Wire): CanonicalExchange {
	const { request, response } = exchange;
	return {
		id: Buffer.from(exchange.id).toString('hex'),
		start: `${exchange.startSeconds}.${String(exchange.startNanos).padStart(9, '0')}`,
		firstResponseByteNanos: numberOrNull(exchange.firstResponseByteNanos),
		durationNanos: numberOrNull(exchange.durationNanos),
		client: endpointText(exchange.source),
		server: endpointText(exchange.destination),
		protocol: PROTOCOL_NAMES[exchange.protocol] ?? null,
		stream: exchange.stream ?? null,
		request: request
			? {
					method: request.method ?? null,
					authority: request.authority ?? null,
					path: request.path ?? null,
					connectProtocol: request.connectProtocol ?? null,
					grpcTimeoutNanos: numberOrNull(request.grpcTimeoutNanos),
					...message(request),
				}
			: null,
		response: response
			? {
					status: response.status ?? null,
					reason: response.reason ?? null,
					grpc: response.grpc ? { code: response.grpc.code ?? 0, message: response.grpc.message ?? '' } : null,
					...message(response),
				}
			: null,
		informational: exchange.informational.map(({ status, headers }) => ({
			status: status ?? 0,
			headers: (headers ?? []).map(header),
		})),
		pushed: exchange.pushed,
		reset: exchange.reset
			? { errorCode: exchange.reset.errorCode ?? 0, bySource: exchange.reset.bySource ?? false }
			: null,
		end: END_NAMES[exchange.end] ?? 'open',
		missing: exchange.missing.map((cause) => missingWord(cause)),
	};
}

function message(part: podwire.v1.Request.$Properties | podwire.v1.Response.$Properties): Message {
	return {
		headers: (part.headers ?? []).map(header),
		trailers: (part.trailers ?? []).map(header),
		bodyBytes: numberOrNull(part.bodyBytes),
		wireBytes: numberOrNull(part.wireBytes),
		messages: part.messages ? messages(part.messages) : null,
	};
}

function header({ name, value, unknown }: podwire.v1.Header.$Properties): Header {
	return [name ? name : null, unknown ? null : (value ?? null)];
}

function messages({ counts, inexact, closeCode }: podwire.v1.Messages.$Properties): Messages {
	const tallies: Partial<Record<MessageKindName, MessageTally>> = {};
	for (const { kind, count, bytes, compressed } of counts ?? []) {
		if (Number(count) === 0) continue;
		const name = KIND_NAMES[kind ?? 0];
		if (name !== undefined) {
			tallies[name] = { count: Number(count), bytes: Number(bytes ?? 0), compressed: Number(compressed ?? 0) };
		}
	}
	return { counts: tallies, closeCode: closeCode ?? null, exact: !inexact };
}

function numberOrNull(value: number | null | undefined): number | null {
	return value === null || value === undefined ? null : Number(value);
}

function endpointText(endpoint: podwire.v1.Endpoint.$Properties | null | undefined): string {
	const ip = formatIp(endpoint?.ip ?? new Uint8Array());
	return `${ip.includes(':') ? `[${ip}]` : ip}:${endpoint?.port ?? 0}`;
}
