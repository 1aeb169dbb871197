/**
 * `unshare --net node capture-loopback.ts FILE`: captures with tcpdump what a client asks of a server on the loopback of
 * a network namespace of its own: GET /0 … GET /9, then POST /upload with 3,000 bytes, of which every second GET is 404.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';

const PORT = 8080;
const GETS = 10;
const UPLOAD_BYTES = 3000;

const [file = ''] = process.argv.slice(2);
execFileSync('ip', ['link', 'set', 'lo', 'up']);

const server = createServer((asked, answer) => {
	asked.resume().on('end', () => {
		answer.statusCode = asked.method === 'GET' && Number(asked.url?.slice(1)) % 2 === 1 ? 404 : 200;
		answer.end(`you asked for ${asked.url}`);
	});
});
server.listen(PORT, '127.0.0.1');
await once(server, 'listening');

const tcpdump = spawn('tcpdump', ['-i', 'lo', '--immediate-mode', '-U', '-Z', 'root', '-w', file, 'tcp'], {
	stdio: ['ignore', 'ignore', 'pipe'],
});
let said = '';
for await (const text of tcpdump.stderr.setEncoding('utf8')) {
	said += text;
	if (said.includes('listening on')) break;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
for (let number = 0; number < GETS; ++number) await exchange('GET', `/${number}`, '');
await exchange('POST', '/upload', 'x'.repeat(UPLOAD_BYTES));
agent.destroy();
server.close();
await once(server, 'close');

// tcpdump forgets what it has not read when it is told to end.
while (!readFileSync(file).includes('you asked for /upload')) await setTimeout(10);
tcpdump.kill('SIGINT');
await once(tcpdump, 'exit');

async function exchange(method: string, path: string, body: string): Promise<void> {
	const asking = request({
		host: '127.0.0.1',
		port: PORT,
		method,
		path,
		agent,
		headers: { Authorization: 'Bearer secret' },
	});
	asking.end(body);
	const [answer] = (await once(asking, 'response')) as [IncomingMessage];
	answer.resume();
	await once(answer, 'end');
}
