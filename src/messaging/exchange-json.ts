/**
 * An exchange as one line of JSON: `-o json`, NDJSON of the control plane, `podwire.v1.taps.<name>.json`. The line parses
 * to the `ExchangeJson` of exchange-json-shape.ts; it is written piece by piece and no object is built.
 */
import type { AddressNames, NamedAddress } from './address-names.ts';
import type { ExchangeJson } from './exchange-json-shape.ts';
import { http2ErrorName } from './http2-error-codes.ts';
import { nameText, quoted, textOrNull } from './json-text.ts';
import { missingWord } from './loss-words.ts';
import { headersText, requestText, responseText } from './message-json.ts';
import { formatIp } from './network-address.ts';
import { asItPassed, type BodyDecoding } from './shown-body.ts';
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

/**
 * One line, without the line end. What would break a terminal is written as `\\uXXXX`, the same value in JSON.
 * `decodeBody`: how bodies are shown; as they passed unless told.
 */
export function exchangeJsonLine(
	exchange: podwire.v1.Exchange.$Properties,
	context: ExchangeContext,
	decodeBody: BodyDecoding = asItPassed,
): string {
	return `{"id":"${idText(exchange.id)}","tap":${textOrNull(context.tap)},"start":"${startText(exchange.startSeconds ?? 0, exchange.startNanos ?? 0)}","pod":${podText(context.pod)},"direction":${nameText(DIRECTION_NAMES[exchange.direction ?? 0])},"source":${endpointText(exchange.source, context.names)},"destination":${endpointText(exchange.destination, context.names)},"protocol":${nameText(PROTOCOL_NAMES[exchange.protocol ?? 0])},"tls":${exchange.tls === true},"stream":${exchange.stream ?? null}${exchange.pushed ? ',"pushed":true' : ''},"request":${requestText(exchange.request, decodeBody)},"response":${responseText(exchange.response, decodeBody)},"informational":${informationalText(exchange.informational)},"timing":{"firstResponseByteNanos":${exchange.firstResponseByteNanos ?? null},"durationNanos":${exchange.durationNanos ?? null}},"end":${nameText(END_NAMES[exchange.end ?? 0])}${exchange.reset ? resetText(exchange.reset) : ''},"missing":${missingText(exchange.missing)}}`;
}

/** Of an id of the usual length. */
export const ID_HEX_DIGITS = 16;
const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function idText(id: Uint8Array | null | undefined): string {
	let text = '';
	for (let index = 0; index < (id?.length ?? 0); ++index) text += HEX_OF_BYTE[id?.[index] ?? 0];
	return text.padStart(ID_HEX_DIGITS, '0');
}

const MILLIS_PER_SECOND = 1000;
/** `Date` reaches no further (ECMA-262, time values). */
const MAX_DATE_SECONDS = 8.64e12;

/** Of a start that is written with all its nanoseconds. */
export const NANOS_DIGITS = 9;

let cachedSeconds = Number.NaN;
let cachedSecondsText = '';

/** RFC 3339, UTC, nine digits of a second. */
function startText(seconds: number, nanos: number): string {
	return `${secondText(seconds)}${String(nanos).padStart(NANOS_DIGITS, '0')}Z`;
}

/** Of RFC 3339, UTC, up to the point behind the second. */
export function secondText(seconds: number): string {
	if (seconds !== cachedSeconds) {
		const bounded = Math.max(-MAX_DATE_SECONDS, Math.min(MAX_DATE_SECONDS, seconds));
		cachedSecondsText = `${new Date(bounded * MILLIS_PER_SECOND).toISOString().slice(0, -'.000Z'.length)}.`;
		cachedSeconds = seconds;
	}
	return cachedSecondsText;
}

/** Of the pod of one batch, which is that of all its exchanges. */
let lastPod: ExchangeContext['pod'] = null;
let lastPodText = 'null';

export function podText(pod: ExchangeContext['pod']): string {
	if (pod === lastPod) return lastPodText;
	lastPodText = newPodText(pod);
	lastPod = pod;
	return lastPodText;
}

function newPodText(pod: ExchangeContext['pod']): string {
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

export function endpointText(
	endpoint: podwire.v1.Endpoint.$Properties | null | undefined,
	names: AddressNames,
): string {
	if (!endpoint?.ip) return 'null';
	const { before, after } = addressText(names.of(endpoint.ip));
	const { via } = endpoint;
	if (!via?.ip) return `${before}${endpoint.port ?? 0}${after}}`;
	const service = via.service || names.of(via.ip).name;
	const viaText = `{"ip":"${formatIp(via.ip)}","port":${via.port ?? 0},"service":${textOrNull(service)}}`;
	return `${before}${endpoint.port ?? 0}${after},"via":${viaText}}`;
}

export function resetText({ errorCode, bySource }: podwire.v1.StreamReset.$Properties): string {
	const code = errorCode ?? 0;
	return `,"reset":{"code":${code},"name":${nameText(http2ErrorName(code))},"by":"${bySource ? 'source' : 'destination'}"}`;
}

export function informationalText(informational: podwire.v1.Informational.$Properties[] | null | undefined): string {
	if (!informational || informational.length === 0) return '[]';
	const texts = informational.map(
		({ status, headers }) => `{"status":${status ?? 0},"headers":${headersText(headers)}}`,
	);
	return `[${texts.join(',')}]`;
}

export function missingText(missing: podwire.v1.Missing[] | null | undefined): string {
	if (!missing || missing.length === 0) return '[]';
	return `[${missing.map((cause) => `"${missingWord(cause)}"`).join(',')}]`;
}
