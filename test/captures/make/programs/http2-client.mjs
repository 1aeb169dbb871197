// http2-client.mjs URL: asks http2-server.mjs for everything over one connection, then more over a second; logs what came.
import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import { setTimeout } from 'node:timers/promises';
import { log, pairs } from './log.mjs';
import { talkWebSocket } from './http2-websocket.mjs';

const [url] = process.argv.slice(2);
const session = connect(url);
session.on('stream', (pushed) => pushed.resume());
session.on('goaway', () => {});
await once(session, 'remoteSettings');

await ask('GET', '/parts?n=1');
await Promise.all([1, 2, 3, 4, 5, 6].map((n) => ask('GET', `/parts?n=${n}&together`, { 'x-number': `${n}` })));
await ask('HEAD', '/parts?n=3');
await ask('GET', '/trailers');
await ask('POST', '/parts?n=1&posted', { 'content-type': 'application/octet-stream' }, Buffer.alloc(40_000, 'u'));
await ask('PUT', '/parts?n=0', {}, Buffer.from('with trailers'), { 'x-digest': 'abc' });
await ask('GET', '/wide');
await ask('GET', '/none', { 'x-wide': 'q'.repeat(30_000), cookie: 'a=1; b=2', authorization: 'Bearer secret' });
await ask('GET', '/hints');
await ask('GET', '/push');
await cut('/refuse');
await cut('/amid');
await cut('/endless', constants.NGHTTP2_CANCEL);
for (const size of [100, 0, 8192]) {
	await ask('GET', `/table?size=${size}`);
	await ask('GET', '/parts?n=1&table', { 'x-size': `${size}` });
	await ask('GET', '/parts?n=1&table', { 'x-size': `${size}` });
}
await websocket();
// Longer than a second, so that it is seen open.
await setTimeout(1100);
await ask('GET', '/last');
session.close();

async function ask(method, path, headers = {}, body = null, trailers = null) {
	const informational = [];
	const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: body === null, waitForTrailers: trailers !== null });
	stream.on('headers', (fields) => informational.push(fields[':status']));
	if (trailers !== null) stream.on('wantTrailers', () => stream.sendTrailers(trailers));
	if (body !== null) stream.end(body);
	let came = [];
	let responseTrailers = [];
	stream.on('response', (_fields, _flags, raw) => {
		came = pairs(raw);
	});
	stream.on('trailers', (_fields, _flags, raw) => {
		responseTrailers = pairs(raw);
	});
	let bodyBytes = 0;
	for await (const part of stream) bodyBytes += part.length;
	log({
		protocol: 'HTTP/2',
		method,
		path,
		status: Number(Object.fromEntries(came)[':status']),
		informational,
		response: { headers: came.filter(([name]) => !name.startsWith(':')), trailers: responseTrailers, bodyBytes },
	});
}

/** One that does not end well; the server logs it. */
async function cut(path, code = null) {
	const stream = session.request({ ':path': path });
	stream.on('error', () => {});
	stream.resume();
	if (code !== null) {
		await once(stream, 'data');
		stream.close(code);
	}
	await new Promise((resolve) => stream.once('close', resolve));
}

async function websocket() {
	const stream = session.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/chat', 'sec-websocket-version': '13' });
	await once(stream, 'response');
	await talkWebSocket(stream);
}
