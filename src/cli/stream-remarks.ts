/** What a line says of a stream: the messages that passed, how a WebSocket was closed, how HTTP/2 reset it. */
import { http2ErrorName } from '../messaging/http2-error-codes.ts';
import { isWebSocket } from '../messaging/message-kinds.ts';
import { type podwire, wire } from '../messaging/wire.ts';

type Exchange = podwire.v1.Exchange.$Properties;
type Messages = podwire.v1.Messages.$Properties;
type Kind = podwire.v1.MessageKind;

const { MessageKind } = wire;
const GRPC: readonly Kind[] = [MessageKind.MESSAGE_KIND_GRPC];
const DATA: readonly Kind[] = [MessageKind.MESSAGE_KIND_TEXT, MessageKind.MESSAGE_KIND_BINARY];
const EVENTS: readonly Kind[] = [MessageKind.MESSAGE_KIND_EVENT];
/** RFC 6455, section 7.4.1: the purpose of the connection has been fulfilled. */
const NORMAL_CLOSURE = 1000;

/**
 * `sent=3`, `received=120`, `events=12`, `close=1001`: what the source sent and what it received. A `+` after a number:
 * so many at least. Nothing of what is ordinary: a gRPC call of one message each way, a normal closure.
 */
export function messageRemarks({ request, response }: Exchange): string[] {
	const up = request?.messages ?? null;
	const down = response?.messages ?? null;
	if (up === null && down === null) return [];
	const webSocket = (up !== null && isWebSocket(up)) || (down !== null && isWebSocket(down));
	if (webSocket) return [...exchanged(up, down, DATA), ...closeRemark(up, down)];
	const events = down === null ? null : countOf(down, EVENTS);
	if (down !== null && events !== null) return [`events=${events}${atLeast(down)}`];
	return isUnary(up) && isUnary(down) ? [] : exchanged(up, down, GRPC);
}

/** `reset=CANCEL`, `reset=0xfe`; null when no RST_STREAM ended it. */
export function resetRemark({ reset }: Exchange): string | null {
	if (!reset) return null;
	const code = reset.errorCode ?? 0;
	return `reset=${http2ErrorName(code) ?? `0x${code.toString(16)}`}`;
}

function exchanged(up: Messages | null, down: Messages | null, kinds: readonly Kind[]): string[] {
	const remarks: string[] = [];
	if (up !== null) remarks.push(`sent=${countOf(up, kinds) ?? 0}${atLeast(up)}`);
	if (down !== null) remarks.push(`received=${countOf(down, kinds) ?? 0}${atLeast(down)}`);
	return remarks;
}

/** The end that began the closing says why; the other one repeats it (RFC 6455, section 5.5.1). */
function closeRemark(up: Messages | null, down: Messages | null): string[] {
	const codes = [up?.closeCode, down?.closeCode].filter((code) => code !== null && code !== undefined);
	return [...new Set(codes)].filter((code) => code !== NORMAL_CLOSURE).map((code) => `close=${code}`);
}

/** Null: none of these kinds can occur. */
function countOf({ counts }: Messages, kinds: readonly Kind[]): number | null {
	const counted = (counts ?? []).filter(({ kind }) => kinds.includes(kind ?? 0));
	return counted.length === 0 ? null : counted.reduce((sum, { count }) => sum + (count ?? 0), 0);
}

function atLeast({ inexact }: Messages): string {
	return inexact ? '+' : '';
}

function isUnary(messages: Messages | null): boolean {
	return messages === null || (!messages.inexact && (countOf(messages, GRPC) ?? 0) <= 1);
}
