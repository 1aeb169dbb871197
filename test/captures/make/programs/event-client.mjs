// event-client.mjs HOST PORT: takes events to their end, then some from a stream that it leaves.
import { once } from 'node:events';
import { request } from 'node:http';

const [host, port] = process.argv.slice(2);
for await (const _ of await open('/events?n=5&ms=10')) {
}
// Longer than a second, so that it is shown while it lives.
for await (const _ of await open('/events?n=3&ms=500')) {
}
let seen = '';
const endless = await open('/until-closed?n=4&ms=10');
for await (const part of endless.setEncoding('utf8')) {
	seen += part;
	if (seen.includes('tick 4')) break;
}
endless.destroy();

async function open(path) {
	const asking = request({ host, port, path, agent: false, headers: { Accept: 'text/event-stream' } });
	asking.end();
	const [answer] = await once(asking, 'response');
	return answer;
}
