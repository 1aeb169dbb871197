import { gzipSync } from 'node:zlib';
import test from 'ava';
import { AddressBook } from '../../src/control-plane/address-book.ts';
import { batchFrame, jsonLines } from '../../src/control-plane/api/client-stream.ts';
import { QuietWatch } from '../../src/control-plane/quiet-watch.ts';
import { type QuietTap, quietNotice, quietReason } from '../../src/control-plane/quiet-words.ts';
import { UnreadableEndpoints } from '../../src/control-plane/unreadable-endpoints.ts';
import { AddressNames } from '../../src/messaging/address-names.ts';
import { parseTapQuery } from '../../src/messaging/tap-query.ts';
import { wire } from '../../src/messaging/wire.ts';
import { BatchSource, exchange } from './wire-agent.ts';

const { Filter, LossCause } = wire;

/** A tap with the filters of a query, of one pod unless told otherwise. */
function quietTap(query: string, changes: Partial<QuietTap> = {}): QuietTap {
	const { query: parsed, problems } = parseTapQuery(new URLSearchParams(query));
	if (parsed === null) throw new Error(JSON.stringify(problems));
	const nothing = { unseen: [], peersWithoutAddress: [], endpoints: () => [] };
	return { description: 'deploy/frontend in shop', query: parsed, pods: 1, ...nothing, ...changes };
}

/** What a tap says now, if anything. */
function words(watch: QuietWatch, nowMs: number, tap: QuietTap = quietTap('')): string | null {
	const passed = watch.passed(nowMs);
	if (passed === null) return null;
	const reason = quietReason(passed, tap);
	return watch.tell(reason.kind, nowMs) ? (quietNotice(reason).text ?? '') : null;
}

test('ten seconds without an exchange are told once, with what passed', (t) => {
	const watch = new QuietWatch(0);
	watch.observe('a', 1, { packets: 0 });
	t.is(words(watch, 9_999), null);
	t.is(words(watch, 10_000, quietTap('', { pods: 3 })), 'no traffic for 10 s: packets seen: 0, at the 3 pods');
	t.is(words(watch, 11_000, quietTap('', { pods: 3 })), null);
	const port = new QuietWatch(0);
	t.is(words(port, 12_345, quietTap('port=9090')), 'no traffic on --port 9090 for 12 s: packets seen: 0, at the pod');
	const unfinished = new QuietWatch(0);
	unfinished.observe('a', 1, { packets: 1204 });
	t.is(words(unfinished, 10_000), 'nothing to show for 10 s: 1,204 TCP packets passed, but no exchange ended yet');
});

test('which filter left out how many, in the words that were typed', (t) => {
	const watch = new QuietWatch(0);
	const byFilter = [
		{ filter: Filter.FILTER_STATUS, filtered: 1 },
		{ filter: Filter.FILTER_PATH, filtered: 1_190 },
	];
	watch.observe('a', 1, { seen: 1_191, filtered: 1_191, byFilter });
	watch.observe('b', 1, { seen: 13, filtered: 13, byFilter: [{ filter: Filter.FILTER_STATUS, filtered: 13 }] });
	t.is(
		words(watch, 10_000, quietTap('path=/api&path=/v2&status=5xx&status=404')),
		'nothing to show for 10 s: 1,204 exchanges seen, none shown: --status 5xx --status 404 left out 14, --path /api --path /v2 left out 1,190',
	);
	const every: readonly (readonly [query: string, filter: number, words: string])[] = [
		['port=80', Filter.FILTER_PORT, '--port 80'],
		['to=deploy/x:80&to=198.18.0.1', Filter.FILTER_TO, '--to deploy/x:80 --to 198.18.0.1'],
		['from=x', Filter.FILTER_FROM, '--from x'],
		['protocol=h2&protocol=HTTP/1.0', Filter.FILTER_PROTOCOL, '--protocol HTTP/2 --protocol HTTP/1.0'],
		['method=post', Filter.FILTER_METHOD, '--method POST'],
		['scheme=HTTPS', Filter.FILTER_SCHEME, '--scheme https'],
		['status=!2xx&status=400-403&status=500-599', Filter.FILTER_STATUS, '--status !2xx --status 400-403 --status 5xx'],
		['minLatency=250ms&maxLatency=90s', Filter.FILTER_LATENCY, '--min-latency 250ms --max-latency 90s'],
		['minLatency=1.5us', Filter.FILTER_LATENCY, '--min-latency 1500ns'],
		['maxLatency=0.5ms', Filter.FILTER_LATENCY, '--max-latency 500us'],
		['authority=Shop:80', Filter.FILTER_AUTHORITY, '--authority shop:80'],
		['grpcStatus=5', Filter.FILTER_GRPC_STATUS, '--grpc-status NOT_FOUND'],
		['header=x-a&header=b=1&header=c=~^d', Filter.FILTER_HEADER, '--header x-a --header b=1 --header c=~^d'],
		[
			'path=/1&path=/2&path=/3&path=/4&path=/5',
			Filter.FILTER_PATH,
			'--path /1 --path /2 --path /3 (and 2 more of them)',
		],
		[`path=/${'x'.repeat(60)}`, Filter.FILTER_PATH, `--path /${'x'.repeat(47)}…`],
	];
	for (const [query, filter, spelled] of every) {
		const one = new QuietWatch(0);
		one.observe('a', 1, { seen: 1, filtered: 1, byFilter: [{ filter, filtered: 1 }] });
		const text = words(one, 10_000, quietTap(query));
		t.is(text, `nothing to show for 10 s: 1 exchange seen, none shown: ${spelled} left out 1`);
	}
});

test('values that nobody knows, the rate, and an agent that counts nothing by filter', (t) => {
	const watch = new QuietWatch(0);
	const byFilter = [{ filter: Filter.FILTER_HEADER, filtered: 2, unjudged: 3 }];
	watch.observe('a', 1, { seen: 12, filtered: 4, unjudged: 4, skipped: 4, byFilter });
	t.is(
		words(watch, 10_000, quietTap('header=authorization=~x&maxRps=5')),
		'nothing to show for 10 s: 12 exchanges seen, none shown: --header authorization=~x left out 2, ' +
			'--header authorization=~x could not judge 3 (unknown or redacted), 2 did not match the filters, ' +
			'1 could not be judged by the filters, 4 over --max-rps 5',
	);
});

test('what was TLS, no HTTP or no HTTP as it should be, with its ends', (t) => {
	const watch = new QuietWatch(0);
	const losses = [
		{ cause: LossCause.LOSS_CAUSE_TLS, count: 14 },
		{ cause: LossCause.LOSS_CAUSE_NOT_HTTP, count: 1 },
		{ cause: LossCause.LOSS_CAUSE_MALFORMED, count: 2 },
	];
	watch.observe('a', 1, { packets: 40, losses });
	const ends = new Map([
		[LossCause.LOSS_CAUSE_TLS, ['backend:8443: shop.example, h2', '198.18.0.9:443', 'a:1', 'b:2', 'c:3']],
		[LossCause.LOSS_CAUSE_NOT_HTTP, ['db:5432']],
	]);
	t.is(
		words(watch, 10_000, quietTap('', { endpoints: (cause) => ends.get(cause) ?? [] })),
		'nothing to show for 10 s: 14 connections are TLS (backend:8443: shop.example, h2, 198.18.0.9:443, a:1, and 2 more); ' +
			'1 connection is not HTTP (db:5432); 2 connections are malformed HTTP',
	);
});

test('pods that are not seen: none of them, some of them, and why', (t) => {
	const missing = 'no agent was ever heard of on node2: is one scheduled there?';
	const unseen = [
		{ name: 'a', reason: missing },
		{ name: 'b', reason: missing },
	];
	t.is(
		words(new QuietWatch(0), 10_000, quietTap('', { pods: 2, unseen })),
		`nothing to show for 10 s: nothing is seen of the 2 pods (a, b: ${missing})`,
	);
	const some = new QuietWatch(0);
	some.observe('c', 1, { packets: 0 });
	t.is(
		words(some, 10_000, quietTap('', { pods: 3, unseen })),
		`no traffic for 10 s: packets seen: 0, at 1 of the 3 pods; nothing is seen of 2 of the 3 pods (a, b: ${missing})`,
	);
	const one = [{ name: 'a', reason: 'no permission' }];
	t.is(
		words(new QuietWatch(0), 10_000, quietTap('', { unseen: one })),
		'nothing to show for 10 s: nothing is seen of the pod (a: no permission)',
	);
	t.is(
		words(new QuietWatch(0), 10_000, quietTap('', { pods: 0 })),
		'nothing to show for 10 s: no pod of deploy/frontend in shop runs; those that start are tapped at once',
	);
});

test('a peer without address is told beside what passed', (t) => {
	const watch = new QuietWatch(0);
	watch.observe('a', 1, { seen: 2, filtered: 2, byFilter: [{ filter: Filter.FILTER_TO, filtered: 2 }] });
	t.is(
		words(watch, 10_000, quietTap('to=svc/db', { peersWithoutAddress: ['--to svc/db'] })),
		'nothing to show for 10 s: 2 exchanges seen, none shown: --to svc/db left out 2; ' +
			'--to svc/db has no known address, so nothing matches it yet',
	);
});

test('only what passed since the last exchange counts, over restarts of an agent, and no more than once a minute', (t) => {
	const tap = quietTap('path=/x');
	const byFilter = (filtered: number) => ({
		seen: filtered,
		filtered,
		byFilter: [{ filter: Filter.FILTER_PATH, filtered }],
	});
	const watch = new QuietWatch(0);
	watch.observe('a', 1, byFilter(5));
	t.truthy(words(watch, 10_000, tap));
	watch.observe('a', 1, byFilter(7));
	watch.shown(20_000);
	t.is(words(watch, 20_500, tap), null);
	watch.observe('a', 1, byFilter(8));
	watch.observe('a', 2, byFilter(3));
	t.is(words(watch, 31_000, tap), null, 'a minute has not passed');
	t.is(words(watch, 70_000, tap), 'nothing to show for 50 s: 4 exchanges seen, none shown: --path /x left out 4');
});

test('another reason is told ten seconds after the first one, the same one is not told again', (t) => {
	const watch = new QuietWatch(0);
	watch.observe('a', 1, { packets: 0 });
	t.regex(words(watch, 10_000) ?? '', /^no traffic/);
	watch.observe('a', 1, { packets: 10, losses: [{ cause: LossCause.LOSS_CAUSE_TLS, count: 1 }] });
	t.is(words(watch, 19_999), null);
	t.is(words(watch, 20_000), 'nothing to show for 20 s: 1 connection is TLS');
	watch.observe('a', 1, { packets: 20, losses: [{ cause: LossCause.LOSS_CAUSE_TLS, count: 9 }] });
	t.is(words(watch, 200_000), null);
});

test('ends of connections of the quiet time alone', (t) => {
	const endpoints = new UnreadableEndpoints(new AddressBook(null));
	const cause = LossCause.LOSS_CAUSE_TLS;
	const tls = (port: number, connections: number, serverNames: string[] = []) => ({
		unreadable: [{ ip: Uint8Array.of(198, 18, 0, 2), port, cause, connections, serverNames }],
	});
	endpoints.observe('a', tls(443, 3), 0);
	endpoints.observe('a', tls(444, 1, ['shop.example']), 0);
	endpoints.beginQuiet();
	t.deepEqual(endpoints.sinceQuiet(cause), []);
	endpoints.observe('a', tls(444, 2), 100);
	t.deepEqual(endpoints.sinceQuiet(cause), ['198.18.0.2:444: shop.example']);
	t.deepEqual(endpoints.sinceQuiet(LossCause.LOSS_CAUSE_NOT_HTTP), []);
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
			'198.18.0.2:8443 is TLS (shop.example, ALPN h2): 14 connections not shown (podwire check says what can be read)',
			'198.18.0.2:9443 is TLS (ALPN h2, http/1.1): 7 connections not shown (podwire check says what can be read)',
			'198.18.0.2:443 is TLS (1.example, 2.example, 3.example, 4.example, ALPN a, b, c, d): 14 connections not shown (podwire check says what can be read)',
		],
	);
});

test('a published line of JSON has bodies as they passed', (t) => {
	const content = gzipSync('hello');
	const response = { headers: [{ name: 'content-encoding', value: 'gzip' }], body: { content } };
	const record = wire.Exchange.encode({ response }).finish();
	const [line = ''] = jsonLines(
		{ exchanges: [record], headerTable: new Uint8Array() },
		{ tap: '', pod: null, names: new AddressNames() },
	);
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
		const frame = Buffer.concat(batchFrame(wire.TapBatch.encode(batch).finish(), names));
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
