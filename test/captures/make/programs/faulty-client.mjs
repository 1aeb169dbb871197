// faulty-client.mjs HOST PORT: one connection each, to be cut short; and one that says nothing.
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';

const [host, port] = process.argv.slice(2);
const paths = [
	'/reset-before-answer',
	'/close-before-answer',
	'/close-amid-body',
	'/reset-amid-body',
	'/close-amid-chunks',
	'/fine',
];
for (const path of paths) {
	const asking = request({ host, port, path, agent: false });
	// As it is meant to be.
	asking.on('error', () => {}).end();
	try {
		const [answer] = await once(asking, 'response');
		await answer.toArray();
	} catch {
		// Nor is this.
	}
}
const silent = connect({ host, port });
await once(silent, 'connect');
silent.destroy();
// Half an upload, and gone.
const half = connect({ host, port });
half.write(`POST /client-goes HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Length: 9000\r\n\r\n${'y'.repeat(2000)}`);
await setTimeout(50);
half.destroy();
await setTimeout(50);
