/** What a line says after its columns: the gRPC status, messages, how the exchange ended, what was not seen of it. */

import { grpcStatusName } from '../messaging/grpc-status.ts';
import { missingWord } from '../messaging/loss-words.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { latencyText } from './measures.ts';
import { messageRemarks, resetRemark } from './stream-remarks.ts';

const END_WORDS: Readonly<Record<number, string>> = {
	[wire.End.END_RESET]: 'reset',
	[wire.End.END_CLOSED]: 'connection closed',
	[wire.End.END_UPGRADED]: 'upgraded',
	[wire.End.END_DETACHED]: 'tap ended first',
};

/** Why Podwire itself stops following a connection or a stream; without one, it is the tap that ended. */
const GIVEN_UP: ReadonlySet<podwire.v1.Missing> = new Set([
	wire.Missing.MISSING_MALFORMED,
	wire.Missing.MISSING_HEADERS_TOO_LARGE,
	wire.Missing.MISSING_MEMORY_FULL,
	wire.Missing.MISSING_TOO_MANY_STREAMS,
	wire.Missing.MISSING_EVICTED,
	wire.Missing.MISSING_IDLE,
]);

const MISSING_WORDS: Readonly<Record<number, string>> = {
	[wire.Missing.MISSING_NO_REQUEST]: 'request not seen',
	[wire.Missing.MISSING_NO_RESPONSE]: 'response not seen',
};

/** `grpc=NOT_FOUND`; null for what is not gRPC. */
export function grpcText(exchange: podwire.v1.Exchange.$Properties): string | null {
	const code = exchange.response?.grpc?.code;
	if (code === undefined || code === null) return exchange.response?.grpc ? 'grpc=OK' : null;
	return `grpc=${grpcStatusName(code) ?? code}`;
}

/** `sent=3 received=120`, `reset=CANCEL`, `pushed`; null when there is nothing of the kind. */
export function streamText(exchange: podwire.v1.Exchange.$Properties): string | null {
	const { request, response, reset, pushed } = exchange;
	if (!request?.messages && !response?.messages && !reset && !pushed) return null;
	const remarks = messageRemarks(exchange);
	const resetText = resetRemark(exchange);
	if (resetText !== null) remarks.push(resetText);
	if (pushed) remarks.push('pushed');
	return remarks.length === 0 ? null : remarks.join(' ');
}

/** `(reset, response not seen)`; null when there is nothing to remark. `continues`: it was shown as open before. */
export function remarkText(exchange: podwire.v1.Exchange.$Properties, continues: boolean): string | null {
	// What streamText says of a reset is not said again.
	const end = exchange.reset ? undefined : endWords(exchange);
	const missing = exchange.missing ?? [];
	if (end === undefined && !continues && missing.length === 0) return null;
	const remarks: string[] = [];
	if (continues && exchange.end !== wire.End.END_OPEN) remarks.push(endedText(exchange.durationNanos));
	if (end !== undefined) remarks.push(end);
	for (const cause of missing) remarks.push(MISSING_WORDS[cause] ?? missingWord(cause).replaceAll('-', ' '));
	return remarks.length === 0 ? null : `(${remarks.join(', ')})`;
}

function endWords({ end, missing }: podwire.v1.Exchange.$Properties): string | undefined {
	const gaveUp = end === wire.End.END_DETACHED && missing?.some((cause) => GIVEN_UP.has(cause));
	return gaveUp ? 'not followed further' : END_WORDS[end ?? 0];
}

function endedText(durationNanos: number | null | undefined): string {
	return durationNanos === null || durationNanos === undefined ? 'ended' : `ended after ${latencyText(durationNanos)}`;
}
