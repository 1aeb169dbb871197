/**
 * An exchange as one line of JSON: `-o json`, NDJSON of the control plane, `podwire.v1.taps.<name>.json`. The line parses
 * to the `ExchangeJson` of exchange-json-shape.ts; it is written piece by piece and no object is built.
 */
import protobuf from 'protobufjs/minimal.js';
import type { AddressNames, NamedAddress } from './address-names.ts';
import type { ExchangeJson } from './exchange-json-shape.ts';
import { grpcStatusName } from './grpc-status.ts';
import { missingWord } from './loss-words.ts';
import { formatIp } from './network-address.ts';
import { utf8Text } from './utf8-text.ts';
import { type podwire, wire } from './wire.ts';

/** What an exchange's batch and stream say about it. */
export interface ExchangeContext {
	/** '' in a capture file. */
	readonly tap: string;
	readonly pod: podwire.v1.Pod.$Properties | null | undefined;
	readonly names: AddressNames;
}

export const DIRECTION_NAMES: Readonly<Record<number, 'inbound' | 'outbound' | 'internal'>> = {
	[wire.Direction.DIRECTION_INBOUND]: 'inbound',
	[wire.Direction.DIRECTION_OUTBOUND]: 'outbound',
	[wire.Direction.DIRECTION_INTERNAL]: 'internal',
};

export const PROTOCOL_NAMES: Readonly<Record<number, 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2'>> = {
	[wire.Protocol.PROTOCOL_HTTP_1_0]: 'HTTP/1.0',
	[wire.Protocol.PROTOCOL_HTTP_1_1]: 'HTTP/1.1',
	[wire.Protocol.PROTOCOL_HTTP_2]: 'HTTP/2',
};

export const END_NAMES: Readonly<Record<number, NonNullable<ExchangeJson['end']>>> = {
	[wire.End.END_OPEN]: 'open',
	[wire.End.END_COMPLETE]: 'complete',
	[wire.End.END_RESET]: 'reset',
	[wire.End.END_CLOSED]: 'closed',
	[wire.End.END_UPGRADED]: 'upgraded',
	[wire.End.END_DETACHED]: 'detached',
};

/** One line, without the line end. What would break a terminal is written as `\\uXXXX`, the same value in JSON. */
export function exchangeJsonLine(exchange: podwire.v1.Exchange.$Properties, context: ExchangeContext): string {
	return `{"id":"${idText(exchange.id)}","tap":${textOrNull(context.tap)},"start":"${startText(exchange.startSeconds ?? 0, exchange.startNanos ?? 0)}","pod":${podText(context.pod)},"direction":${nameText(DIRECTION_NAMES[exchange.direction ?? 0])},"source":${endpointText(exchange.source, context.names)},"destination":${endpointText(exchange.destination, context.names)},"protocol":${nameText(PROTOCOL_NAMES[exchange.protocol ?? 0])},"tls":${exchange.tls === true},"stream":${exchange.stream ?? null},"request":${requestText(exchange.request)},"response":${responseText(exchange.response)},"informational":${informationalText(exchange.informational)},"timing":{"firstResponseByteNanos":${exchange.firstResponseByteNanos ?? null},"durationNanos":${exchange.durationNanos ?? null}},"end":${nameText(END_NAMES[exchange.end ?? 0])},"missing":${missingText(exchange.missing)}}`;
}

/** Strings that JSON and terminals take as they are. */
const PLAIN = /^[ !#-[\]-~]*$/;
/** What JSON lets through and a terminal obeys: DEL, C1 controls, bidirectional overrides, line separators, BOM. */
const UNSAFE_ON_TERMINALS = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function quoted(text: string): string {
	return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text).replace(UNSAFE_ON_TERMINALS, escaped);
}

function escaped(character: string): string {
	return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** '' is a value. */
function valueText(text: string | null | undefined): string {
	return text === null || text === undefined ? 'null' : quoted(text);
}

/** '' is none. */
function textOrNull(text: string | null | undefined): string {
	return text ? quoted(text) : 'null';
}

function nameText(name: string | undefined): string {
	return name === undefined ? 'null' : `"${name}"`;
}

const ID_HEX_DIGITS = 16;
const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function idText(id: Uint8Array | null | undefined): string {
	let text = '';
	for (let index = 0; index < (id?.length ?? 0); ++index) text += HEX_OF_BYTE[id?.[index] ?? 0];
	return text.padStart(ID_HEX_DIGITS, '0');
}

const MILLIS_PER_SECOND = 1000;
/** `Date` reaches no further (ECMA-262, time values). */
const MAX_DATE_SECONDS = 8.64e12;

let cachedSeconds = Number.NaN;
let cachedSecondsText = '';

/** RFC 3339, UTC, nine digits of a second. */
function startText(seconds: number, nanos: number): string {
	if (seconds !== cachedSeconds) {
		const bounded = Math.max(-MAX_DATE_SECONDS, Math.min(MAX_DATE_SECONDS, seconds));
		cachedSecondsText = new Date(bounded * MILLIS_PER_SECOND).toISOString().slice(0, -'.000Z'.length);
		cachedSeconds = seconds;
	}
	return `${cachedSecondsText}.${String(nanos).padStart(9, '0')}Z`;
}

function podText(pod: ExchangeContext['pod']): string {
	if (!pod?.name) return 'null';
	return `{"namespace":${textOrNull(pod.namespace)},"name":${quoted(pod.name)},"node":${textOrNull(pod.node)}}`;
}

/** What an address contributes to each end that it is: before the port, and after it. */
interface AddressText {
	readonly before: string;
	readonly after: string;
}

const addressTexts = new WeakMap<NamedAddress, AddressText>();

function addressText(address: NamedAddress): AddressText {
	let text = addressTexts.get(address);
	if (text === undefined) {
		text = { before: `{"ip":"${address.ip}","port":`, after: kindAndNames(address) };
		addressTexts.set(address, text);
	}
	return text;
}

function kindAndNames({ kind, namespace, name, workload }: NamedAddress): string {
	let text = `,"kind":${kind === null ? 'null' : `"${kind}"`}`;
	const always = kind === 'pod';
	if (always || namespace) text += `,"namespace":${textOrNull(namespace)}`;
	if (always || name) text += `,"name":${textOrNull(name)}`;
	if (always || workload) text += `,"workload":${textOrNull(workload)}`;
	return text;
}

function endpointText(endpoint: podwire.v1.Endpoint.$Properties | null | undefined, names: AddressNames): string {
	if (!endpoint?.ip) return 'null';
	const { before, after } = addressText(names.of(endpoint.ip));
	const { via } = endpoint;
	if (!via?.ip) return `${before}${endpoint.port ?? 0}${after}}`;
	const viaText = `{"ip":"${formatIp(via.ip)}","port":${via.port ?? 0},"service":${textOrNull(via.service)}}`;
	return `${before}${endpoint.port ?? 0}${after},"via":${viaText}}`;
}

function requestText(request: podwire.v1.Request.$Properties | null | undefined): string {
	if (!request) return 'null';
	return `{"method":${valueText(request.method)},"scheme":${valueText(request.scheme)},"authority":${valueText(request.authority)},"path":${valueText(request.path)},${messageText(request)}}`;
}

function responseText(response: podwire.v1.Response.$Properties | null | undefined): string {
	if (!response) return 'null';
	const grpc = response.grpc ? `,"grpc":${grpcText(response.grpc)}` : '';
	return `{"status":${response.status ?? null},"reason":${valueText(response.reason)},${messageText(response)}${grpc}}`;
}

type Message = podwire.v1.Request.$Properties | podwire.v1.Response.$Properties;

/** What requests and responses have in common. */
function messageText({ headers, trailers, bodyBytes, wireBytes, body }: Message): string {
	const bodyPart = body ? `,"body":${bodyText(body)}` : '';
	return `"headers":${headersText(headers)},"trailers":${headersText(trailers)},"bodyBytes":${bodyBytes ?? null},"wireBytes":${wireBytes ?? null}${bodyPart}`;
}

function grpcText({ code, message }: podwire.v1.GrpcStatus.$Properties): string {
	return `{"code":${code ?? 0},"name":${textOrNull(grpcStatusName(code ?? 0))},"message":${quoted(message ?? '')}}`;
}

function headersText(headers: podwire.v1.Header.$Properties[] | null | undefined): string {
	if (!headers || headers.length === 0) return '[]';
	let text = '[';
	for (const header of headers)
		text += `${text === '[' ? '' : ','}{"name":${quoted(header.name ?? '')},${contentText(header)}}`;
	return `${text}]`;
}

function contentText({ value, redacted }: podwire.v1.Header.$Properties): string {
	if (redacted) return '"redacted":true';
	return value === null || value === undefined ? '"unknown":true' : `"value":${quoted(value)}`;
}

function bodyText(body: podwire.v1.Body.$Properties): string {
	const content = body.content ?? new Uint8Array();
	const text = utf8Text(content, body.truncated ?? false);
	const shown =
		text === null ? `"base64":"${protobuf.util.base64.encode(content, 0, content.length)}"` : `"text":${quoted(text)}`;
	return `{${shown}${body.truncated ? ',"truncated":true' : ''}}`;
}

function informationalText(informational: podwire.v1.Informational.$Properties[] | null | undefined): string {
	if (!informational || informational.length === 0) return '[]';
	const texts = informational.map(
		({ status, headers }) => `{"status":${status ?? 0},"headers":${headersText(headers)}}`,
	);
	return `[${texts.join(',')}]`;
}

function missingText(missing: podwire.v1.Missing[] | null | undefined): string {
	if (!missing || missing.length === 0) return '[]';
	return `[${missing.map((cause) => `"${missingWord(cause)}"`).join(',')}]`;
}
