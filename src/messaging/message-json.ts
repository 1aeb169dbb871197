/** Requests and responses as JSON: the `RequestJson` and `ResponseJson` of exchange-json-shape.ts. */
import protobuf from 'protobufjs/minimal.js';
import { grpcStatusName } from './grpc-status.ts';
import { nameText, quoted, textOrNull, valueText } from './json-text.ts';
import { isWebSocket, MESSAGE_KIND_NAMES } from './message-kinds.ts';
import { ReadHeader } from './read-header.ts';
import type { BodyDecoding } from './shown-body.ts';
import { utf8Text } from './utf8-text.ts';
import type { podwire } from './wire.ts';

export function requestText(
	request: podwire.v1.Request.$Properties | null | undefined,
	decodeBody: BodyDecoding,
): string {
	if (!request) return 'null';
	const { connectProtocol, grpcTimeoutNanos } = request;
	let text = `{"method":${valueText(request.method)},"scheme":${valueText(request.scheme)},"authority":${valueText(request.authority)},"path":${valueText(request.path)},${messageText(request, decodeBody)}`;
	if (connectProtocol !== null && connectProtocol !== undefined)
		text += `,"connectProtocol":${quoted(connectProtocol)}`;
	if (grpcTimeoutNanos !== null && grpcTimeoutNanos !== undefined)
		text += `,"grpc":{"timeoutNanos":${grpcTimeoutNanos}}`;
	return `${text}}`;
}

export function responseText(
	response: podwire.v1.Response.$Properties | null | undefined,
	decodeBody: BodyDecoding,
): string {
	if (!response) return 'null';
	const grpc = response.grpc ? `,"grpc":${grpcText(response.grpc)}` : '';
	return `{"status":${response.status ?? null},"reason":${valueText(response.reason)},${messageText(response, decodeBody)}${grpc}}`;
}

type Message = podwire.v1.Request.$Properties | podwire.v1.Response.$Properties;

/** What requests and responses have in common. */
function messageText(message: Message, decodeBody: BodyDecoding): string {
	const { headers, trailers, bodyBytes, wireBytes, body, messages } = message;
	let text = `"headers":${headersText(headers)},"trailers":${headersText(trailers)},"bodyBytes":${bodyBytes ?? null},"wireBytes":${wireBytes ?? null}`;
	if (body) text += `,"body":${bodyText(body, headers ?? [], decodeBody)}`;
	if (messages) text += `,"messages":${messagesText(messages)}`;
	return text;
}

export function grpcText({ code, message }: podwire.v1.GrpcStatus.$Properties): string {
	return `{"code":${code ?? 0},"name":${textOrNull(grpcStatusName(code ?? 0))},"message":${quoted(message ?? '')}}`;
}

export function headersText(headers: podwire.v1.Header.$Properties[] | null | undefined): string {
	if (!headers || headers.length === 0) return '[]';
	let text = '[';
	// No header has an empty name: it is one that cannot be known.
	for (const header of headers) text += text === '[' ? headerText(header) : `,${headerText(header)}`;
	return `${text}]`;
}

export function headerText(header: podwire.v1.Header.$Properties): string {
	if (!(header instanceof ReadHeader && header.kept))
		return `{"name":${textOrNull(header.name)},${contentText(header)}}`;
	header.json ??= `{"name":${textOrNull(header.name)},${contentText(header)}}`;
	return header.json;
}

function contentText({ value, redacted }: podwire.v1.Header.$Properties): string {
	if (redacted) return '"redacted":true';
	return value === null || value === undefined ? '"unknown":true' : `"value":${quoted(value)}`;
}

export function bodyText(
	body: podwire.v1.Body.$Properties,
	headers: readonly podwire.v1.Header.$Properties[],
	decodeBody: BodyDecoding,
): string {
	const { content, truncated, decoded, decodeError } = decodeBody(body, headers);
	const encoded = decodeError !== null && decoded === null;
	const text = encoded ? null : utf8Text(content, truncated);
	let members =
		text === null ? `"base64":"${protobuf.util.base64.encode(content, 0, content.length)}"` : `"text":${quoted(text)}`;
	if (truncated) members += ',"truncated":true';
	if (decoded !== null) members += `,"decoded":${quoted(decoded)}`;
	if (decodeError !== null) members += `,"decodeError":${quoted(decodeError)}`;
	return `{${members}}`;
}

export function messagesText(messages: podwire.v1.Messages.$Properties): string {
	const { counts, inexact, closeCode } = messages;
	const kinds = (counts ?? []).map(
		({ kind, count, bytes, compressed }) =>
			`{"kind":${nameText(MESSAGE_KIND_NAMES[kind ?? 0])},"count":${count ?? 0},"bytes":${bytes ?? 0},"compressed":${compressed ?? 0}}`,
	);
	const close = isWebSocket(messages) ? `,"closeCode":${closeCode ?? null}` : '';
	return `{"kinds":[${kinds.join(',')}],"exact":${!inexact}${close}}`;
}
