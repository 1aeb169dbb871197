// websocket-client.mjs HOST PORT: opens connections one after the other and has each echo what it sends.
import { once } from 'node:events';
import WebSocket from 'ws';

const [host, port] = process.argv.slice(2);
const plain = { perMessageDeflate: false };

await converse('/chat?plain', plain, async (socket) => {
	await echo(socket, 'hello');
	await echo(socket, '');
	await echo(socket, Buffer.alloc(126, 1));
	await echo(socket, Buffer.alloc(70_000, 2));
	socket.ping('here?');
	await once(socket, 'pong');
	socket.close(1000, 'bye');
});
await converse('/chat?deflate', { perMessageDeflate: { threshold: 100 } }, async (socket) => {
	await echo(socket, 'compressed '.repeat(200));
	await echo(socket, Buffer.alloc(5000, 3));
	socket.close(4001);
});
await converse('/chat?fragments&ping', plain, async (socket) => {
	await echo(socket, 'in two fragments, each way');
	socket.close();
});
await converse('/chat?close=1011', plain, async (socket) => {
	socket.send('close now');
});

async function converse(path, options, talk) {
	const socket = new WebSocket(`ws://${host}:${port}${path}`, 'podwire.chat', options);
	await once(socket, 'open');
	const closed = once(socket, 'close');
	await talk(socket);
	await closed;
}

async function echo(socket, data) {
	socket.send(data);
	await once(socket, 'message');
}
