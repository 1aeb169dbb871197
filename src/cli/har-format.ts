/**
 * `-o har`: one document of HAR 1.2 (HTTP Archive), an entry for each exchange that has ended, in that order. It is
 * written as it comes: no entry is kept.
 */
import type { ExchangeContext } from '../messaging/exchange-json.ts';
import type { ExchangeJson } from '../messaging/exchange-json-shape.ts';
import { terminalSafeJson } from '../messaging/json-text.ts';
import type { podwire } from '../messaging/wire.ts';
import type { ExchangeFormat } from './exchange-format.ts';
import { exchangeObject } from './exchange-object.ts';
import { grpcText, remarkText, streamText } from './exchange-remarks.ts';
import { commentOf, harRequest, harResponse } from './har-message.ts';

type Exchange = podwire.v1.Exchange.$Properties;

const NANOS_PER_MILLI = 1e6;
/** `2026-11-22T21:04:05.123`: readers of HAR know no more digits. */
const MILLIS_END = 'YYYY-MM-DDThh:mm:ss.sss'.length;

export class HarFormat implements ExchangeFormat {
	readonly endedOnly = true;
	readonly head: string;
	readonly tail = '\n]}}\n';
	#separator = '\n';

	/** `version`: of Podwire. */
	constructor(options: { readonly version: string }) {
		const creator = { name: 'podwire', version: options.version };
		this.head = `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"entries":[`;
	}

	format(exchange: Exchange, context: ExchangeContext): string {
		const entry = entryOf(exchangeObject(exchange, context), remarksOf(exchange));
		const text = this.#separator + terminalSafeJson(JSON.stringify(entry));
		this.#separator = ',\n';
		return text;
	}
}

function remarksOf(exchange: Exchange): string[] {
	const remarks = [grpcText(exchange), streamText(exchange), remarkText(exchange, false)];
	return remarks.filter((remark) => remark !== null);
}

function entryOf(json: ExchangeJson, remarks: readonly string[]) {
	const { id, start, pod, direction, source, destination, stream, informational, end, missing } = json;
	const timings = timingsOf(json.timing);
	return {
		startedDateTime: `${start.slice(0, MILLIS_END)}Z`,
		time: timings.wait + timings.receive,
		request: harRequest(json),
		response: harResponse(json),
		cache: {},
		timings,
		...connectionOf(source, destination),
		...commentOf(remarks),
		_podwire: { id, pod, direction, source, destination, stream, informational, end, missing, ...trailersOf(json) },
	};
}

/** Browsers take `connection` for the server's port, and tell connections apart by `_connectionId`. */
function connectionOf(source: ExchangeJson['source'], destination: ExchangeJson['destination']) {
	return {
		...(destination === null ? {} : { serverIPAddress: destination.ip, connection: String(destination.port) }),
		...(source === null ? {} : { _connectionId: `${source.ip} ${source.port}` }),
	};
}

/** HAR has no place for them. */
function trailersOf({ request, response }: ExchangeJson) {
	return {
		requestTrailers: request?.trailers ?? [],
		responseTrailers: response?.trailers ?? [],
		requestMessages: request?.messages ?? null,
		responseMessages: response?.messages ?? null,
	};
}

/**
 * In milliseconds. When the request's last byte passed is not told: sending is a part of waiting. What must be there
 * and is not known is 0, and the comment says so.
 */
function timingsOf({ firstResponseByteNanos, durationNanos }: ExchangeJson['timing']) {
	const first = firstResponseByteNanos ?? durationNanos ?? 0;
	const last = Math.max(first, durationNanos ?? first);
	const unknown = [
		...(firstResponseByteNanos === null ? ['when the response began is not known'] : []),
		...(durationNanos === null ? ['when the response ended is not known'] : []),
	];
	return {
		blocked: -1,
		dns: -1,
		connect: -1,
		send: 0,
		wait: first / NANOS_PER_MILLI,
		receive: (last - first) / NANOS_PER_MILLI,
		ssl: -1,
		...commentOf(unknown),
	};
}
