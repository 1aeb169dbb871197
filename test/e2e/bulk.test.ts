/** Large transfers are one exchange with the right length, and arrive as they were sent. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { Lab, until } from './lab.ts';

const megabytes = 300;
const bytes = megabytes * 1024 * 1024;
const port = 8080;

interface ExchangeLine {
	readonly request: { readonly method: string; readonly bodyBytes: number };
	readonly response: { readonly status: number; readonly bodyBytes: number };
	readonly end: string;
	readonly missing: readonly string[];
}

test.serial('a download of 300 MB', async (t) => {
	const lab = Lab.for(t);
	const server = lab.addPod('backend');
	const client = lab.addPod('frontend');
	await lab.serve(server, 'echo-server.ts', [server.ip, `${port}`]);
	await lab.startUp();
	const tap = await lab.tap('deploy/backend', '-n', 'shop', '-o', 'json');

	const plain = join(lab.directory, 'plain');
	const url = `http://${server.ip}:${port}/size/${bytes}`;
	t.is((await lab.run(client, 'curl', ['-sS', '-o', plain, url]).ended).code, 0);
	t.is(statSync(plain).size, bytes);
	const expected = join(lab.directory, 'expected');
	execFileSync('sh', ['-c', `yes 'podwire ' | tr -d '\\n' | head -c ${bytes} > ${expected}`]);
	t.is(execFileSync('cmp', [plain, expected], { encoding: 'utf8' }), '');

	const exchange = await onlyEnded(tap);
	t.like(exchange, { request: { method: 'GET' }, response: { status: 200, bodyBytes: bytes }, end: 'complete' });
	t.deepEqual(exchange.missing, []);
});

test.serial('a chunked upload of 300 MB', async (t) => {
	const lab = Lab.for(t);
	const server = lab.addPod('backend');
	const client = lab.addPod('frontend');
	const received = join(lab.directory, 'received');
	await lab.serve(server, 'echo-server.ts', [server.ip, `${port}`, received]);
	await lab.startUp();
	const tap = await lab.tap('deploy/backend', '-n', 'shop', '-o', 'json');

	const sent = join(lab.directory, 'sent');
	execFileSync('sh', ['-c', `head -c ${bytes} /dev/urandom > ${sent}`]);
	// Chunks are read to find their ends: at a rate that a machine with other work to do keeps up with.
	const chunked = ['-sS', '-T', sent, '-H', 'Transfer-Encoding: chunked', '-H', 'Expect:', '--limit-rate', '50M'];
	const upload = lab.run(client, 'curl', [...chunked, `http://${server.ip}:${port}/upload`]);
	t.is((await upload.ended).code, 0, upload.stderr);
	t.is(execFileSync('cmp', [sent, received], { encoding: 'utf8' }), '');

	const exchange = await onlyEnded(tap);
	t.like(
		exchange,
		{ request: { method: 'PUT', bodyBytes: bytes }, response: { status: 200 }, end: 'complete' },
		tap.truth,
	);
	t.deepEqual(exchange.missing, []);
});

/** The one exchange that ended, after the tap has ended too; an `open` record may come before it. */
async function onlyEnded(tap: Awaited<ReturnType<Lab['tap']>>): Promise<ExchangeLine> {
	const ended = () => tap.lines.map((line) => JSON.parse(line) as ExchangeLine).filter(({ end }) => end !== 'open');
	await until(
		() => ended().length > 0,
		() => `no exchange was shown; ${tap.stderr}`,
	);
	await tap.interrupt();
	const [exchange, ...others] = ended();
	if (exchange === undefined || others.length > 0) throw new Error(`expected one exchange, got ${1 + others.length}`);
	return exchange;
}
