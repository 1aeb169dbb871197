/** The latest exchanges of a row, for who opens it. */
import type { podwire } from '../../messaging/wire.ts';
import type { End } from './ends.ts';

/** Exchanges kept of each row. */
export const KEPT_EXCHANGES = 5;
/** Of the header fields of one message that are kept, in UTF-16 units; the fields after that are counted. */
export const MAX_HEADER_LENGTH = 8_192;

type Exchange = podwire.v1.Exchange.$Properties;
type Header = podwire.v1.Header.$Properties;

export interface KeptExchange {
	/** Rises with each that was kept. */
	readonly sequence: number;
	/** Null: sources are hidden. */
	readonly source: End | null;
	readonly destination: End;
	/** A copy without addresses and bodies: nothing of it may be a view of the batch, all of which that would keep in memory. */
	readonly exchange: Exchange;
	/** Header fields that were too many to keep. */
	readonly headersLeftOut: number;
}

export class LatestExchanges {
	#kept: KeptExchange[] = [];

	/** The latest first. */
	get all(): readonly KeptExchange[] {
		return this.#kept.toReversed();
	}

	keep(exchange: KeptExchange): void {
		if (this.#kept.length >= KEPT_EXCHANGES) this.#kept.shift();
		this.#kept.push(exchange);
	}

	add(other: LatestExchanges): void {
		const all = [...this.#kept, ...other.#kept].sort((one, two) => one.sequence - two.sequence);
		this.#kept = all.slice(-KEPT_EXCHANGES);
	}
}

export function keptExchange(
	exchange: Exchange,
	{ source, destination, sequence }: Pick<KeptExchange, 'source' | 'destination' | 'sequence'>,
): KeptExchange {
	const { startSeconds, startNanos, firstResponseByteNanos, durationNanos, end, missing, reset, pushed } = exchange;
	const { request, response } = exchange;
	const asked = keptFields(request);
	const answered = keptFields(response);
	return {
		sequence,
		source,
		destination,
		exchange: {
			...{ startSeconds, startNanos, firstResponseByteNanos, durationNanos, end, pushed },
			missing: [...(missing ?? [])],
			reset: reset ? { errorCode: reset.errorCode, bySource: reset.bySource } : null,
			request: request ? { ...plainRequest(request), ...asked.fields } : null,
			response: response ? { ...plainResponse(response), ...answered.fields } : null,
		} as Exchange,
		headersLeftOut: asked.leftOut + answered.leftOut,
	};
}

/** Member by member: those of what was read from a batch are in part getters, which a spread leaves out. */
function plainRequest(request: podwire.v1.Request.$Properties) {
	const { method, scheme, authority, path, bodyBytes, wireBytes, connectProtocol, grpcTimeoutNanos } = request;
	return {
		...{ method, scheme, authority, path, bodyBytes, wireBytes, connectProtocol, grpcTimeoutNanos },
		messages: plainMessages(request.messages),
	};
}

function plainResponse(response: podwire.v1.Response.$Properties) {
	const { status, reason, bodyBytes, wireBytes, grpc } = response;
	return {
		...{ status, reason, bodyBytes, wireBytes },
		grpc: grpc ? { code: grpc.code, message: grpc.message } : null,
		messages: plainMessages(response.messages),
	};
}

function plainMessages(messages: podwire.v1.Messages.$Properties | null | undefined) {
	if (!messages) return null;
	const { counts, inexact, closeCode } = messages;
	return {
		...{ inexact, closeCode },
		counts: (counts ?? []).map(({ kind, count, bytes, compressed }) => ({ kind, count, bytes, compressed })),
	};
}

interface Message {
	readonly headers?: Header[] | null;
	readonly trailers?: Header[] | null;
}

interface KeptFields {
	readonly fields: { readonly headers: Header[]; readonly trailers: Header[] };
	readonly leftOut: number;
}

function keptFields(message: Message | null | undefined): KeptFields {
	const headers = message?.headers ?? [];
	const trailers = message?.trailers ?? [];
	const all = trailers.length === 0 ? headers : [...headers, ...trailers];
	const kept = keptCount(all);
	return {
		fields: {
			headers: headers.slice(0, kept).map(plainHeader),
			trailers: trailers.slice(0, Math.max(0, kept - headers.length)).map(plainHeader),
		},
		leftOut: all.length - kept,
	};
}

function plainHeader({ name, value, redacted, unknown }: Header): Header {
	return { name, value, redacted, unknown } as Header;
}

function keptCount(headers: readonly Header[]): number {
	let length = 0;
	for (let index = 0; index < headers.length; ++index) {
		length += (headers[index]?.name?.length ?? 0) + (headers[index]?.value?.length ?? 0);
		if (length > MAX_HEADER_LENGTH) return index;
	}
	return headers.length;
}
