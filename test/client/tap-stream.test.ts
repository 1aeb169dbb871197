import test from 'ava';
import { ControlPlaneRefusedError, ControlPlaneUnreachableError, StreamFormatError } from '../../src/client/errors.ts';
import type { TapEvent } from '../../src/client/tap-events.ts';
import { TapStream } from '../../src/client/tap-stream.ts';
import { UnixSocketTransport } from '../../src/client/unix-socket-transport.ts';
import { systemClock } from '../../src/messaging/clock.ts';
import { wire } from '../../src/messaging/wire.ts';
import { batchFrame, type ServedStream, StreamServer, type StreamServerOptions } from './stream-server.ts';

const { EndReason } = wire;
const started = { started: { tap: 't-0000abcd', description: 'deploy/frontend in shop', pods: [{ name: 'a' }] } };
const ended = { ended: { reason: EndReason.END_REASON_STOPPED } };
const request = {
	path: '/apis/tap.podwire.dev/v1alpha1/watch/namespaces/shop/deployments/frontend/tap',
	parameters: new URLSearchParams({ status: '5xx' }),
};

interface Session {
	readonly server: StreamServer;
	readonly stream: TapStream;
}

async function serve(
	t: { teardown: (end: () => Promise<void>) => void },
	options: StreamServerOptions,
	silenceTimeoutMs = 5000,
): Promise<Session> {
	const server = new StreamServer(options);
	await server.listen();
	t.teardown(() => server.dispose());
	const transport = new UnixSocketTransport(server.socketPath);
	return { server, stream: new TapStream({ transport, request, clock: systemClock, silenceTimeoutMs }) };
}

async function collect(stream: TapStream, onEvent: (event: TapEvent) => void = () => undefined): Promise<string[]> {
	const kinds: string[] = [];
	for await (const event of stream.events()) {
		kinds.push(event.kind === 'batch' ? `batch ${event.batch.number}` : event.kind);
		onEvent(event);
	}
	return kinds;
}

test('the request is the path, the filters and the accepted type', async (t) => {
	let asked: ServedStream | undefined;
	const { stream } = await serve(t, {
		onStream: (served) => {
			asked = served;
			served.end(started, ended);
		},
	});
	t.deepEqual(await collect(stream), ['started', 'ended']);
	t.is(asked?.request.headers.accept, 'application/vnd.podwire.v1+protobuf; headers=shared');
	t.is(asked?.url.pathname, request.path);
	t.is(asked?.url.search, '?status=5xx');
});

test('events come in order, and alive is no event', async (t) => {
	const { stream } = await serve(t, {
		onStream: (served) =>
			served.end(
				started,
				{ alive: {} },
				batchFrame({ number: 1 }),
				{ notice: { text: 'x joined' } },
				batchFrame({ number: 2, last: true }),
				ended,
			),
	});
	t.deepEqual(await collect(stream), ['started', 'batch 1', 'notice', 'batch 2', 'ended']);
});

test('a cut connection is taken up again with the id of the tap', async (t) => {
	const urls: string[] = [];
	const { stream } = await serve(t, {
		onStream: (served, index) => {
			urls.push(served.url.search);
			if (index === 0) {
				served.send(started, batchFrame({ number: 1 }));
				setTimeout(() => served.cut(), 20);
			} else {
				served.end({ started: { ...started.started, resumed: true } }, batchFrame({ number: 2 }), ended);
			}
		},
	});
	t.deepEqual(await collect(stream), ['started', 'batch 1', 'lost', 'back', 'started', 'batch 2', 'ended']);
	t.deepEqual(urls, ['?status=5xx', '?status=5xx&tap=t-0000abcd']);
});

test('a control plane that goes and comes back is waited for', async (t) => {
	let restarted = false;
	const session = await serve(t, {
		onStream: (served, index) => {
			if (index === 0) served.send(started);
			else served.end(started, ended);
		},
	});
	const kinds = await collect(session.stream, (event) => {
		if (event.kind === 'started' && !restarted) void session.server.stop();
		if (event.kind === 'lost') {
			restarted = true;
			setTimeout(() => void session.server.listen(), 250);
		}
		if (event.kind === 'back') t.true(event.afterMs >= 200, `${event.afterMs}`);
	});
	t.deepEqual(kinds, ['started', 'lost', 'back', 'started', 'ended']);
});

test('shutting down is an interruption, other ends are ends', async (t) => {
	const { stream } = await serve(t, {
		onStream: (served, index) => {
			const reason = index === 0 ? EndReason.END_REASON_SHUTTING_DOWN : EndReason.END_REASON_FAILED;
			served.end(started, { ended: { reason, text: 'no pod is left' } });
		},
	});
	t.deepEqual(await collect(stream), ['started', 'lost', 'back', 'started', 'ended']);
});

test('a refusal after an interruption is retried when it is temporary, and ends the stream otherwise', async (t) => {
	const { stream } = await serve(t, {
		refuse: (index) => {
			if (index === 1) return { status: 503, body: '{"kind":"Status","message":"NATS is not reached yet"}' };
			if (index === 2) return { status: 403, body: '{"kind":"Status","message":"you may not tap shop"}' };
			return null;
		},
		onStream: (served) => {
			served.send(started);
			setTimeout(() => served.cut(), 20);
		},
	});
	const kinds: string[] = [];
	const error = await t.throwsAsync(
		async () => {
			for await (const event of stream.events()) kinds.push(event.kind);
		},
		{ instanceOf: ControlPlaneRefusedError },
	);
	t.deepEqual(kinds, ['started', 'lost']);
	t.is(error.message, 'you may not tap shop');
	t.is(error.code, 'PERMISSION');
});

test('a connection that says nothing is dead', async (t) => {
	const { stream } = await serve(
		t,
		{
			onStream: (served, index) => {
				if (index === 0) served.send(started);
				else served.end(started, ended);
			},
		},
		3000,
	);
	const reasons: string[] = [];
	const kinds = await collect(stream, (event) => {
		if (event.kind === 'lost') reasons.push(event.reason);
	});
	t.deepEqual(kinds, ['started', 'lost', 'back', 'started', 'ended']);
	t.deepEqual(reasons, ['it said nothing for 3 s']);
});

test('a reader that is busy does not make the connection dead, and holds up the sender', async (t) => {
	let served: ServedStream | undefined;
	const big = batchFrame({ exchanges: [{ response: { body: { content: new Uint8Array(1_000_000) } } }] });
	const { stream } = await serve(
		t,
		{
			onStream: (one) => {
				served = one;
				one.send(started, ...Array.from({ length: 20 }, () => big));
				one.end(ended);
			},
		},
		1500,
	);
	const kinds: string[] = [];
	let waitingBytes = 0;
	for await (const event of stream.events()) {
		if (event.kind === 'started') {
			await new Promise((resolve) => setTimeout(resolve, 2000));
			waitingBytes = served?.waitingBytes ?? 0;
		}
		kinds.push(event.kind);
	}
	t.deepEqual(kinds, ['started', ...Array.from({ length: 20 }, () => 'batch'), 'ended']);
	t.true(waitingBytes > 10_000_000, `${waitingBytes} bytes wait at the sender`);
});

test('stop asks for the end and takes what still comes', async (t) => {
	let served: ServedStream | undefined;
	const asked: string[] = [];
	const { stream } = await serve(t, {
		onStream: (one) => {
			served = one;
			one.send(started);
		},
		onEnd: (tap) => {
			asked.push(tap);
			served?.end(batchFrame({ number: 1, last: true }), ended);
		},
	});
	const kinds = await collect(stream, (event) => {
		if (event.kind === 'started') void stream.stop();
	});
	t.deepEqual(kinds, ['started', 'batch 1', 'ended']);
	t.deepEqual(asked, ['t-0000abcd']);
});

test('stop while the control plane is gone, and close at any time, end the stream', async (t) => {
	const gone = await serve(t, {
		onStream: (served) => {
			served.send(started);
			setTimeout(() => served.cut(), 20);
		},
		refuse: (index) => (index > 0 ? { status: 503, body: '' } : null),
	});
	const kinds = await collect(gone.stream, (event) => {
		if (event.kind === 'lost') void gone.stream.stop();
	});
	t.deepEqual(kinds, ['started', 'lost']);

	const silent = await serve(t, { onStream: (served) => served.send(started) });
	t.deepEqual(await collect(silent.stream, () => setTimeout(() => silent.stream.close(), 20)), ['started']);
});

test('a batch that cannot be read is told and the next one comes', async (t) => {
	const { stream } = await serve(t, {
		onStream: (served) =>
			served.end(started, { batch: Uint8Array.of(0x32, 0xff, 0x01) }, batchFrame({ number: 2 }), ended),
	});
	t.deepEqual(await collect(stream), ['started', 'malformed', 'batch 2', 'ended']);
});

test('a stream that is none ends with what it is', async (t) => {
	const { stream } = await serve(t, { onStream: (served) => served.sendBytes(Buffer.from('HTTP/1.1 200 OK\r\n')) });
	await t.throwsAsync(collect(stream), { instanceOf: StreamFormatError });
});

test('a refusal at first is the sentence of its Status, or its status', async (t) => {
	const cases = [
		{
			status: 400,
			body: '{"kind":"Status","message":"--status: expected 200"}',
			code: 'USAGE',
			message: /expected 200/,
		},
		{
			status: 404,
			body: '{"kind":"Status","message":"no deployment x"}',
			code: 'NOT_FOUND',
			message: /no deployment x/,
		},
		{ status: 502, body: '<html>', code: 'UNAVAILABLE', message: /answered 502/ },
	];
	for (const { status, body, code, message } of cases) {
		const { stream } = await serve(t, { onStream: () => undefined, refuse: () => ({ status, body }) });
		const error = await t.throwsAsync(collect(stream), { instanceOf: ControlPlaneRefusedError, message });
		t.is(error.code as string, code);
	}
});

test('a socket that nobody listens on says how to start Podwire', async (t) => {
	const transport = new UnixSocketTransport('/run/podwire-test-that-is-not-there.sock');
	const stream = new TapStream({ transport, request, clock: systemClock });
	const error = await t.throwsAsync(collect(stream), { instanceOf: ControlPlaneUnreachableError });
	t.regex(error.message, /nothing listens at \/run\/podwire-test-that-is-not-there\.sock.*sudo podwire up/);
});
