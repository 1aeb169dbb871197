// refused-connect-client.mjs HOST PORT TARGET: asks a proxy for a tunnel that it refuses, and logs all that it says.
import { once } from 'node:events';
import { request } from 'node:http';
import { log, pairs } from './log.mjs';

const [host, port, target] = process.argv.slice(2);
const asking = request({ host, port, method: 'CONNECT', path: target, agent: false });
asking.end();
const [answer, socket, head] = await once(asking, 'connect');
let bodyBytes = head.length;
for await (const part of socket) bodyBytes += part.length;
log({
	protocol: 'HTTP/1.1',
	method: 'CONNECT',
	authority: target,
	path: null,
	status: answer.statusCode,
	response: { headers: pairs(answer.rawHeaders), bodyBytes },
});
