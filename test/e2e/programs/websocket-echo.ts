/** Echoes WebSocket messages; /events streams ten server-sent events a second. Usage: node websocket-echo.ts IP PORT */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const [ip = '', port = ''] = process.argv.slice(2);
const pauseMs = 100;

const server = createServer((_request, response) => {
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	let number = 0;
	const timer = setInterval(() => response.write(`data: ${number++}\n\n`), pauseMs);
	response.on('close', () => clearInterval(timer));
});
new WebSocketServer({ server, perMessageDeflate: true }).on('connection', (socket) => {
	socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }));
});
server.listen(Number(port), ip, () => process.stdout.write('ready\n'));
