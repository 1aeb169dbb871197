/** The demonstration's visitor: a few requests a second, for ever. Usage: node visitor.ts FRONTEND_URL */
import { Agent, request } from 'node:http';

const [frontend] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
const visits = [
	['GET', '/'],
	['GET', '/product/17'],
	['GET', '/cart/7'],
	['POST', '/checkout'],
	['GET', '/product/42'],
	['GET', '/favicon.ico'],
] as const;
const pauseMs = 350;

let visit = 0;
setInterval(() => {
	const [method, path] = visits[visit++ % visits.length] ?? ['GET', '/'];
	const headers = { host: 'shop.example', cookie: 'session=secret', ...(method === 'POST' && { 'content-length': 0 }) };
	request(new URL(path, frontend), { method, agent, headers }, (response) => response.resume())
		.on('error', () => undefined)
		.end();
}, pauseMs);
