/**
 * Sends COUNT text messages and one ping, each when the last was answered, waits PAUSE_MS, and closes with CODE. Prints
 * what it sent and received as one JSON line. Usage: node websocket-talker.ts URL COUNT PAUSE_MS CODE
 */
import { WebSocket } from 'ws';

const [url = '', count = '', pauseMs = '', code = ''] = process.argv.slice(2);
const socket = new WebSocket(url);
const text = (number: number) => `message ${number} ${'x'.repeat(number)}`;
let sent = 0;
let received = 0;
let pongs = 0;

function next(): void {
	if (sent < Number(count)) socket.send(text(sent++), { compress: false });
	else socket.ping('still there?');
}

socket.on('open', next);
socket.on('message', () => {
	received += 1;
	next();
});
socket.on('pong', () => {
	pongs += 1;
	setTimeout(() => socket.close(Number(code)), Number(pauseMs));
});
socket.on('close', () => process.stdout.write(`${JSON.stringify({ sent, received, pongs })}\n`));
