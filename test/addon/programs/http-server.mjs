// An HTTP server for the tests: node http-server.mjs ADDRESS PORT. Says "ready" once it listens.
// /size/N answers N bytes of text, /hold never ends its answer, everything else answers its own path.
import { createServer } from 'node:http';

const [address, port] = process.argv.slice(2);
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
	const size = /^\/size\/(\d+)/.exec(request.url);
	if (request.url.startsWith('/hold')) {
		response.writeHead(200, { 'content-type': 'text/plain' });
		response.write('held');
		return;
	}
	request.resume();
	request.on('end', () => {
		response.writeHead(request.url.startsWith('/missing') ? 404 : 200, { 'content-type': 'text/plain' });
		response.end(size ? 'x'.repeat(Number(size[1])) : request.url);
	});
});
server.listen(Number(port), address, () => console.log('ready'));
