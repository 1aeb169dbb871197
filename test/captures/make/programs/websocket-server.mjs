// websocket-server.mjs PORT: echoes messages, and logs of each connection what it got and sent.
import { WebSocketServer } from 'ws';
import { log, pairs } from './log.mjs';
import { Tally } from './websocket-tally.mjs';

const [port] = process.argv.slice(2);
const server = new WebSocketServer({
	port: Number(port),
	perMessageDeflate: { threshold: 100 },
	handleProtocols: (offered) => offered.values().next().value,
});

server.on('connection', (socket, request) => {
	const { searchParams } = new URL(request.url, 'http://any');
	const got = new Tally();
	const sent = new Tally();
	const deflates = socket.extensions.includes('permessage-deflate');
	socket.on('message', (data, isBinary) => {
		const kind = isBinary ? 'binary' : 'text';
		got.add(kind, data.length, deflates);
		sent.add(kind, data.length, deflates);
		// In two fragments when asked: one message all the same.
		if (!searchParams.has('fragments')) return socket.send(data, { binary: isBinary });
		socket.send(data.subarray(0, 10), { binary: isBinary, fin: false });
		socket.send(data.subarray(10), { binary: isBinary, fin: true });
	});
	// ws answers a ping by itself.
	socket.on('ping', (data) => {
		got.add('ping', data.length);
		sent.add('pong', data.length);
	});
	socket.on('pong', (data) => got.add('pong', data.length));
	if (searchParams.has('ping')) {
		socket.ping('from the server');
		sent.add('ping', 'from the server'.length);
	}
	let closedByServer = null;
	if (searchParams.has('close')) {
		socket.once('message', () => {
			closedByServer = Number(searchParams.get('close'));
			socket.close(closedByServer, 'enough');
		});
	}
	socket.on('close', (code) => {
		// ws sends back the code that it got: RFC 6455, section 5.5.1. 1005 stands for none.
		const closeCode = code === 1005 ? null : code;
		log({
			protocol: 'HTTP/1.1',
			method: 'GET',
			authority: request.headers.host,
			path: request.url,
			status: 101,
			request: { headers: pairs(request.rawHeaders), messages: { counts: got.counts, closeCode } },
			response: { messages: { counts: sent.counts, closeCode: closedByServer ?? closeCode } },
		});
	});
});
