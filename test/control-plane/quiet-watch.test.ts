import { gzipSync } from 'node:zlib';
import test from 'ava';
import { AddressBook } from '../../src/control-plane/address-book.ts';
import { batchFrame, jsonLines } from '../../src/control-plane/api/client-stream.ts';
import { QuietWatch } from '../../src/control-plane/quiet-watch.ts';
import { noTraffic } from '../../src/control-plane/tap-words.ts';
import { UnreadableEndpoints } from '../../src/control-plane/unreadable-endpoints.ts';
import { AddressNames } from '../../src/messaging/address-names.ts';
import { wire } from '../../src/messaging/wire.ts';
import { BatchSource, exchange } from './wire-agent.ts';

const { LossCause } = wire;

const words = (watch: QuietWatch, nowMs: number, pods = 1) => {
	const quiet = watch.due(nowMs, pods);
	return quiet === null ? null : noTraffic(quiet).text;
};

test('ten seconds without an exchange are told once, with what passed', (t) => {
	const watch = new QuietWatch(0);
	watch.observe('a', 1, { packets: 0 });
	t.is(words(watch, 9_999), null);
	t.is(words(watch, 10_000, 3), 'no traffic for 10 s: no TCP data passed the interfaces of the 3 pods');
	t.is(words(watch, 11_000), null);
});

test('what did not match, what was TLS, and what is no exchange yet', (t) => {
	const filtered = new QuietWatch(0);
	filtered.observe('a', 1, { packets: 9, filtered: 1 });
	filtered.observe('b', 1, { filtered: 1_203, losses: [{ cause: LossCause.LOSS_CAUSE_TLS, count: 14 }] });
	t.is(
		words(filtered, 10_000),
		'nothing to show for 10 s: 1,204 exchanges did not match the filters, 14 connections TLS',
	);
	const unfinished = new QuietWatch(0);
	unfinished.observe('a', 1, { packets: 1 });
	t.is(words(unfinished, 10_000), 'nothing to show for 10 s: 1 packet with TCP data passed, but no exchange ended');
	t.is(words(new QuietWatch(0), 10_000), 'nothing heard of the agents of the pod for 10 s');
});

test('only what passed since the last exchange counts, over restarts of an agent, and no more than once a minute', (t) => {
	const watch = new QuietWatch(0);
	watch.observe('a', 1, { filtered: 5 });
	t.truthy(words(watch, 10_000));
	watch.observe('a', 1, { filtered: 7, packets: 1 });
	watch.shown(20_000);
	t.is(words(watch, 20_500), null);
	watch.observe('a', 1, { filtered: 8, packets: 1 });
	watch.observe('a', 2, { filtered: 3 });
	t.is(words(watch, 31_000), null, 'a minute has not passed');
	t.is(words(watch, 70_000), 'nothing to show for 50 s: 4 exchanges did not match the filters');
});

test('an end that cannot be read is named once, with the connections of all pods', (t) => {
	const endpoints = new UnreadableEndpoints(new AddressBook(null));
	const ip = Uint8Array.of(198, 18, 0, 2);
	const tls = (connections: number) => ({
		unreadable: [{ ip, port: 443, cause: LossCause.LOSS_CAUSE_TLS, connections }],
	});
	endpoints.observe('a', tls(1), 0);
	t.deepEqual(endpoints.due(500), []);
	endpoints.observe('a', tls(3), 600);
	endpoints.observe('b', tls(2), 700);
	t.deepEqual(
		endpoints.due(1000).map(({ text }) => text),
		['198.18.0.2:443 is TLS: 5 connections not shown (podwire check says what can be read)'],
	);
	endpoints.observe('a', tls(9), 1100);
	t.deepEqual(endpoints.due(5000), []);
	endpoints.observe(
		'a',
		{ unreadable: [{ ip, port: 5432, cause: LossCause.LOSS_CAUSE_NOT_HTTP, connections: 1 }] },
		5000,
	);
	t.deepEqual(
		endpoints.due(5000, true).map(({ text }) => text),
		['198.18.0.2:5432 shows no HTTP: 1 connection not shown'],
	);
});

test('what clients of a TLS server asked for is told, each name once, and four of each at most', (t) => {
	const endpoints = new UnreadableEndpoints(new AddressBook(null));
	const tls = (port: number, serverNames: string[], applicationProtocols: string[]) => ({
		unreadable: [
			{
				ip: Uint8Array.of(198, 18, 0, 2),
				port,
				cause: LossCause.LOSS_CAUSE_TLS,
				connections: 7,
				serverNames,
				applicationProtocols,
			},
		],
	});
	endpoints.observe('a', tls(8443, ['shop.example'], ['h2']), 0);
	endpoints.observe('b', tls(8443, ['shop.example'], ['h2']), 0);
	endpoints.observe('a', tls(9443, [], ['h2', 'http/1.1']), 0);
	endpoints.observe('a', tls(443, ['1.example', '2.example', '3.example'], ['a']), 0);
	endpoints.observe('b', tls(443, ['3.example', '4.example', '5.example'], ['b', 'c', 'd', 'e']), 0);
	t.deepEqual(
		endpoints.due(1000).map(({ text }) => text),
		[
			'198.18.0.2:8443 is TLS (shop.example, h2): 14 connections not shown (podwire check says what can be read)',
			'198.18.0.2:9443 is TLS (h2, http/1.1): 7 connections not shown (podwire check says what can be read)',
			'198.18.0.2:443 is TLS (1.example, 2.example, 3.example, 4.example, a, b, c, d): 14 connections not shown (podwire check says what can be read)',
		],
	);
});

test('a published line of JSON has bodies as they passed', (t) => {
	const content = gzipSync('hello');
	const response = { headers: [{ name: 'content-encoding', value: 'gzip' }], body: { content } };
	const record = wire.Exchange.encode({ response }).finish();
	const [line = ''] = jsonLines([record], { tap: '', pod: null, names: new AddressNames() });
	t.deepEqual(JSON.parse(line).response.body, { base64: content.toString('base64') });
});

test('no more than 64 ends are named', (t) => {
	const endpoints = new UnreadableEndpoints(new AddressBook(null));
	const cause = LossCause.LOSS_CAUSE_NOT_HTTP;
	const unreadable = Array.from({ length: 70 }, (_, port) => ({
		ip: new Uint8Array(4),
		port: port + 1,
		cause,
		connections: 1,
	}));
	endpoints.observe('a', { unreadable }, 0);
	const told = endpoints.due(1000);
	t.is(told.length, 65);
	t.is(told.at(-1)?.text, '6 further ends of connections that cannot be read are not named');
});

for (const size of [0, 10, 127, 128, 16_383, 16_384, 70_000]) {
	test(`a frame of ${size} bytes of path holds the batch as it was, and its names`, (t) => {
		const batch = new BatchSource('t-1', { namespace: 'shop', name: 'a', node: 'n' }).next([
			exchange('x'.repeat(size)),
		]);
		const names = [{ ip: Uint8Array.of(198, 18, 0, 2), kind: wire.EndpointKind.ENDPOINT_KIND_POD, name: 'a' }];
		const frame = batchFrame(wire.TapBatch.encode(batch).finish(), names);
		t.is(frame.readUInt32LE(0), frame.length - 4);
		const decoded = wire.TapBatch.decode(wire.StreamFrame.decode(frame.subarray(4)).batch ?? new Uint8Array());
		t.is(decoded.exchanges[0]?.request?.path?.length, size);
		t.like(decoded, { tap: 't-1', number: 1 });
		t.deepEqual(
			decoded.names.map(({ name }) => name),
			['a'],
		);
	});
}
