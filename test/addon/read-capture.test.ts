import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import anyTest, { type TestFn } from 'ava';
import { type FileCaptureOptions, type FileCaptureResult, loadAddon } from '../../src/addon/addon.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import { curl, makeNetwork, startServer, url } from './network.ts';
import { eventually } from './tap-recorder.ts';

const runFile = promisify(execFile);
const test = anyTest as TestFn<{ directory: string; pcap: string }>;
const EXCHANGES = 40;

interface Read extends FileCaptureResult {
	readonly batches: podwire.v1.TapBatch[];
	readonly exchanges: podwire.v1.Exchange[];
}

async function read(
	file: string | number,
	spec: podwire.v1.TapSpec.$Properties = {},
	more: Partial<FileCaptureOptions> = {},
): Promise<Read> {
	const fd = typeof file === 'string' ? openSync(file, 'r') : file;
	const batches: podwire.v1.TapBatch[] = [];
	try {
		const result = await loadAddon().readCapture(fd, {
			spec: wire.TapSpec.encode(spec).finish(),
			onBatch: (bytes) => {
				batches.push(wire.TapBatch.decode(bytes));
			},
			...more,
		});
		return { ...result, batches, exchanges: batches.flatMap((batch) => batch.exchanges as podwire.v1.Exchange[]) };
	} finally {
		if (typeof file === 'string') closeSync(fd);
	}
}

/** A pipe that nothing but the reader under test reads: of a child's stdout, Node.js itself takes what comes first. */
function openPipe(directory: string): { readonly readFd: number; readonly writeFd: number } {
	const path = join(mkdtempSync(join(directory, 'pipe-')), 'fifo');
	execFileSync('mkfifo', [path]);
	// To open one end waits for the other, which this stands for.
	const bothEnds = openSync(path, 'r+');
	const ends = { readFd: openSync(path, 'r'), writeFd: openSync(path, 'w') };
	closeSync(bothEnds);
	return ends;
}

// Traffic between two namespaces, recorded by tcpdump.
test.before(async (t) => {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-read-'));
	const pcap = join(directory, 'traffic.pcap');
	t.context = { directory, pcap };
	const steps: (() => void | Promise<void>)[] = [];
	const scope = { ...t, teardown: (step: () => void | Promise<void>) => steps.unshift(step) };
	try {
		const network = makeNetwork(scope as never);
		await startServer(scope as never, network);
		const tcpdump = spawn(
			'ip',
			['netns', 'exec', network.client, 'tcpdump', '-i', 'eth0', '-s', '0', '-U', '-w', pcap, 'tcp'],
			{
				stdio: ['ignore', 'ignore', 'pipe'],
			},
		);
		await once(tcpdump.stderr, 'data');
		const paths = Array.from({ length: EXCHANGES - 1 }, (_, number) => `/n/${number}`);
		await curl(network, ...paths.map((path) => url(network, path)));
		await curl(network, url(network, '/size/300000'));
		// The connection's last segments.
		await eventually('tcpdump to write the end of the last connection', () => countFins(pcap) >= 4);
		tcpdump.kill('SIGINT');
		await once(tcpdump, 'exit');
	} finally {
		for (const step of steps) await step();
	}
});

test.after.always((t) => rmSync(t.context.directory, { recursive: true, force: true }));

function countFins(pcap: string): number {
	const text = execFileSync('tcpdump', ['-nr', pcap, 'tcp[tcpflags] & tcp-fin != 0'], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	return text.split('\n').filter(Boolean).length;
}

function shown(exchanges: readonly podwire.v1.Exchange[]): string[] {
	return exchanges.map(({ id, request, response, startSeconds, startNanos, durationNanos, end }) =>
		[
			Buffer.from(id).toString('hex'),
			request?.method,
			request?.path,
			response?.status,
			response?.bodyBytes,
			startSeconds,
			startNanos,
			durationNanos,
			end,
		].join(' '),
	);
}

test('every exchange, with times as tshark has them', async (t) => {
	const { packets, problem, exchanges, batches } = await read(t.context.pcap);
	t.is(problem, null);
	const listed = execFileSync('tcpdump', ['-nr', t.context.pcap], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	t.is(packets, listed.split('\n').filter(Boolean).length);
	t.is(exchanges.length, EXCHANGES);
	const fields = ['frame.time_epoch', 'http.request.uri'].flatMap((field) => ['-e', field]);
	const { stdout } = await runFile('tshark', [
		'-r',
		t.context.pcap,
		'-d',
		'tcp.port==8080,http',
		'-Y',
		'http.request',
		'-T',
		'fields',
		...fields,
	]);
	const expected = stdout
		.trim()
		.split('\n')
		.map((line) => line.split('\t'));
	t.deepEqual(
		exchanges.map(({ startSeconds, startNanos, request }) => [
			`${startSeconds}.${String(startNanos).padStart(9, '0')}`,
			request?.path,
		]),
		expected,
	);
	t.true(exchanges.every(({ end, missing }) => end === wire.End.END_COMPLETE && missing.length === 0));
	t.is(exchanges.at(-1)?.response?.bodyBytes, 300_000);
	t.is(exchanges.at(-1)?.response?.body ?? null, null);
	t.true(batches.at(-1)?.last);
	t.is(batches.at(-1)?.counters?.seen, EXCHANGES);
	t.deepEqual(batches.at(-1)?.counters?.losses, []);
});

test('the same on every run, and from every format that editcap writes', async (t) => {
	const { exchanges } = await read(t.context.pcap);
	t.deepEqual(shown((await read(t.context.pcap)).exchanges), shown(exchanges));
	for (const format of ['pcapng', 'nsecpcap', 'modpcap', 'pcap']) {
		const file = join(t.context.directory, `converted.${format}`);
		await runFile('editcap', ['-F', format, t.context.pcap, file]);
		const converted = await read(file);
		t.is(converted.problem, null, format);
		t.deepEqual(shown(converted.exchanges), shown(exchanges), format);
		const compressed = `${file}.gz`;
		writeFileSync(compressed, gzipSync(readFileSync(file)));
		t.deepEqual(shown((await read(compressed)).exchanges), shown(exchanges), `${format}.gz`);
	}
});

test('sections of an hour later go on where the first ended', async (t) => {
	const [first, later] = ['first', 'later'].map((name) => join(t.context.directory, `${name}.pcapng`)) as [
		string,
		string,
	];
	await runFile('editcap', ['-F', 'pcapng', t.context.pcap, first]);
	await runFile('editcap', ['-F', 'pcapng', '-t', '3600', t.context.pcap, later]);
	const both = join(t.context.directory, 'both.pcapng');
	writeFileSync(both, Buffer.concat([readFileSync(first), readFileSync(later)]));
	const { exchanges, problem } = await read(both);
	t.is(problem, null);
	const once = (await read(t.context.pcap)).exchanges.map(
		(one) => [Number(one.startSeconds), one.request?.path] as const,
	);
	t.deepEqual(
		exchanges.map((one) => [Number(one.startSeconds), one.request?.path]),
		[...once, ...once.map(([seconds, path]) => [seconds + 3600, path])],
	);
});

test('bodies and filters as the specification asks', async (t) => {
	const all = await read(t.context.pcap, { bodyBytes: 1000 });
	t.is(Buffer.from(all.exchanges[0]?.response?.body?.content ?? []).toString(), '/n/0');
	const big = all.exchanges.at(-1)?.response;
	t.is(Buffer.from(big?.body?.content ?? []).toString(), 'x'.repeat(1000));
	t.true(big?.body?.truncated);
	const some = await read(t.context.pcap, { paths: ['/n/1'] });
	t.deepEqual(some.exchanges.map(({ request }) => request?.path).slice(0, 3), ['/n/1', '/n/10', '/n/11']);
	t.is(some.batches.at(-1)?.counters?.filtered, EXCHANGES - 11);
	await t.throwsAsync(read(t.context.pcap, {}, { spec: new Uint8Array([0xff, 0xff]) }), { code: 'INVALID_SPEC' });
});

test('a snapped capture says what it lacks', async (t) => {
	const file = join(t.context.directory, 'snapped.pcapng');
	await runFile('editcap', ['-s', '200', t.context.pcap, file]);
	const { exchanges, problem, batches } = await read(file);
	t.is(problem, null);
	t.is(exchanges.length, EXCHANGES);
	const losses = batches.at(-1)?.counters?.losses ?? [];
	t.true(Number(losses.find(({ cause }) => cause === wire.LossCause.LOSS_CAUSE_TRUNCATED)?.count) > 0);
	t.true(exchanges.at(-1)?.missing?.includes(wire.Missing.MISSING_TRUNCATED));
});

test('a truncated file: what could be read, then why not more', async (t) => {
	const file = join(t.context.directory, 'truncated.pcap');
	writeFileSync(file, readFileSync(t.context.pcap));
	const length = Math.floor(statSync(file).size / 2);
	truncateSync(file, length);
	const { exchanges, problem, batches } = await read(file);
	t.true(exchanges.length > 10);
	t.regex(
		problem ?? '',
		new RegExp(
			`^The file ends at byte ${length}, within (the header of )?packet \\d+: expected \\d+ bytes, \\d+ came\\.$`,
		),
	);
	t.true(batches.at(-1)?.last);
	const foreign = await read(new URL(import.meta.url).pathname);
	t.regex(foreign.problem ?? '', /^Expected a pcap or pcapng file/);
	t.is(foreign.packets, 0);
	t.true(foreign.batches.at(-1)?.last);
	t.regex((await read('/dev/null')).problem ?? '', /^The file is empty/);
	t.regex((await read(t.context.directory)).problem ?? '', /^The file cannot be read: Is a directory/);
});

test('a pipe shows what came while it waits for more', async (t) => {
	const pipe = openPipe(t.context.directory);
	const cat = spawn('cat', { stdio: ['pipe', pipe.writeFd, 'inherit'] });
	const input = cat.stdin as Writable;
	closeSync(pipe.writeFd);
	const seen: string[] = [];
	const whole = readFileSync(t.context.pcap);
	const half = Math.floor(whole.length / 2);
	input.write(whole.subarray(0, half));
	const reading = read(
		pipe.readFd,
		{},
		{
			onBatch: (bytes) => {
				seen.push(...wire.TapBatch.decode(bytes).exchanges.map(({ request }) => request?.path ?? ''));
			},
		},
	);
	await eventually('the first exchanges', () => seen.includes('/n/0'));
	input.end(whole.subarray(half));
	t.is((await reading).problem, null);
	t.is(seen.length, EXCHANGES);
	closeSync(pipe.readFd);
});

test('an abort ends it, whatever it waits for', async (t) => {
	const { readFd, writeFd } = openPipe(t.context.directory);
	const controller = new AbortController();
	const reading = read(readFd, {}, { signal: controller.signal });
	setImmediate(() => controller.abort());
	await t.throwsAsync(reading, { name: 'AbortError' });
	closeSync(readFd);
	closeSync(writeFd);
	const reason = new Error('enough');
	await t.throwsAsync(read(t.context.pcap, {}, { signal: AbortSignal.abort(reason) }), { is: reason });
	const midway = new AbortController();
	await t.throwsAsync(read(t.context.pcap, {}, { signal: midway.signal, onBatch: () => midway.abort(reason) }), {
		is: reason,
	});
});

test('what onBatch throws or rejects with ends it', async (t) => {
	const reason = new Error('cannot be shown');
	const thrown = read(
		t.context.pcap,
		{},
		{
			onBatch: () => {
				throw reason;
			},
		},
	);
	await t.throwsAsync(thrown, { is: reason });
	await t.throwsAsync(read(t.context.pcap, {}, { onBatch: () => Promise.reject(reason) }), { is: reason });
});

test('the next batch waits for the promise that onBatch returned', async (t) => {
	let handling = 0;
	let exchanges = 0;
	await read(
		t.context.pcap,
		{ bodyBytes: 1 << 16 },
		{
			onBatch: async (bytes) => {
				handling += 1;
				t.is(handling, 1);
				await new Promise((resolve) => setImmediate(resolve));
				exchanges += wire.TapBatch.decode(bytes).exchanges.length;
				handling -= 1;
			},
		},
	);
	t.is(exchanges, EXCHANGES);
});

test('between two batches everything else of the process has its turn', async (t) => {
	for (const handled of [() => undefined, () => Promise.resolve()]) {
		let batches = 0;
		let turns = 0;
		await read(
			t.context.pcap,
			{ bodyBytes: 1 << 16 },
			{
				onBatch: () => {
					t.is(turns, batches);
					batches += 1;
					setImmediate(() => {
						turns += 1;
					});
					return handled();
				},
			},
		);
		t.true(batches > 1);
	}
});
