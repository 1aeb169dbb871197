// Conversations of whole connections: the pieces of engine_fuzzer.cc.
import { events } from './event-stream.mjs';
import { call } from './grpc.mjs';
import { requests, responses } from './http1.mjs';
import { clientFrames, frame, preface, serverFrames, settings } from './http2.mjs';
import { hex, latin1, seed, sized, u16 } from './input.mjs';
import { handshake, record } from './tls.mjs';
import { webSocket } from './websocket.mjs';

const client = 0;
const server = 1;
const whole = 0;
const lost = 1;
const piece = (what, how, bytes) => Buffer.concat([Buffer.of(what, how), u16(bytes.length), Buffer.from(bytes)]);
const conversations = {
	http1: [
		piece(client, whole, latin1(requests.get)),
		piece(server | 8, whole, latin1(responses.length)),
		piece(client | 8, whole, latin1(requests.chunked)),
		piece(server | 8, whole, latin1(responses.chunked)),
	],
	'http1-close': [
		piece(client, whole, latin1(requests.post)),
		piece(server | 0xf0, whole, latin1(responses.close)),
		piece(client | 0xf0, whole, Buffer.alloc(0)),
	],
	'http1-lost': [
		piece(client, whole, latin1(requests.get)),
		piece(server, lost, latin1(responses.length)),
		piece(client | 8, whole, latin1(requests.post)),
		piece(server | 8, whole, latin1(responses.length)),
	],
	websocket: [
		piece(
			client,
			whole,
			latin1(
				'GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n',
			),
		),
		piece(server, whole, latin1(responses.upgrade)),
		piece(client, whole, hex(webSocket.masked)),
		piece(server | 4, whole, hex(webSocket.ping)),
		piece(client, whole, hex(webSocket['masked-close'])),
	],
	http2: [piece(client, whole, Buffer.concat([preface, clientFrames])), piece(server, whole, serverFrames)],
	'http2-lost': [
		piece(client, whole, Buffer.concat([preface, clientFrames.subarray(0, 90)])),
		piece(server, lost, serverFrames.subarray(0, 50)),
		piece(server | 8, whole, serverFrames.subarray(50)),
		piece(client | 8, whole, clientFrames.subarray(90)),
	],
	events: [
		piece(client, whole, latin1(requests.get)),
		piece(server, whole, latin1(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${events.blocks}`)),
		piece(server | 4, whole, latin1(events.stocks)),
	],
	grpc: [
		piece(
			client,
			whole,
			Buffer.concat([
				preface,
				settings,
				frame(1, 4, 1, Buffer.concat([hex('8386 84'), hex('5f'), sized(latin1('application/grpc'), 1)])),
				frame(0, 1, 1, call),
			]),
		),
		piece(
			server,
			whole,
			Buffer.concat([
				settings,
				frame(1, 4, 1, Buffer.concat([hex('88 5f'), sized(latin1('application/grpc'), 1)])),
				frame(0, 0, 1, call),
				frame(1, 5, 1, Buffer.concat([hex('00'), sized(latin1('grpc-status'), 1), sized(latin1('5'), 1)])),
			]),
		),
	],
	tls: [piece(client, whole, record(handshake)), piece(server, whole, hex('1603 0300 02 0200'))],
	pipelined: [
		piece(client, whole, latin1(requests.get + requests.post + requests.options)),
		piece(server, 2, latin1(responses.length + responses.chunked)),
		piece(2 | client, 3, latin1(requests.get)),
	],
	upgrade: [
		piece(
			client,
			whole,
			latin1(
				'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n',
			),
		),
		piece(
			server,
			whole,
			Buffer.concat([
				latin1('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'),
				settings,
				frame(1, 5, 1, hex('88')),
			]),
		),
		piece(client, whole, Buffer.concat([preface, settings])),
	],
};
for (const [name, pieces] of Object.entries(conversations)) {
	seed('engine', name, [5], ...pieces);
	seed('engine', `${name}-late`, [4], ...pieces.slice(1));
	seed('engine', `${name}-little-memory`, [3], ...pieces);
}
