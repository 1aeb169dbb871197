/** Large transfers are one exchange with the right length, and arrive as they were sent. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
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
	const { lab, server, client, tap } = await tappedBackend(t);

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
	const { lab, server, client, received, tap } = await tappedBackend(t);

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

/** Bodies that are left out in the kernel, between those that are not, on one connection: curl's own account of each is what is shown. */
test.serial('bodies of 100 KB and small ones, in turn', async (t) => {
	const { lab, server, client, tap } = await tappedBackend(t);

	const upload = join(lab.directory, 'upload');
	execFileSync('sh', ['-c', `head -c ${100_000} /dev/urandom > ${upload}`]);
	const at = (path: string) => ['-o', '/dev/null', '-w', writeOut, `http://${server.ip}:${port}${path}`];
	const round = [
		at('/size/102400'),
		['-I', ...at('/size/500000')],
		at('/size/9000'),
		['-X', 'POST', '--data-binary', `@${upload}`, ...at('/upload')],
		at('/size/300000'),
		at('/status/204'),
	];
	const calls = Array.from({ length: 8 }, () => round).flat();
	const curl = lab.run(
		client,
		'curl',
		calls.flatMap((call, index) => [...(index > 0 ? ['--next'] : []), '-sS', '-H', 'Expect:', ...call]),
	);
	t.is((await curl.ended).code, 0, curl.stderr);
	await until(
		() => tap.lines.length >= calls.length,
		() => `${tap.lines.length} of ${calls.length} exchanges were shown; ${tap.stderr}`,
	);
	await tap.interrupt();

	t.is(curl.lines.length, calls.length);
	t.deepEqual(tap.lines.map(accountOf), curl.lines);
	for (const line of tap.lines) t.like(JSON.parse(line), { end: 'complete', missing: [] });
	t.regex(tap.truth, /, none lost\.$/);
});

/** A client, and a server that is tapped and keeps what is PUT to it in `received`. */
async function tappedBackend(t: ExecutionContext) {
	const lab = Lab.for(t);
	const server = lab.addPod('backend');
	const client = lab.addPod('frontend');
	const received = join(lab.directory, 'received');
	await lab.serve(server, 'echo-server.ts', [server.ip, `${port}`, received]);
	await lab.startUp();
	return { lab, server, client, received, tap: await lab.tap('deploy/backend', '-n', 'shop', '-o', 'json') };
}

/** Of curl: the method, the status, and the bytes of both bodies. */
const writeOut = '%{method} %{http_code} %{size_upload} %{size_download}\\n';

function accountOf(line: string): string {
	const { request, response } = JSON.parse(line) as ExchangeLine;
	return `${request.method} ${response.status} ${request.bodyBytes} ${response.bodyBytes}`;
}

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
