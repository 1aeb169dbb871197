/** The kinds of messages that a stream may carry, by their words. */
import { type podwire, wire } from './wire.ts';

const { MessageKind } = wire;

export type MessageKindName = 'grpc' | 'text' | 'binary' | 'ping' | 'pong' | 'event';

export const MESSAGE_KIND_NAMES: Readonly<Record<number, MessageKindName>> = {
	[MessageKind.MESSAGE_KIND_GRPC]: 'grpc',
	[MessageKind.MESSAGE_KIND_TEXT]: 'text',
	[MessageKind.MESSAGE_KIND_BINARY]: 'binary',
	[MessageKind.MESSAGE_KIND_PING]: 'ping',
	[MessageKind.MESSAGE_KIND_PONG]: 'pong',
	[MessageKind.MESSAGE_KIND_EVENT]: 'event',
};

const WEBSOCKET_KINDS: ReadonlySet<number> = new Set([
	MessageKind.MESSAGE_KIND_TEXT,
	MessageKind.MESSAGE_KIND_BINARY,
	MessageKind.MESSAGE_KIND_PING,
	MessageKind.MESSAGE_KIND_PONG,
]);

/** Of a WebSocket: RFC 6455. */
export function isWebSocket({ counts }: podwire.v1.Messages.$Properties): boolean {
	return (counts ?? []).some(({ kind }) => WEBSOCKET_KINDS.has(kind ?? 0));
}
