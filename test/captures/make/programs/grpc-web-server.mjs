// grpc-web-server.mjs PORT: answers gRPC-Web calls as a proxy for browsers does, and logs them.
import { createServer } from 'node:http';
import { frame, messagesOf, trailerFrame } from './grpc-web.mjs';
import { log, pairs } from './log.mjs';

const [port] = process.argv.slice(2);
const calls = {
	'/shop.Cart/Get': { messages: [100], status: { code: 0, message: '' } },
	'/shop.Cart/Watch': { messages: [10, 0, 3000], status: { code: 0, message: '' } },
	'/shop.Cart/Drop': { messages: [], status: { code: 5, message: 'no cart, café' } },
};

const server = createServer(async (request, response) => {
	const text = request.headers['content-type'].startsWith('application/grpc-web-text');
	const parts = [];
	for await (const part of request) parts.push(part);
	const raw = Buffer.concat(parts);
	const asked = text ? Buffer.from(raw.toString(), 'base64') : raw;
	const { messages, status } = calls[request.url];
	response.writeHead(200, { 'Content-Type': request.headers['content-type'] });
	let bodyBytes = 0;
	const send = (part) => {
		const octets = text ? Buffer.from(part.toString('base64')) : part;
		bodyBytes += octets.length;
		response.write(octets);
	};
	for (const size of messages) send(frame(Buffer.alloc(size, 'm')));
	send(trailerFrame({ 'grpc-status': status.code, ...(status.message && { 'grpc-message': encodeURI(status.message) }) }));
	response.end();
	const sum = messages.reduce((total, size) => total + size, 0);
	const counted = (count, bytes) => ({ counts: count === 0 ? {} : { grpc: { count, bytes } } });
	const got = messagesOf(asked);
	log({
		protocol: 'HTTP/1.1',
		method: request.method,
		authority: request.headers.host,
		path: request.url,
		status: 200,
		request: { headers: pairs(request.rawHeaders), bodyBytes: raw.length, messages: counted(got.count, got.bytes) },
		response: { bodyBytes, grpc: status, messages: counted(messages.length, sum) },
	});
});
server.listen(Number(port));
