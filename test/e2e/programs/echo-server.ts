/**
 * Answers each request with its own path, and keeps what it was sent when told to.
 * Usage: node echo-server.ts ADDRESS PORT [FILE_FOR_UPLOADS]
 * Paths: /size/N answers N bytes, /status/N that status, /slow/MS after so long, anything else `path` in the body.
 */
import { createWriteStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const [address, port, uploads] = process.argv.slice(2);
const block = Buffer.alloc(64 * 1024, 'podwire ');

function answer(request: IncomingMessage, response: ServerResponse): void {
	const [, kind, value] = (request.url ?? '/').split(/[/?]/);
	if (kind === 'size') sendBytes(response, Number(value));
	else if (kind === 'slow') setTimeout(() => response.end('late'), Number(value));
	else response.writeHead(kind === 'status' ? Number(value) : 200).end(request.url);
}

function sendBytes(response: ServerResponse, bytes: number): void {
	response.writeHead(200, { 'content-length': bytes });
	let left = bytes;
	const more = () => {
		while (left > 0) {
			const chunk = left >= block.length ? block : block.subarray(0, left);
			left -= chunk.length;
			if (!response.write(chunk)) return void response.once('drain', more);
		}
		response.end();
	};
	more();
}

const server = createServer((request, response) => {
	if (uploads !== undefined && request.method === 'PUT') {
		request.pipe(createWriteStream(uploads)).on('finish', () => answer(request, response));
	} else {
		request.resume().on('end', () => answer(request, response));
	}
});
server.keepAliveTimeout = 0;
server.listen(Number(port), address, () => process.stdout.write('ready\n'));
