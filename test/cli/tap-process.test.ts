import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import { batchFrame, type ServedStream, StreamServer, type StreamServerOptions } from '../client/stream-server.ts';
import { CART, CHECKOUT, EVENTS, GRPC_GET, NAMES, POD } from './exchanges.ts';
import { PodwireProcess } from './podwire-process.ts';

type Frame = podwire.v1.StreamFrame.$Properties;

const { EndReason, LossCause, NoticeKind, End } = wire;
const pods = [POD, { namespace: 'shop', name: 'frontend-7d4-7wz' }, { namespace: 'shop', name: 'frontend-7d4-p4c' }];
const started: Frame = { started: { tap: 't-0000abcd', description: 'deploy/frontend in shop', pods: [POD] } };
const startedThree: Frame = { started: { ...started.started, pods } };
/** What the other two pods have to say. */
const othersLast = pods.slice(1).map((pod) => batchFrame({ pod, epoch: 9, number: 1, counters: {}, last: true }));
const ended: Frame = { ended: { reason: EndReason.END_REASON_STOPPED } };

function batch(number: number, exchanges: podwire.v1.Exchange.$Properties[], published: number, last = false): Frame {
	const counters = { seen: published, published };
	return batchFrame({ tap: 't-0000abcd', pod: POD, epoch: 1, number, exchanges, counters, last, names: NAMES });
}

/** Exchanges whose path is their number. */
function numbered(first: number, count: number): podwire.v1.Exchange.$Properties[] {
	return Array.from({ length: count }, (_, index) => ({
		...CART,
		id: Uint8Array.of(0, 0, 0, 0, 1, 0, (first + index) >> 8, (first + index) & 0xff),
		request: { method: 'GET', path: `/${first + index}` },
	}));
}

async function serve(t: ExecutionContext, options: StreamServerOptions): Promise<StreamServer> {
	const server = new StreamServer(options);
	await server.listen();
	t.teardown(() => server.dispose());
	return server;
}

function tap(
	t: ExecutionContext,
	server: StreamServer,
	args: readonly string[] = [],
	readStdout = true,
): PodwireProcess {
	const podwire = new PodwireProcess(
		['tap', 'deploy/frontend', '-n', 'shop', '--utc', '--socket', server.socketPath, ...args],
		{
			readStdout,
		},
	);
	t.teardown(() => podwire.dispose());
	return podwire;
}

for (const [args, omitted] of [
	[[], 'true'],
	[['-o', 'wide'], 'true'],
	[['-o', 'linkerd'], 'true'],
	[['--headers'], null],
	[['--body'], null],
	[['-o', 'json'], null],
	[['-o', 'har'], null],
	[['-o', 'curl'], null],
] as const) {
	test(`headers are asked for where they are shown: tap ${args.join(' ')}`, async (t) => {
		const asked: (string | null)[] = [];
		const server = await serve(t, {
			onStream: (stream) => {
				asked.push(stream.url.searchParams.get('omitHeaders'));
				stream.end(startedThree, ended);
			},
		});
		await tap(t, server, args).exit();
		t.deepEqual(asked, [omitted]);
	});
}

test('exchanges on stdout and all else on stderr; Ctrl-C ends it gracefully', async (t) => {
	let served: ServedStream | undefined;
	const asked: string[] = [];
	const server = await serve(t, {
		onStream: (stream) => {
			served = stream;
			stream.send(startedThree, batch(1, [CART, CHECKOUT], 2), {
				notice: {
					kind: NoticeKind.NOTICE_KIND_POD_JOINED,
					text: 'frontend-7d4-9kq joined (now 4 pods)',
					pod: { namespace: 'shop', name: 'frontend-7d4-9kq' },
				},
			});
		},
		onEnd: (id) => {
			asked.push(id);
			const joined = { namespace: 'shop', name: 'frontend-7d4-9kq' };
			const joinedLast = batchFrame({ pod: joined, epoch: 9, number: 1, counters: {}, last: true });
			served?.end(batch(2, [GRPC_GET], 3, true), ...othersLast, joinedLast, ended);
		},
	});
	const podwire = tap(t, server);
	await podwire.until(({ stdout, stderr }) => stdout.split('\n').length === 3 && stderr.includes('joined'), 'shown');
	podwire.child.kill('SIGINT');
	const { status, stdout, stderr } = await podwire.exit();
	t.is(status, 0);
	t.deepEqual(asked, ['t-0000abcd']);
	t.is(
		stdout,
		'21:04:05.123  frontend-7d4-x2x → backend:80 (backend-5f-abc)  GET  /api/cart?id=7  200  12.4ms  1.2kB\n' +
			'21:04:05.130  ingress-6c-9pq → frontend-7d4-x2x               POST /checkout       503   1.20s    88B\n' +
			'21:04:05.310  frontend-7d4-x2x → grpc.shop:9000               POST /shop.Cart/Get  200   3.1ms    64B  grpc=NOT_FOUND\n',
	);
	const said = stderr.split('\n');
	t.is(said[0], `Using the local Podwire (${server.socketPath}).`);
	t.is(said[1], 'Tapping 3 pods of deploy/frontend in shop. Ctrl-C ends it.');
	t.is(said[2], '  frontend-7d4-9kq joined (now 4 pods)');
	t.regex(said[3] ?? '', /^[0-9.]+ s, 4 pods: 3 exchanges seen, 3 shown, none lost\.$/);
	t.is(said.length, 5);
});

test('a second Ctrl-C ends at once, although the control plane does not answer', async (t) => {
	let ends = 0;
	const server = await serve(t, {
		onStream: (stream) => stream.send(started),
		onEnd: () => {
			ends += 1;
		},
	});
	const podwire = tap(t, server);
	await podwire.until(({ stderr }) => stderr.includes('Tapping'), 'tapping');
	podwire.child.kill('SIGINT');
	while (ends === 0) await new Promise((resolve) => setTimeout(resolve, 5));
	podwire.child.kill('SIGINT');
	const { status, stderr } = await podwire.exit();
	t.is(status, 0);
	t.notRegex(stderr, /seen/);
});

test('one Ctrl-C ends within its time, although the control plane does not answer, and says what is not known', async (t) => {
	const server = await serve(t, { onStream: (stream) => stream.send(started, batch(1, [CART], 1)) });
	const podwire = tap(t, server);
	await podwire.until(({ stdout }) => stdout.includes('/api/cart'), 'shown');
	podwire.child.kill('SIGTERM');
	const { status, stderr } = await podwire.exit();
	t.is(status, 0);
	t.regex(
		stderr,
		/1 pod: 1 exchange seen, 1 shown, an unknown number lost \(the last counts of 1 pod did not arrive\)\.\n$/,
	);
});

test('--max-requests shows exactly as many, and counts the others', async (t) => {
	let served: ServedStream | undefined;
	const server = await serve(t, {
		onStream: (stream) => {
			served = stream;
			stream.send(started, batch(1, numbered(1, 25), 25));
		},
		onEnd: () => served?.end(batch(2, numbered(26, 5), 30, true), ended),
	});
	const { status, stdout, stderr } = await tap(t, server, ['--max-requests', '10']).exit();
	t.is(status, 0);
	t.deepEqual(
		stdout.match(/GET {2}\/\d+/g),
		Array.from({ length: 10 }, (_, index) => `GET  /${index + 1}`),
	);
	t.regex(stderr, /30 exchanges seen, 10 shown, 20 after --max-requests, none lost\.\n$/);
});

test('--duration ends it', async (t) => {
	let served: ServedStream | undefined;
	const server = await serve(t, {
		onStream: (stream) => {
			served = stream;
			stream.send(started);
		},
		onEnd: () => served?.end(batch(1, [], 0, true), ended),
	});
	const { status, stderr } = await tap(t, server, ['--duration', '200ms']).exit();
	t.is(status, 0);
	t.regex(stderr, /0 exchanges seen, 0 shown, none lost\.\n$/);
});

test('a closed stdout is an end as asked', async (t) => {
	let served: ServedStream | undefined;
	let timer: NodeJS.Timeout | undefined;
	let number = 0;
	let asked = 0;
	const server = await serve(t, {
		onStream: (stream) => {
			served = stream;
			stream.send(started);
			timer = setInterval(() => {
				number += 1;
				stream.send(batch(number, numbered(number, 1), number));
			}, 5);
		},
		onEnd: () => {
			asked += 1;
			clearInterval(timer);
			served?.end(batch(number + 1, [], number, true), ended);
		},
	});
	const podwire = tap(t, server, [], false);
	const head = spawn('head', ['-1'], { stdio: ['pipe', 'pipe', 'inherit'] });
	let shown = '';
	head.stdout.on('data', (text) => {
		shown += text;
	});
	podwire.child.stdout?.pipe(head.stdin);
	head.stdin.on('error', () => undefined);
	await once(head, 'close');
	podwire.child.stdout?.destroy();
	const { status } = await podwire.exit();
	t.is(status, 0);
	t.is(asked, 1);
	t.regex(shown, /GET {2}\/1 .*\n$/);
});

test('a stdout that nobody reads holds up the stream, and Ctrl-C still ends it', async (t) => {
	let served: ServedStream | undefined;
	const path = `/${'x'.repeat(10_000)}`;
	const large = numbered(1, 100).map((exchange) => ({ ...exchange, request: { method: 'GET', path } }));
	const server = await serve(t, {
		onStream: (stream) => {
			served = stream;
			stream.send(started, ...Array.from({ length: 40 }, (_, index) => batch(index + 1, large, (index + 1) * 100)));
		},
		onEnd: () => served?.end(batch(41, [], 4000, true), ended),
	});
	const podwire = tap(t, server, [], false);
	await podwire.until(({ stderr }) => stderr.includes('Tapping'), 'tapping');
	// 40 MB were sent. Once the sender's queue no longer shrinks, the pipe, the client and the socket are full.
	let waiting = -1;
	while (waiting !== served?.waitingBytes) {
		waiting = served?.waitingBytes ?? 0;
		await new Promise((resolve) => setTimeout(resolve, 300));
	}
	t.true(waiting > 20_000_000, `${waiting} bytes wait at the sender`);
	podwire.child.kill('SIGINT');
	const { status, stderr } = await podwire.exit();
	t.is(status, 0);
	t.regex(
		stderr,
		/4,000 exchanges seen, [\d,]+ shown, at least [\d,]+ lost \(client [\d,]+\), more are possible \(stdout took no more\)\.\n$/,
	);
});

test('an open exchange and its end are two lines and one exchange', async (t) => {
	const end = {
		...EVENTS,
		end: End.END_COMPLETE,
		durationNanos: 4_000_000_000,
		response: { status: 200, bodyBytes: 0 },
	};
	const server = await serve(t, {
		onStream: (stream) => stream.end(started, batch(1, [EVENTS], 1), batch(2, [end], 1, true), ended),
	});
	const { status, stdout, stderr } = await tap(t, server).exit();
	t.is(status, 0);
	const lines = stdout.trimEnd().split('\n');
	t.regex(lines[0] ?? '', /\/events +200 {2}open…$/);
	t.regex(lines[1] ?? '', /\/events +200 +4\.0ms +0B {2}\(ended after 4\.00s\)$/);
	t.regex(stderr, /1 exchange seen, 1 shown, none lost\.\n$/);
});

test('a control plane that is killed and comes back is told, and the tap goes on', async (t) => {
	const server = await serve(t, {
		onStream: (stream, index) => {
			if (index === 0) {
				stream.send(started, batch(1, numbered(1, 1), 1));
			} else {
				// Batch 2 with two exchanges was published while nobody listened.
				stream.end(started, batch(3, numbered(4, 1), 4, true), ended);
			}
		},
	});
	const podwire = tap(t, server);
	await podwire.until(({ stdout }) => stdout.includes('/1 '), 'shown');
	await server.stop();
	await podwire.until(({ stderr }) => stderr.includes('lost'), 'lost');
	await server.listen();
	const { status, stdout, stderr } = await podwire.exit();
	t.is(status, 0);
	t.deepEqual(stdout.match(/GET {2}\/\d+/g), ['GET  /1', 'GET  /4']);
	t.regex(stderr, /\n {2}control plane lost: .*; trying again until Ctrl-C\n {2}control plane back after [\d.]+ s\n/);
	t.regex(stderr, /4 exchanges seen, 2 shown, 2 lost \(control plane gone 2\)\.\n$/);
	t.is(stderr.match(/Tapping/g)?.length, 1);
});

test('losses that the control plane tells are in the last line', async (t) => {
	const losses = [{ cause: LossCause.LOSS_CAUSE_KERNEL_RING_FULL, count: 31 }];
	const counters = { seen: 26, published: 2, filtered: 24, losses };
	const last = batchFrame({ pod: POD, epoch: 1, number: 1, exchanges: numbered(1, 2), counters, last: true });
	const server = await serve(t, { onStream: (stream) => stream.end(started, last, ended) });
	const { stderr } = await tap(t, server).exit();
	t.regex(stderr, /26 exchanges seen, 2 shown, 24 filtered out, about 31 lost \(kernel ring full 31\)\.\n$/);
});

test('a tap that failed is exit 1 with its reason', async (t) => {
	const failed = { ended: { reason: EndReason.END_REASON_FAILED, text: 'no pod of deploy/frontend is left' } };
	const server = await serve(t, { onStream: (stream) => stream.end(started, failed) });
	const { status, stderr } = await tap(t, server).exit();
	t.is(status, 1);
	t.regex(stderr, /\n {2}no pod of deploy\/frontend is left\n/);
});

test('a refusal is a sentence, and the exit status tells usage from the rest', async (t) => {
	const refusing = (status: number, message: string) =>
		serve(t, {
			onStream: () => undefined,
			refuse: () => ({ status, body: JSON.stringify({ kind: 'Status', message }) }),
		});
	const usage = await tap(t, await refusing(400, '--to: expected a peer')).exit();
	t.deepEqual([usage.status, usage.stderr, usage.stdout], [2, 'podwire: --to: expected a peer\n', '']);
	const missing = await tap(t, await refusing(404, 'no deployment frontend in shop')).exit();
	t.deepEqual([missing.status, missing.stderr], [1, 'podwire: no deployment frontend in shop\n']);
	const several = await tap(t, await refusing(400, '--to: expected this\n--from: expected \u001b[2Jthat')).exit();
	t.is(several.stderr, 'podwire: --to: expected this; --from: expected \\x1b[2Jthat\n');
});

test('names and sentences from elsewhere cannot steer the terminal', async (t) => {
	const evil = { started: { tap: 't-0000abcd', description: 'x\u001b[2J', pods: [] } };
	const server = await serve(t, {
		onStream: (stream) => stream.end(evil, { notice: { text: '\u001b]0;owned\u0007' } }, ended),
	});
	const { stderr } = await tap(t, server).exit();
	t.false(stderr.includes('\u001b'));
	t.true(stderr.includes('x\\x1b[2J'));
});

test('-o json is one object a line; -o wide is wide', async (t) => {
	const server = await serve(t, {
		onStream: (stream) => stream.end(started, batch(1, [CART, CHECKOUT], 2, true), ended),
	});
	const json = await tap(t, server, ['-o', 'json']).exit();
	t.deepEqual(
		json.stdout
			.trimEnd()
			.split('\n')
			.map((line) => JSON.parse(line).request.path),
		['/api/cart?id=7', '/checkout'],
	);
	const wide = await tap(t, server, ['-o', 'wide']).exit();
	t.regex(wide.stdout, /^21:04:05\.123 {2}node1 {2}shop\/frontend-7d4-x2x {2}outbound {3}/);
});

test('colours by FORCE_COLOR and --no-color', async (t) => {
	const server = await serve(t, { onStream: (stream) => stream.end(started, batch(1, [CART], 1, true), ended) });
	const run = async (env: NodeJS.ProcessEnv, ...args: string[]) => {
		const podwire = new PodwireProcess(['tap', 'x', '--socket', server.socketPath, ...args], { env });
		t.teardown(() => podwire.dispose());
		return (await podwire.exit()).stdout.includes('\u001b[32m200\u001b[39m');
	};
	t.false(await run({}));
	t.true(await run({ FORCE_COLOR: '1' }));
	t.false(await run({ FORCE_COLOR: '1' }, '--no-color'));
	t.false(await run({ FORCE_COLOR: '1', NO_COLOR: '1' }));
});

test('PODWIRE_SOCKET names the socket', async (t) => {
	const server = await serve(t, { onStream: (stream) => stream.end(started, batch(1, [CART], 1, true), ended) });
	const podwire = new PodwireProcess(['tap', 'netns/web'], { env: { PODWIRE_SOCKET: server.socketPath } });
	t.teardown(() => podwire.dispose());
	const { status, stderr } = await podwire.exit();
	t.is(status, 0);
	t.regex(stderr, /^Using the local Podwire \(.*\)\.\nTapping deploy\/frontend in shop\. Ctrl-C ends it\.\n/);
});
