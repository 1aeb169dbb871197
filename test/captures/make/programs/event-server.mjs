// event-server.mjs PORT: server-sent events, some until their end and some until the client goes. Logs each exchange.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { log, pairs } from './log.mjs';

const [port] = process.argv.slice(2);
const server = createServer(async (request, response) => {
	const gone = once(response, 'close');
	const { pathname, searchParams } = new URL(request.url, 'http://any');
	response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
	let [bodyBytes, count, bytes] = [0, 0, 0];
	const send = (text) => {
		response.write(text);
		bodyBytes += text.length;
	};
	send(': welcome\n\n');
	for (let number = 1; number <= Number(searchParams.get('n')) && !response.destroyed; ++number) {
		const data = `tick ${number}`;
		send(`id: ${number}\nevent: tick\ndata: ${data}\n\n`);
		[count, bytes] = [count + 1, bytes + data.length];
		await setTimeout(Number(searchParams.get('ms')));
	}
	const closed = pathname === '/until-closed';
	if (closed) await gone;
	response.end();
	log({
		protocol: 'HTTP/1.1',
		method: request.method,
		authority: request.headers.host,
		path: request.url,
		status: 200,
		...(closed && { end: 'closed' }),
		request: { headers: pairs(request.rawHeaders), bodyBytes: 0 },
		response: { ...(!closed && { bodyBytes }), messages: { counts: { event: { count, bytes } } } },
	});
});
server.listen(Number(port));
