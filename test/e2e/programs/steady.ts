/** Twenty numbered requests a second over one keep-alive connection, until it is ended. Usage: node steady.ts BASE_URL */
import { Agent, request } from 'node:http';

const [base = ''] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const pauseMs = 50;

let number = 0;
setInterval(() => {
	request(new URL(`/steady?n=${number++}`, base), { agent }, (response) => response.resume())
		.on('error', () => undefined)
		.end();
}, pauseMs);
