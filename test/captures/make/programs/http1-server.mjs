// http1-server.mjs PORT: an HTTP/1.1 server with an answer of each kind, which logs every request that it answered.
import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { log, pairs } from './log.mjs';

const [port] = process.argv.slice(2);

const answers = {
	async '/echo'(_request, response, body) {
		response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': body.length });
		return [body];
	},
	async '/trailers'(_request, response) {
		response.writeHead(200, { 'Content-Type': 'text/plain', Trailer: 'X-Checksum, X-Count' });
		response.addTrailers([
			['X-Checksum', 'abc123'],
			['X-Count', '3'],
		]);
		return [Buffer.from('one '), Buffer.from('two '), Buffer.from('three')];
	},
	async '/hints'(_request, response) {
		response.writeEarlyHints({ link: ['</style.css>; rel=preload; as=style', '</script.js>; rel=preload'] });
		await setTimeout(10);
		response.writeEarlyHints({ link: '</late.css>; rel=preload' });
		response.writeHead(200, { 'Content-Type': 'text/html' });
		return [Buffer.from('<p>hinted')];
	},
	async '/processing'(_request, response) {
		response.writeProcessing();
		response.writeHead(200, 'Fine By Me', [
			['Set-Cookie', 'a=1'],
			['Set-Cookie', 'b=2; Path=/'],
			['X-Repeated', 'x'],
			['x-repeated', 'y'],
		]);
		return [Buffer.from('processed')];
	},
	async '/none'(_request, response) {
		response.writeHead(204);
		return [];
	},
	async '/slow'(_request, response) {
		response.writeHead(200, { 'Content-Type': 'text/plain' });
		response.flushHeaders();
		await setTimeout(50);
		return [Buffer.alloc(3000, 's'), Buffer.alloc(2000, 't')];
	},
	// A long poll: nothing for longer than a second.
	async '/poll'(_request, response) {
		await setTimeout(1300);
		response.writeHead(200, { 'Content-Type': 'application/json' });
		return [Buffer.from('{"news":[]}')];
	},
	async '/early'(_request, response) {
		response.writeHead(413, { 'Content-Type': 'text/plain', 'Content-Length': 8 });
		return [Buffer.from('too much')];
	},
};

const server = createServer({ keepAliveTimeout: 30_000 }, async (request, response) => {
	const { pathname } = new URL(request.url, 'http://any');
	const answer = answers[pathname] ?? notFound;
	const body = [];
	const whole = new Promise((resolve) => request.on('data', (part) => body.push(part)).on('end', resolve));
	// The answer to this one does not wait for the request's end.
	if (pathname !== '/early') await whole;
	let bodyBytes = 0;
	for (const part of await answer(request, response, Buffer.concat(body))) {
		if (request.method !== 'HEAD') bodyBytes += part.length;
		response.write(part);
	}
	response.end();
	await whole;
	log({
		protocol: `HTTP/${request.httpVersion}`,
		method: request.method,
		authority: request.headers.host ?? null,
		path: request.url,
		status: response.statusCode,
		request: {
			headers: pairs(request.rawHeaders),
			trailers: pairs(request.rawTrailers),
			bodyBytes: Buffer.concat(body).length,
		},
		response: { bodyBytes, reason: response.statusMessage },
	});
});
server.listen(Number(port));

async function notFound(_request, response) {
	response.writeHead(404, { 'Content-Type': 'text/plain', 'Content-Length': 9 });
	return [Buffer.from('not here\n')];
}
