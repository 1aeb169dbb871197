import test from 'ava';
import { BegunTransport } from '../../src/client/begun-transport.ts';
import { ControlPlaneRefusedError, ControlPlaneUnreachableError } from '../../src/client/errors.ts';
import { TapStream } from '../../src/client/tap-stream.ts';
import { UnixSocketTransport } from '../../src/client/unix-socket-transport.ts';
import { systemClock } from '../../src/messaging/clock.ts';
import { wire } from '../../src/messaging/wire.ts';
import { type ServedStream, StreamServer, type StreamServerOptions } from './stream-server.ts';

const request = {
	path: '/apis/tap.podwire.dev/v1alpha1/watch/namespaces/shop/deployments/frontend/tap',
	parameters: new URLSearchParams({ status: '5xx' }),
};
const started = { started: { tap: 't-0000abcd', description: 'deploy/frontend in shop', pods: [{ name: 'a' }] } };
const ended = { ended: { reason: wire.EndReason.END_REASON_STOPPED } };

async function serve(t: { teardown: (end: () => Promise<void>) => void }, options: StreamServerOptions) {
	const server = new StreamServer(options);
	await server.listen();
	t.teardown(() => server.dispose());
	return new UnixSocketTransport(server.socketPath);
}

async function kindsOf(stream: TapStream): Promise<string[]> {
	const kinds: string[] = [];
	for await (const { kind } of stream.events()) kinds.push(kind);
	return kinds;
}

test('the request is sent before anybody opens, and is the first that is opened', async (t) => {
	const streams: ServedStream[] = [];
	let opened: () => void = () => undefined;
	const arrival = new Promise<void>((resolve) => {
		opened = resolve;
	});
	const transport = await serve(t, {
		onStream: (stream) => {
			streams.push(stream);
			stream.send(started);
			opened();
		},
	});
	const begun = new BegunTransport(transport, request, systemClock);
	await begun.sent;
	await arrival;
	t.is(streams[0]?.url.searchParams.get('status'), '5xx');
	const first = await begun.open(request, new AbortController().signal);
	t.is(streams.length, 1);
	const [chunk] = await Promise.all([
		first[Symbol.asyncIterator]().next(),
		begun.open(request, AbortSignal.timeout(5000)),
	]);
	t.false(chunk.done);
	t.is(streams.length, 2);
});

test('a tap stream reads what came before it was there', async (t) => {
	const transport = await serve(t, { onStream: (stream) => stream.end(started, ended) });
	const begun = new BegunTransport(transport, request, systemClock);
	await begun.sent;
	t.deepEqual(await kindsOf(new TapStream({ transport: begun, request, clock: systemClock })), ['started', 'ended']);
});

test('whoever opens is told a refusal, and that nobody listens', async (t) => {
	const refusing = await serve(t, {
		onStream: () => t.fail(),
		refuse: () => ({ status: 404, body: JSON.stringify({ message: 'no such deployment' }) }),
	});
	const refused = new BegunTransport(refusing, request, systemClock);
	const nobody = new BegunTransport(new UnixSocketTransport('/nonexistent/podwire.sock'), request, systemClock);
	await Promise.all([refused.sent, nobody.sent]);
	// A turn of the event loop in which a rejection that nobody handles would end the process.
	await new Promise((resolve) => setImmediate(resolve));
	const { signal } = new AbortController();
	await t.throwsAsync(refused.open(request, signal), {
		instanceOf: ControlPlaneRefusedError,
		message: 'no such deployment',
	});
	await t.throwsAsync(nobody.open(request, signal), { instanceOf: ControlPlaneUnreachableError });
});

test('a connection that breaks before anybody opens is told to whoever reads', async (t) => {
	const transport = await serve(t, { onStream: (stream) => stream.cut() });
	const begun = new BegunTransport(transport, request, systemClock);
	await begun.sent;
	await new Promise((resolve) => setTimeout(resolve, 50));
	await t.throwsAsync(kindsOf(new TapStream({ transport: begun, request, clock: systemClock })), {
		instanceOf: ControlPlaneUnreachableError,
	});
});

test('the signal of whoever opens ends the first request', async (t) => {
	let closed: () => void = () => undefined;
	const closing = new Promise<void>((resolve) => {
		closed = resolve;
	});
	const transport = await serve(t, { onStream: (stream) => stream.request.on('close', closed) });
	const begun = new BegunTransport(transport, request, systemClock);
	const ending = new AbortController();
	const chunks = (await begun.open(request, ending.signal))[Symbol.asyncIterator]();
	const next = chunks.next();
	ending.abort();
	await t.throwsAsync(next);
	await closing;
	t.pass();
});

test('signing in is begun once, before the request', async (t) => {
	const order: string[] = [];
	const transport = await serve(t, { onStream: (stream) => order.push(`stream ${stream.url.pathname}`) });
	const begun = new BegunTransport(
		{
			openTimeoutMs: 15_000,
			prepare: async () => void order.push('prepare'),
			open: (...asked) => transport.open(...asked),
			endTap: (tap) => transport.endTap(tap),
		},
		request,
		systemClock,
	);
	await begun.prepare?.();
	await begun.open(request, new AbortController().signal);
	await begun.prepare?.();
	t.deepEqual(order, ['prepare', `stream ${request.path}`, 'prepare']);
	t.is(begun.openTimeoutMs, 15_000);
});
