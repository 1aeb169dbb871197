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
	/** Without addresses and bodies, whose bytes would keep the whole batch in memory. */
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
	const request = keptMessage(exchange.request);
	const response = keptMessage(exchange.response);
	return {
		sequence,
		source,
		destination,
		exchange: {
			...{ startSeconds, startNanos, firstResponseByteNanos, durationNanos, end, missing, reset, pushed },
			request: request.message,
			response: response.message,
		} as Exchange,
		headersLeftOut: request.leftOut + response.leftOut,
	};
}

interface Message {
	headers?: Header[] | null;
	body?: podwire.v1.Body.$Properties | null;
}

function keptMessage<Kind extends Message>(
	message: Kind | null | undefined,
): {
	message: Kind | null;
	leftOut: number;
} {
	if (!message) return { message: null, leftOut: 0 };
	const headers = message.headers ?? [];
	const kept = keptCount(headers);
	if (kept === headers.length && !message.body) return { message, leftOut: 0 };
	return {
		message: { ...message, body: null, headers: headers.slice(0, kept) },
		leftOut: headers.length - kept,
	};
}

function keptCount(headers: readonly Header[]): number {
	let length = 0;
	for (let index = 0; index < headers.length; ++index) {
		length += (headers[index]?.name?.length ?? 0) + (headers[index]?.value?.length ?? 0);
		if (length > MAX_HEADER_LENGTH) return index;
	}
	return headers.length;
}
