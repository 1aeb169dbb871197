import test from 'ava';
import { type AttachMode, loadAddon } from '../../src/addon/addon.ts';
import { wire } from '../../src/messaging/wire.ts';
import {
	alivePrograms,
	curl,
	filterPrograms,
	heldByCaptures,
	lineOf,
	linkedPrograms,
	makeNetwork,
	SERVER_PORT,
	startIn,
	startProgram,
	startServer,
	url,
} from './network.ts';
import { eventually, lossOf, POD, TapRecorder } from './tap-recorder.ts';

const attached = (mode: AttachMode, namespace: string): number[] =>
	mode === 'tcx' ? linkedPrograms(process.pid) : filterPrograms(namespace);
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test.serial('an exchange is seen from the client and from the server', async (t) => {
	const network = makeNetwork(t);
	await startServer(t, network);
	const recorder = new TapRecorder(t);
	const client = recorder.attach(network.client);
	const server = recorder.attach(network.server);
	recorder.tap(client, { outgoing: {} });
	recorder.tap(server, { incoming: { bodyBytes: 1024 } });
	const before = Date.now();
	t.is(await curl(network, '-H', 'Authorization: Bearer abc', url(network, '/cart?id=7')), '/cart?id=7');
	const exchange = await eventually('the exchange', () => recorder.exchangesOf('outgoing')[0]);
	t.is(exchange.direction, wire.Direction.DIRECTION_OUTBOUND);
	t.is(exchange.request?.method, 'GET');
	t.is(exchange.request?.path, '/cart?id=7');
	t.is(exchange.request?.authority, `${network.serverAddress}:${SERVER_PORT}`);
	t.is(exchange.response?.status, 200);
	t.is(exchange.response?.bodyBytes, '/cart?id=7'.length);
	t.is(exchange.response?.body ?? null, null);
	t.deepEqual([...(exchange.source?.ip ?? [])], network.clientAddress.split('.').map(Number));
	t.deepEqual([...(exchange.destination?.ip ?? [])], network.serverAddress.split('.').map(Number));
	t.is(exchange.destination?.port, SERVER_PORT);
	const authorization = exchange.request?.headers?.find(({ name }) => name === 'Authorization');
	t.true(authorization?.redacted);
	t.is(exchange.end, wire.End.END_COMPLETE);
	t.deepEqual(exchange.missing, []);
	// The wall clock of the request, within what this test took.
	t.true(Number(exchange.startSeconds) >= Math.floor(before / 1000) - 1);
	t.true(Number(exchange.startSeconds) <= Math.ceil(Date.now() / 1000));
	const seen = await eventually('the exchange at the server', () => recorder.exchangesOf('incoming')[0]);
	t.is(seen.direction, wire.Direction.DIRECTION_INBOUND);
	t.is(Buffer.from(seen.response?.body?.content ?? []).toString(), '/cart?id=7');
	t.deepEqual(recorder.of('outgoing')[0]?.pod, wire.Pod.create(POD));
	t.deepEqual(recorder.failures, []);
});

for (const attachMode of ['tcx', 'clsact'] as const) {
	test.serial(`${attachMode}: two taps share one attachment, get theirs alone, and end apart`, async (t) => {
		const network = makeNetwork(t);
		await startServer(t, network);
		const recorder = new TapRecorder(t, { attachMode, rings: 2 });
		const id = recorder.attach(network.client);
		const programs = attached(attachMode, network.client);
		t.is(programs.length, 3, 'one program for each direction of eth0, one for lo');
		recorder.tap(id, { found: { statuses: [{ first: 200, last: 299 }] }, missing: { paths: ['/missing'] } });
		t.deepEqual(attached(attachMode, network.client), programs);
		const paths = numbers(20).flatMap((number) => [`/a/${number}`, `/missing/${number}`]);
		await curl(network, ...paths.map((path) => url(network, path)));
		const expected = (prefix: string) =>
			numbers(20)
				.map((number) => `${prefix}/${number}`)
				.sort();
		await eventually('all of the first', () => recorder.pathsOf('found').length >= 20);
		await eventually('all of the second', () => recorder.pathsOf('missing').length >= 20);
		recorder.tap(id, { found: { statuses: [{ first: 200, last: 299 }] } });
		const last = await recorder.lastOf('missing');
		t.is(last.counters?.seen, 40);
		t.is(last.counters?.published, 20);
		t.is(last.counters?.filtered, 20);
		t.false(recorder.of('found').some((batch) => batch.last));
		await curl(network, url(network, '/a/more'));
		await eventually('what came after', () => recorder.pathsOf('found').includes('/a/more'));
		recorder.tap(id, {});
		await recorder.lastOf('found');
		t.deepEqual(recorder.pathsOf('found').sort(), [...expected('/a'), '/a/more'].sort());
		t.deepEqual(recorder.pathsOf('missing').sort(), expected('/missing'));
		for (const tap of ['found', 'missing']) {
			const batches = recorder.of(tap);
			t.deepEqual(
				batches.map((batch) => batch.number),
				numbers(batches.length).map((index) => index + 1),
			);
			t.is(new Set(batches.map((batch) => batch.epoch)).size, 1);
			t.is(batches.filter((batch) => batch.last).length, 1);
			t.true(batches.at(-1)?.last);
			let exchanges = 0;
			for (const batch of batches) {
				t.is(batch.firstExchange, exchanges);
				exchanges += batch.exchanges.length;
			}
		}
		recorder.capture.detach(id);
		await eventually('the programs to go', () => attached(attachMode, network.client).length === 0);
		await eventually('the kernel to free them', () => alivePrograms(programs).length === 0);
	});
}

test.serial('an exchange still open is told as open, and as detached when its tap ends', async (t) => {
	const network = makeNetwork(t);
	await startServer(t, network);
	const recorder = new TapRecorder(t);
	const id = recorder.attach(network.client);
	recorder.tap(id, { tap: {} });
	const held = curl(network, url(network, '/hold')).catch(() => '');
	const open = await eventually('the open exchange', () => recorder.exchangesOf('tap')[0]);
	t.is(open.end, wire.End.END_OPEN);
	recorder.tap(id, {});
	const last = await recorder.lastOf('tap');
	const [, detached] = recorder.exchangesOf('tap');
	t.is(detached?.end, wire.End.END_DETACHED);
	t.deepEqual(detached?.id, open.id);
	t.is(last.counters?.seen, 1);
	t.is(last.counters?.reopened, 1);
	await recorder.capture.close();
	void held;
});

test.serial('counters come once a second without traffic', async (t) => {
	const network = makeNetwork(t);
	const recorder = new TapRecorder(t);
	recorder.tap(recorder.attach(network.client), { tap: {} });
	await eventually('two batches', () => recorder.of('tap').length >= 2);
	t.deepEqual(
		recorder.of('tap').map((batch) => batch.exchanges.length),
		recorder.of('tap').map(() => 0),
	);
	t.truthy(recorder.of('tap')[0]?.counters);
});

test.serial('close ends every tap with its last batch and leaves nothing attached', async (t) => {
	const network = makeNetwork(t);
	await startServer(t, network);
	const recorder = new TapRecorder(t, { rings: 2 });
	for (const namespace of [network.client, network.server])
		recorder.tap(recorder.attach(namespace), { [namespace]: {} });
	await curl(network, url(network, '/before'));
	const programs = linkedPrograms(process.pid);
	t.is(programs.length, 6);
	const first = recorder.capture.close();
	await Promise.all([first, recorder.capture.close()]);
	for (const namespace of [network.client, network.server]) {
		t.deepEqual(recorder.pathsOf(namespace), ['/before']);
		t.true(recorder.of(namespace).at(-1)?.last);
	}
	t.deepEqual(linkedPrograms(process.pid), []);
	await eventually('the kernel to free the programs', () => alivePrograms(programs).length === 0);
	t.throws(() => recorder.attach(network.client), { code: 'CLOSED' });
	await t.notThrowsAsync(recorder.capture.close());
});

test.serial('it can be attached again after everything was detached', async (t) => {
	const network = makeNetwork(t);
	await startServer(t, network);
	const recorder = new TapRecorder(t);
	for (const round of numbers(5)) {
		const id = recorder.attach(network.client);
		recorder.tap(id, { [`round${round}`]: {} });
		await curl(network, url(network, `/round/${round}`));
		t.true(heldByCaptures().length > 0);
		recorder.capture.detach(id);
		t.throws(() => recorder.capture.state(id), { code: 'NO_SUCH_ATTACHMENT' });
		await recorder.lastOf(`round${round}`);
		t.deepEqual(recorder.pathsOf(`round${round}`), [`/round/${round}`]);
	}
	await eventually('the programs to go', () => linkedPrograms(process.pid).length === 0);
	await eventually('maps and threads to go', () => heldByCaptures().length === 0);
	t.deepEqual(recorder.failures, []);
});

test.serial('a consumer that does not keep up loses whole batches, and is told how many exchanges', async (t) => {
	const network = makeNetwork(t);
	await startServer(t, network);
	const recorder = new TapRecorder(t, { queueBatches: 2 });
	const id = recorder.attach(network.client);
	recorder.tap(id, { tap: {} });
	const requests = 4000;
	const load = startProgram(
		t,
		['ip', 'netns', 'exec', network.client],
		'request-series.mjs',
		network.serverAddress,
		String(SERVER_PORT),
		String(requests),
	);
	// This thread is busy with something else until all of it has passed and some time more.
	const { stdout } = load;
	t.truthy(stdout);
	const wait = new Int32Array(new SharedArrayBuffer(4));
	for (;;) {
		Atomics.wait(wait, 0, 0, 100);
		if (recorder.capture.state(id).counters.packets >= requests * 2) break;
	}
	Atomics.wait(wait, 0, 0, 200);
	t.is(recorder.batches.length, 0);
	recorder.tap(id, {});
	const last = await recorder.lastOf('tap');
	const received = recorder.exchangesOf('tap').length;
	const lost = lossOf(last, wire.LossCause.LOSS_CAUSE_BATCH_QUEUE_FULL);
	t.is(last.counters?.published, requests);
	t.true(lost > 0);
	t.is(received + lost, requests);
	const batches = recorder.of('tap');
	t.deepEqual(
		batches.map((batch) => batch.number),
		numbers(batches.length).map((index) => index + 1),
	);
});

test.serial('all that was tapped may be replaced while nobody takes batches and there is room for one', async (t) => {
	const network = makeNetwork(t);
	await startServer(t, network);
	const recorder = new TapRecorder(t, { queueBatches: 1 });
	const before = recorder.attach(network.client);
	recorder.tap(before, { one: {}, two: {}, three: {} });
	recorder.capture.detach(before);
	// This thread takes no batch until it is attached: the threads of before have to end meanwhile.
	const after = recorder.attach(network.client);
	recorder.tap(after, { four: {} });
	for (const tap of ['one', 'two', 'three']) t.true((await recorder.lastOf(tap)).last);
	await curl(network, url(network, '/after'));
	await eventually('the exchange after', () => recorder.pathsOf('four').includes('/after'));
	t.deepEqual(recorder.failures, []);
});

test.serial('a connection that cannot be read is told to every tap, also to one that begins later', async (t) => {
	const network = makeNetwork(t);
	await startIn(t, network.server, 'opaque-server.mjs', network.serverAddress, '8443');
	const recorder = new TapRecorder(t);
	const id = recorder.attach(network.client);
	recorder.tap(id, { first: {} });
	await startIn(t, network.client, 'opaque-client.mjs', network.serverAddress, '8443');
	const told = (tap: string) => recorder.of(tap).find((batch) => lossOf(batch, wire.LossCause.LOSS_CAUSE_TLS) > 0);
	await eventually('the first tap to be told', () => told('first'));
	recorder.tap(id, { first: {}, second: {} });
	const batch = await eventually('the second tap to be told', () => told('second'));
	t.is(lossOf(batch, wire.LossCause.LOSS_CAUSE_TLS), 1);
	const [endpoint] = batch.counters?.unreadable ?? [];
	t.is(endpoint?.port, 8443);
	t.is(endpoint?.cause, wire.LossCause.LOSS_CAUSE_TLS);
});

test.serial('only ports that are wanted are counted, once every tap names them', async (t) => {
	const network = makeNetwork(t);
	await startServer(t, network);
	const recorder = new TapRecorder(t);
	const id = recorder.attach(network.client);
	recorder.tap(id, { tap: { ports: [1] } });
	await curl(network, url(network, '/unwanted'));
	t.is(recorder.capture.state(id).counters.packets, 0);
	recorder.tap(id, { tap: { ports: [1] }, other: { to: [{ port: SERVER_PORT }] } });
	await curl(network, url(network, '/wanted'));
	await eventually('the wanted exchange', () => recorder.pathsOf('other')[0] === '/wanted');
	t.deepEqual(recorder.pathsOf('tap'), []);
});

test.serial('interfaces that go make the attachment no longer alive', async (t) => {
	const network = makeNetwork(t);
	const recorder = new TapRecorder(t);
	const { execFileSync } = await import('node:child_process');
	const id = recorder.attach(network.client);
	t.deepEqual(
		recorder.capture
			.state(id)
			.interfaces.map(({ name }) => name)
			.sort(),
		['eth0', 'lo'],
	);
	recorder.tap(id, { tap: {} });
	execFileSync('ip', ['-n', network.client, 'link', 'delete', 'eth0']);
	await eventually('the interface to go', () => recorder.capture.state(id).interfaces.length === 1);
	recorder.capture.detach(id);
	t.true((await recorder.lastOf('tap')).last);
});

test.serial('only attachments whose counters or interfaces differ from what was asked last are changed', async (t) => {
	const network = makeNetwork(t);
	await startServer(t, network);
	const recorder = new TapRecorder(t);
	const { capture } = recorder;
	const busy = recorder.attach(network.client);
	// Nothing was asked of it yet.
	t.deepEqual([...capture.changed()], [busy]);
	capture.state(busy);
	t.deepEqual([...capture.changed()], []);
	await curl(network, url(network, '/counted'));
	t.deepEqual([...capture.changed()], [busy]);
	t.true(capture.state(busy).counters.packets > 0);
	t.deepEqual([...capture.changed()], []);
	const quiet = recorder.attach(network.server);
	capture.state(quiet);
	const { execFileSync } = await import('node:child_process');
	execFileSync('ip', ['-n', network.client, 'link', 'delete', 'eth0']);
	// The other end of the pair goes too.
	await eventually('the interfaces to go', () => capture.changed().length === 2);
	t.deepEqual(
		[busy, quiet].map((id) => capture.state(id).interfaces.map(({ name }) => name)),
		[['lo'], ['lo']],
	);
	capture.detach(busy);
	t.deepEqual([...capture.changed()], []);
	capture.detach(quiet);
});

test.serial('a loopback that follows is attached once its state was asked, or goes with the others', async (t) => {
	const network = makeNetwork(t);
	await startServer(t, network);
	const recorder = new TapRecorder(t);
	const { capture } = recorder;
	const source = { kind: 'path', path: `/run/netns/${network.server}` } as const;
	const id = capture.attach(source, { loopbackFollows: true });
	t.deepEqual(
		capture
			.state(id)
			.interfaces.map(({ name }) => name)
			.sort(),
		['eth0', 'lo'],
	);
	t.is(linkedPrograms(process.pid).length, 3);
	capture.detach(id);
	await eventually('the programs to go', () => linkedPrograms(process.pid).length === 0);
	// At once, while the loopback is being attached.
	capture.detach(capture.attach(source, { loopbackFollows: true }));
	await eventually('maps and threads to go', () => heldByCaptures().length === 0);
	t.is(linkedPrograms(process.pid).length, 0);
	t.deepEqual(recorder.failures, []);
	t.throws(() => capture.attach(source, { loopbackFollows: 1 as unknown as boolean }), {
		message: 'options.loopbackFollows: expected a boolean, 1 came.',
	});
});

test.serial('what cannot be attached to is named by code and sentence', async (t) => {
	const recorder = new TapRecorder(t);
	t.throws(() => recorder.attach('pwadd-no-such'), { code: 'NO_SUCH_NAMESPACE' });
	t.throws(() => recorder.capture.attach({ kind: 'interface', name: 'pwadd-none' }), { code: 'NO_SUCH_INTERFACE' });
	t.throws(() => recorder.capture.setTaps(4711, []), { code: 'NO_SUCH_ATTACHMENT' });
	t.throws(() => recorder.capture.detach(4711), { code: 'NO_SUCH_ATTACHMENT' });
	const network = makeNetwork(t);
	const id = recorder.attach(network.client);
	const spec = new Uint8Array([0xff, 0xff]);
	t.throws(() => recorder.capture.setTaps(id, [{ subject: 's', tap: 't', pod: POD, spec }]), { code: 'INVALID_SPEC' });
});

test('arguments of another kind are named', (t) => {
	const addon = loadAddon();
	const wrong = (call: () => unknown, message: string) => t.throws(call, { instanceOf: TypeError, message });
	wrong(() => addon.startCapture({} as never), "options.attachMode: expected 'tcx' or 'clsact', undefined came.");
	wrong(() => addon.startCapture(7 as never), 'options: expected an object, 7 came.');
	wrong(() => addon.addresses({ kind: 'pid' } as never), "source.kind: expected 'path' or 'interface', 'pid' came.");
	wrong(() => addon.readCapture(0, {} as never), 'options.spec: expected a Uint8Array, undefined came.');
});

for (const [attachMode, how] of [
	['tcx', 'exit'],
	['clsact', 'exit'],
	['clsact', 'terminate'],
	['clsact', 'throw'],
] as const) {
	test.serial(`${attachMode}: nothing stays attached after ${how} in the midst of a capture`, async (t) => {
		const network = makeNetwork(t);
		const child = startProgram(t, [], 'attach.ts', network.client, attachMode, how);
		t.is(await lineOf(child), 'attached');
		const programs = attachMode === 'tcx' ? linkedPrograms(child.pid ?? 0) : filterPrograms(network.client);
		t.is(programs.length, 3);
		child.stdin?.write('go\n');
		if (how === 'terminate') t.is(await lineOf(child), 'terminated');
		else await eventually('the process to end', () => child.exitCode !== null);
		t.is(child.signalCode, null);
		t.deepEqual(filterPrograms(network.client), []);
		await eventually('the kernel to free the programs', () => alivePrograms(programs).length === 0);
	});
}
