// http1-client.mjs HOST PORT: asks http1-server.mjs for everything, over one connection, and logs what came.
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { log, pairs } from './log.mjs';

const [host, port] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

await ask('GET', '/trailers');
await ask('GET', '/hints');
await ask('GET', '/processing');
await ask('HEAD', '/slow?head');
await ask('GET', '/slow');
await ask('POST', '/echo', [Buffer.alloc(500, 'a')], { 'Content-Length': 500 });
await ask('POST', '/echo?chunked', [Buffer.alloc(70, 'a'), Buffer.alloc(3000, 'b'), Buffer.alloc(1, 'c')]);
await ask('PUT', '/echo?trailers', [Buffer.from('with trailers')], { Trailer: 'X-Digest' }, { 'X-Digest': 'd41d8' });
await ask('PATCH', '/echo?empty', [], { 'Content-Length': 0 });
await ask('GET', '/none');
await ask('DELETE', '/nothing/here?a=b&c=%2F#');
await ask('OPTIONS', '*');
await ask('GET', '/poll');
await ask('POST', '/early', [Buffer.alloc(20_000, 'e')], {}, {}, true);
await ask('GET', '/none?last', [], { Connection: 'close' });
agent.destroy();

async function ask(method, path, parts = [], headers = {}, trailers = {}, waitForAnswer = false) {
	const informational = [];
	const asking = request({ host, port, method, path, agent, headers });
	asking.on('information', ({ statusCode }) => informational.push(statusCode)).on('continue', () => informational.push(100));
	const answered = once(asking, 'response');
	for (const part of parts) {
		asking.write(part);
		await new Promise(setImmediate);
	}
	if (waitForAnswer) await answered;
	asking.addTrailers(trailers);
	asking.end();
	const [answer] = await answered;
	let bodyBytes = 0;
	for await (const part of answer) bodyBytes += part.length;
	log({
		protocol: `HTTP/${answer.httpVersion}`,
		method,
		path,
		status: answer.statusCode,
		informational,
		response: {
			headers: pairs(answer.rawHeaders),
			trailers: pairs(answer.rawTrailers),
			bodyBytes,
			reason: answer.statusMessage,
		},
	});
}
