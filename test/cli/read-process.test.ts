import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { type Outcome, PodwireProcess } from './podwire-process.ts';

const CAPTURE = fileURLToPath(new URL('./capture-loopback.ts', import.meta.url));
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

const directory = mkdtempSync(join(tmpdir(), 'podwire-test-'));
const capture = join(directory, 'shop.pcap');

test.before(() => {
	execFileSync('unshare', ['--net', process.execPath, CAPTURE, capture], { stdio: ['ignore', 'inherit', 'inherit'] });
});

test.after.always(() => rmSync(directory, { recursive: true, force: true }));

function read(...args: string[]): Promise<Outcome> {
	return new PodwireProcess(['read', ...args]).exit();
}

/** biome-ignore lint/suspicious/noExplicitAny: what a program that reads the output gets */
function objects(stdout: string): any[] {
	return stdout
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line));
}

test('every exchange of the file, with the truth at the end', async (t) => {
	const { status, stdout, stderr } = await read(capture, '--utc');
	t.is(status, 0, stderr);
	const lines = stdout.trimEnd().split('\n');
	t.is(lines.length, 11);
	for (let number = 0; number < 10; ++number) {
		t.regex(
			lines[number] ?? '',
			new RegExp(`127\\.0\\.0\\.1 → 127\\.0\\.0\\.1:8080 .* GET {2}/${number} .* ${number % 2 ? 404 : 200} `),
		);
	}
	t.regex(lines[10] ?? '', /POST \/upload +200/);
	t.regex(stderr, new RegExp(`^${capture}, \\d+ packets: 11 exchanges seen, 11 shown, none lost\\.\n$`));
});

test('in JSON the pod is null, and ids are the same on every run', async (t) => {
	const first = objects((await read(capture, '-o', 'json')).stdout);
	const second = objects((await read(capture, '-o', 'json')).stdout);
	t.deepEqual(first, second);
	t.is(new Set(first.map(({ id }) => id)).size, 11);
	for (const { pod, tap, protocol, end, missing } of first) {
		t.deepEqual([pod, tap, protocol, end, missing], [null, null, 'HTTP/1.1', 'complete', []]);
	}
	t.is(first[10].request.bodyBytes, 3000);
	t.is(first[3].response.bodyBytes, 'you asked for /3'.length);
});

test('credentials are redacted unless the reader of the file asks for them', async (t) => {
	const authorization = async (...args: string[]) =>
		objects((await read(capture, '-o', 'json', '--max-requests', '1', ...args)).stdout)[0].request.headers.find(
			({ name }: { name: string }) => name === 'Authorization',
		);
	t.deepEqual(await authorization(), { name: 'Authorization', redacted: true });
	t.deepEqual(await authorization('--unredacted'), { name: 'Authorization', value: 'Bearer secret' });
});

test('filters, and what they leave out is counted', async (t) => {
	const { stdout, stderr } = await read(capture, '--status', '404', '--to', ':8080');
	t.is(stdout.trimEnd().split('\n').length, 5);
	t.regex(stderr, /11 exchanges seen, 5 shown, 6 filtered out, none lost/);
	const none = await read(capture, '--to', '198.18.0.1');
	t.is(none.stdout, '');
	t.is(none.status, 0);
});

test('bodies and headers under their lines', async (t) => {
	const { stdout } = await read(capture, '--body', '--headers', '--path', '/3');
	t.true(stdout.includes('\n  > Authorization: (redacted)\n'), stdout);
	t.true(stdout.includes('\n  < you asked for /3\n'), stdout);
});

test('--max-requests shows exactly as many', async (t) => {
	const { status, stdout, stderr } = await read(capture, '--max-requests', '4');
	t.is(status, 0);
	t.regex(stderr, new RegExp(`^${capture}(, \\d+ packets)?: \\d+ exchanges seen, 4 shown`));
	t.is(stdout.trimEnd().split('\n').length, 4);
});

test('gzip, stdin and several files', async (t) => {
	const compressed = join(directory, 'shop.pcap.gz');
	writeFileSync(compressed, gzipSync(readFileSync(capture)));
	const both = await read(capture, compressed);
	t.is(both.status, 0, both.stderr);
	t.is(both.stdout.trimEnd().split('\n').length, 22);
	t.regex(both.stderr, /^2 files, \d+ packets: 22 exchanges seen, 22 shown, none lost/);
	const shown = execFileSync(process.execPath, [MAIN, 'read', '-'], {
		input: readFileSync(capture),
		encoding: 'utf8',
		stdio: ['pipe', 'pipe', 'ignore'],
	});
	t.is(shown.trimEnd().split('\n').length, 11);
});

test('what comes slowly through a pipe is shown at once', async (t) => {
	const podwire = new PodwireProcess(['read', '-'], { pipeStdin: true });
	t.teardown(() => podwire.dispose());
	podwire.child.stdin?.write(readFileSync(capture));
	await podwire.until(({ stdout }) => stdout.includes('POST /upload'), 'shown before the end of stdin');
	podwire.child.stdin?.end();
	const { status, stderr } = await podwire.exit();
	t.is(status, 0);
	t.regex(stderr, /^stdin, \d+ packets: 11 exchanges seen/);
});

test('Ctrl-C ends the reading of a pipe that says nothing', async (t) => {
	const podwire = new PodwireProcess(['read', '-'], { pipeStdin: true });
	t.teardown(() => podwire.dispose());
	podwire.child.stdin?.write(readFileSync(capture));
	await podwire.until(({ stdout }) => stdout.includes('POST /upload'), 'shown');
	podwire.child.kill('SIGINT');
	const { status, stderr } = await podwire.exit();
	t.is(status, 0);
	t.regex(stderr, /11 shown/);
});

test('a closed stdout is an end as asked', async (t) => {
	const podwire = new PodwireProcess(['read', '-'], { pipeStdin: true, readStdout: false });
	t.teardown(() => podwire.dispose());
	podwire.child.stdout?.destroy();
	podwire.child.stdin?.on('error', () => undefined);
	podwire.child.stdin?.write(readFileSync(capture));
	const { status } = await podwire.exit();
	t.is(status, 0);
});

test('a file cut short: what could be read is shown, then why it ended, exit 1', async (t) => {
	const cut = join(directory, 'cut.pcap');
	writeFileSync(cut, readFileSync(capture).subarray(0, -20));
	const { status, stdout, stderr } = await read(cut);
	t.is(status, 1);
	t.regex(stdout, /GET {2}\/0 /);
	t.regex(stderr, new RegExp(`^podwire: ${cut}: .+\n`));
});

test('what is no capture file, or cannot be opened, is a sentence and exit 1', async (t) => {
	const foreign = join(directory, 'foreign');
	writeFileSync(foreign, 'GET / HTTP/1.1\r\nHost: this is no capture file\r\n\r\n');
	const missing = join(directory, 'missing');
	for (const [file, words] of [
		[foreign, /^podwire: .*foreign: .+\n/],
		[missing, /^podwire: .*missing: there is no such file\n/],
		[directory, /^podwire: .*: it is a directory; a capture file is expected\n/],
	] as const) {
		const { status, stdout, stderr } = await read(file);
		t.is(status, 1, file);
		t.is(stdout, '');
		t.regex(stderr, words);
	}
	const { status, stdout } = await read(missing, capture);
	t.is(status, 1);
	t.is(stdout.trimEnd().split('\n').length, 11, 'the other file is read all the same');
});

test('a file that may not be read', (t) => {
	const secret = join(directory, 'secret.pcap');
	writeFileSync(secret, '');
	chmodSync(secret, 0);
	// Root without the capabilities that let it read everything.
	const without = ['--bounding-set', '-dac_override,-dac_read_search', process.execPath, MAIN, 'read', secret];
	const { status, stderr } = spawnSync('setpriv', without, { encoding: 'utf8' });
	t.is(status, 1);
	t.regex(stderr, /^podwire: .*secret\.pcap: you may not read it\n/);
});
