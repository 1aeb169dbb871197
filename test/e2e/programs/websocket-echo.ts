/** Echoes WebSocket messages; /events/N streams N server-sent events, ten a second. Usage: node websocket-echo.ts IP PORT */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const [ip = '', port = ''] = process.argv.slice(2);
const pauseMs = 100;

const server = createServer((request, response) => {
	const count = Number(/^\/events\/(\d+)$/.exec(request.url ?? '')?.[1] ?? 0);
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	let number = 0;
	const timer = setInterval(() => {
		if (number < count) response.write(`data: ${number++}\n\n`);
		else response.end();
	}, pauseMs);
	response.on('close', () => clearInterval(timer));
});
new WebSocketServer({ server, perMessageDeflate: true }).on('connection', (socket) => {
	socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }));
});
server.listen(Number(port), ip, () => process.stdout.write('ready\n'));
