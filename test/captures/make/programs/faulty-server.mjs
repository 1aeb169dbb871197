// faulty-server.mjs PORT: ends connections where they ought not to end, and logs how.
import { createServer } from 'node:http';
import { log, pairs } from './log.mjs';

const [port] = process.argv.slice(2);
const server = createServer((request, response) => {
	const { pathname } = new URL(request.url, 'http://any');
	const told = {
		protocol: 'HTTP/1.1',
		method: request.method,
		authority: request.headers.host,
		path: request.url,
		request: { headers: pairs(request.rawHeaders) },
	};
	if (pathname === '/reset-before-answer') {
		log({ ...told, status: null, end: 'reset' });
		request.socket.resetAndDestroy();
	} else if (pathname === '/close-before-answer') {
		log({ ...told, status: null, end: 'closed' });
		request.socket.destroy();
	} else if (pathname === '/close-amid-body' || pathname === '/reset-amid-body' || pathname === '/close-amid-chunks') {
		const length = pathname === '/close-amid-chunks' ? {} : { 'Content-Length': 10_000 };
		response.writeHead(200, { 'Content-Type': 'text/plain', ...length });
		const end = pathname === '/reset-amid-body' ? 'reset' : 'closed';
		log({ ...told, status: 200, end });
		response.write(Buffer.alloc(4000, 'x'), () =>
			setTimeout(() => (end === 'reset' ? request.socket.resetAndDestroy() : request.socket.destroy()), 20),
		);
	} else if (pathname === '/client-goes') {
		request.resume().on('error', () => log({ ...told, status: null, end: 'closed' }));
	} else {
		response.writeHead(200, { 'Content-Length': 2 });
		response.end('ok');
		log({ ...told, status: 200 });
	}
});
// Without an answer of Node.js's own.
server.on('clientError', (_error, socket) => socket.destroy());
server.listen(Number(port));
