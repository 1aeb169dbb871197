import test from 'ava';
import { describeProblem, parseTapQuery } from '../../src/messaging/tap-query.ts';
import { wire } from '../../src/messaging/wire.ts';

const read = (query: string) => {
	const result = parseTapQuery(new URLSearchParams(query));
	if (result.query === null) throw new Error(result.problems.map((p) => describeProblem(p, 'flag')).join('; '));
	return result.query;
};

const complaints = (query: string) => {
	const { problems } = parseTapQuery(new URLSearchParams(query));
	return (problems ?? []).map((problem) => describeProblem(problem, 'flag'));
};

test('an empty query wants everything, without bodies and credentials', (t) => {
	const query = read('');
	t.deepEqual(query.to, []);
	t.deepEqual(query.targets, []);
	t.is(query.maxRps, 0);
	t.is(query.filters.bodyBytes, 0);
	t.false(query.filters.unredacted);
	t.is(query.filters.minLatencyNanos, undefined);
	t.is(query.tap, null);
});

test('durations are in nanoseconds', (t) => {
	t.is(read('minLatency=250ms').filters.minLatencyNanos, 250_000_000);
	t.is(read('minLatency=1.5s').filters.minLatencyNanos, 1_500_000_000);
	t.is(read('maxLatency=2m').filters.maxLatencyNanos, 120_000_000_000);
	t.is(read('maxLatency=1m30s').filters.maxLatencyNanos, 90_000_000_000);
	t.is(read('minLatency=100us').filters.minLatencyNanos, 100_000);
	for (const text of ['250', 'ms', '-1s', '1 s', '1s2', '1e3s', '']) {
		t.is(complaints(`minLatency=${encodeURIComponent(text)}`).length, 1, text);
	}
	t.deepEqual(complaints('minLatency=2s&maxLatency=1s'), [
		'--max-latency: expected no less than --min-latency, got "1s"',
	]);
});

test('statuses are ranges', (t) => {
	t.deepEqual(read('status=200&status=4xx&status=400-499&status=!2XX').filters.statuses, [
		{ first: 200, last: 200, negated: false },
		{ first: 400, last: 499, negated: false },
		{ first: 400, last: 499, negated: false },
		{ first: 200, last: 299, negated: true },
	]);
	for (const text of ['2x', '20', '2000', '0xx', '499-400', 'ok', '!', '200-']) {
		t.deepEqual(complaints(`status=${text}`), [`--status: expected 200, 4xx, 400-499 or !2xx, got "${text}"`]);
	}
});

test('gRPC statuses are numbers or names in any usual spelling', (t) => {
	t.deepEqual(
		read('grpcStatus=5&grpcStatus=not-found&grpcStatus=OK&grpcStatus=Canceled&grpcStatus=16').filters.grpcStatuses,
		[5, 5, 0, 1, 16],
	);
	t.deepEqual(complaints('grpcStatus=NOTFOUNT'), [
		'--grpc-status: expected 0 to 16 or a name such as NOT_FOUND, got "NOTFOUNT"',
	]);
	t.is(complaints('grpcStatus=17').length, 1);
});

test('headers by presence, value or expression', (t) => {
	t.deepEqual(
		read(`header=x-id&header=${encodeURIComponent('x-a=b=c')}&header=${encodeURIComponent('via=~^1\\.[01]')}`).filters
			.headers,
		[{ name: 'x-id' }, { name: 'x-a', value: 'b=c' }, { name: 'via', regex: '^1\\.[01]' }],
	);
	for (const text of [
		'',
		'=x',
		'a b',
		':path',
		'x=~(',
		'x=~',
		'x=~(?<=a)b',
		'x=~(?=a)b',
		'x=~(a)\\1',
		'x=~(?<n>a)',
		'x=~\\u0041',
		'x=~[^]',
	]) {
		t.is(complaints(`header=${encodeURIComponent(text)}`).length, 1, text);
	}
});

test('methods, paths, schemes, authorities, protocols and ports', (t) => {
	const { filters } = read(
		'method=get&method=Purge&path=/api&path=*.css&scheme=HTTP&authority=Shop:80&protocol=http/1.1&protocol=H2&port=80&port=65535',
	);
	t.deepEqual(filters.methods, ['GET', 'Purge']);
	t.deepEqual(filters.paths, ['/api', '*.css']);
	t.deepEqual(filters.schemes, ['http']);
	t.deepEqual(filters.authorities, ['shop:80']);
	t.deepEqual(filters.protocols, [wire.Protocol.PROTOCOL_HTTP_1_1, wire.Protocol.PROTOCOL_HTTP_2]);
	t.deepEqual(filters.ports, [80, 65535]);
	for (const bad of [
		'method=a%20b',
		'path=api',
		'path=/a?b',
		'scheme=1',
		'authority=a/b',
		'protocol=spdy',
		'port=0',
		'port=65536',
		'port=http',
	]) {
		t.is(complaints(bad).length, 1, bad);
	}
});

test('HTTP/2 by any of its names, with a gRPC status by number or name', (t) => {
	for (const protocol of ['HTTP/2', 'http/2', 'HTTP/2.0', 'h2', 'H2C']) {
		const { filters } = read(`protocol=${encodeURIComponent(protocol)}&grpcStatus=unavailable&grpcStatus=5`);
		t.deepEqual(filters.protocols, [wire.Protocol.PROTOCOL_HTTP_2], protocol);
		t.deepEqual(filters.grpcStatuses, [14, 5]);
	}
	t.deepEqual(complaints('protocol=h3'), ['--protocol: expected HTTP/1.0, HTTP/1.1 or HTTP/2, got "h3"']);
});

test('peers: address, CIDR, host, resource, port', (t) => {
	const [a, b, c, d, e, f, g, h, i] = read(
		[
			'198.18.0.1',
			'198.18.7.9/15:80',
			'[2001:2::1]:8080',
			'2001:2::1',
			'Backend.shop:9000',
			'deploy/x:80',
			'shop/svc/x',
			':443',
			'[2001:2::/48]:80',
		]
			.map((peer) => `to=${encodeURIComponent(peer)}`)
			.join('&'),
	).to;
	t.deepEqual(a?.selection, { by: 'network', network: { ip: Uint8Array.of(198, 18, 0, 1), prefixBits: 32 } });
	t.deepEqual(b?.selection, { by: 'network', network: { ip: Uint8Array.of(198, 18, 0, 0), prefixBits: 15 } });
	t.is(b?.port, 80);
	const v6 = Uint8Array.of(0x20, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
	t.deepEqual(c?.selection, { by: 'network', network: { ip: v6, prefixBits: 128 } });
	t.is(c?.port, 8080);
	t.deepEqual(d?.selection, { by: 'network', network: { ip: v6, prefixBits: 128 } });
	t.is(d?.port, 0);
	t.deepEqual(e?.selection, { by: 'host', host: 'backend.shop' });
	t.is(e?.port, 9000);
	t.is(f?.selection.by === 'resource' && f.selection.target.kind.singular, 'deployment');
	t.is(f?.port, 80);
	t.is(g?.selection.by === 'resource' && g.selection.target.namespace, 'shop');
	t.deepEqual(h?.selection, { by: 'any' });
	t.is(h?.port, 443);
	t.is(i?.selection.by === 'network' && i.selection.network.prefixBits, 48);
	t.is(i?.port, 80);
});

test('peers that cannot be read say what was expected', (t) => {
	for (const bad of ['', ':', ':0', 'a:b', '1.2.3', '1.2.3.4/33', 'x y', 'deployy/x', '[zz]:80', '999.1.1.1']) {
		const [complaint, ...more] = complaints(`to=${encodeURIComponent(bad)}`);
		t.regex(complaint ?? '', /^--to: expected .+, got /, bad);
		t.deepEqual(more, []);
	}
	t.regex(complaints('to=deployy/x')[0] ?? '', /deploy\?/);
});

test('every problem is told, and an unknown parameter offers the nearest', (t) => {
	t.deepEqual(complaints('status=x&port=y&statuss=200'), [
		'statuss: expected a known parameter (status?), got "statuss"',
		'--status: expected 200, 4xx, 400-499 or !2xx, got "x"',
		'--port: expected a TCP port from 1 to 65535, got "y"',
	]);
});

test('what may be given once is refused twice, and repetitions are bounded', (t) => {
	t.is(complaints('maxRps=1&maxRps=2').length, 1);
	t.is(complaints(Array(65).fill('port=80').join('&')).length, 1);
	t.is(complaints(Array(64).fill('port=80').join('&')).length, 0);
});

test('bodies, rate, publication and resumption', (t) => {
	t.is(read('body=').filters.bodyBytes, 4096);
	t.is(read('body=100').filters.bodyBytes, 100);
	t.true(read('unredacted').filters.unredacted);
	t.true(read('omitHeaders=true').filters.omitHeaders);
	t.false(read('').filters.omitHeaders);
	t.is(read('maxRps=7').maxRps, 7);
	t.is(read('publish=shop-1').publish, 'shop-1');
	t.is(read('tap=t-00ff12ab').tap, 't-00ff12ab');
	for (const bad of [
		'body=0',
		'body=1048577',
		'maxRps=-1',
		'publish=a.b',
		'publish=a_b',
		'publish=',
		'tap=t-XYZ',
		'unredacted=maybe',
		'omitHeaders=maybe',
	]) {
		t.is(complaints(bad).length, 1, bad);
	}
});
