// WebSocket over HTTP/2 (RFC 8441): ws frames the messages, Node.js carries them in DATA.
import { Receiver, Sender } from 'ws';
import { log } from './log.mjs';
import { Tally } from './websocket-tally.mjs';

/** Echoes messages until the client closes. */
export function serveWebSocket(stream, told, connectProtocol) {
	const [got, sent] = [new Tally(), new Tally()];
	stream.respond({ ':status': 200, 'sec-websocket-protocol': 'podwire.chat' });
	const sender = new Sender(stream);
	const receiver = new Receiver({ isServer: true });
	const options = (binary) => ({ binary, compress: false, fin: true, mask: false });
	receiver.on('message', (data, isBinary) => {
		const kind = isBinary ? 'binary' : 'text';
		got.add(kind, data.length);
		sent.add(kind, data.length);
		sender.send(data, options(isBinary));
	});
	receiver.on('ping', (data) => {
		got.add('ping', data.length);
		sent.add('pong', data.length);
		sender.pong(data, false);
	});
	receiver.on('conclude', (closeCode) => {
		sender.close(closeCode, '', false, () => stream.end());
		log({
			...told,
			status: 200,
			request: { ...told.request, connectProtocol, messages: { counts: got.counts, closeCode } },
			response: { messages: { counts: sent.counts, closeCode } },
		});
	});
	stream.pipe(receiver);
}

/** Sends some of each kind and closes. */
export async function talkWebSocket(stream) {
	const sender = new Sender(stream);
	const receiver = new Receiver({ isServer: false });
	stream.pipe(receiver);
	const options = (binary) => ({ binary, compress: false, fin: true, mask: true });
	for (const [message, binary] of [
		['over a stream', false],
		[Buffer.alloc(20_000, 4), true],
		['', false],
	]) {
		const echoed = new Promise((resolve) => receiver.once('message', resolve));
		sender.send(message, options(binary));
		await echoed;
	}
	sender.ping(Buffer.from('?'), true);
	await new Promise((resolve) => receiver.once('pong', resolve));
	sender.close(1000, 'done', true, () => stream.end());
	await new Promise((resolve) => stream.once('close', resolve));
}
