import { gzipSync } from 'node:zlib';
import test from 'ava';
import { JsonFormat } from '../../src/cli/json-format.ts';
import { AddressNames } from '../../src/messaging/address-names.ts';
import { wire } from '../../src/messaging/wire.ts';
import { CART, context, type Exchange, GRPC_GET } from './exchanges.ts';

const { Missing, EndpointKind } = wire;
const jsonFormat = new JsonFormat();

/** biome-ignore lint/suspicious/noExplicitAny: what a program that reads the output gets */
function json(exchange: Exchange, where = context()): any {
	const line = jsonFormat.format(exchange, where);
	if (line.indexOf('\n') !== line.length - 1) throw new Error(`not one line: ${line}`);
	return JSON.parse(line);
}

test("the documents' sample, key by key", (t) => {
	const exchange: Exchange = {
		...CART,
		response: {
			...CART.response,
			body: { content: Buffer.from('hello'), truncated: false },
			grpc: { code: 5, message: 'no such cart' },
		},
	};
	t.deepEqual(json(exchange), {
		id: '7f3a0001020304ff',
		tap: 't-4f2a',
		start: '2026-11-22T21:04:05.123456789Z',
		pod: { namespace: 'shop', name: 'frontend-7d4-x2x', node: 'node1' },
		direction: 'outbound',
		source: {
			ip: '198.18.11.3',
			port: 43210,
			kind: 'pod',
			namespace: 'shop',
			name: 'frontend-7d4-x2x',
			workload: 'deploy/frontend',
		},
		destination: {
			ip: '198.18.12.3',
			port: 8080,
			kind: 'pod',
			namespace: 'shop',
			name: 'backend-5f-abc',
			workload: 'deploy/backend',
			via: { ip: '198.19.10.73', port: 80, service: 'backend' },
		},
		protocol: 'HTTP/1.1',
		tls: false,
		stream: null,
		request: {
			method: 'GET',
			scheme: 'http',
			authority: 'backend',
			path: '/api/cart?id=7',
			headers: [
				{ name: 'accept', value: '*/*' },
				{ name: 'authorization', redacted: true },
				{ name: 'x-id', unknown: true },
			],
			trailers: [],
			bodyBytes: 0,
			wireBytes: 412,
		},
		response: {
			status: 200,
			reason: 'OK',
			headers: [],
			trailers: [],
			bodyBytes: 1203,
			wireBytes: 1498,
			body: { text: 'hello' },
			grpc: { code: 5, name: 'NOT_FOUND', message: 'no such cart' },
		},
		informational: [{ status: 100, headers: [] }],
		timing: { firstResponseByteNanos: 12_400_000, durationNanos: 13_100_000 },
		end: 'complete',
		missing: [],
	});
});

test('the keys are in the order of the contract', (t) => {
	t.deepEqual(Object.keys(json(CART)), [
		'id',
		'tap',
		'start',
		'pod',
		'direction',
		'source',
		'destination',
		'protocol',
		'tls',
		'stream',
		'request',
		'response',
		'informational',
		'timing',
		'end',
		'missing',
	]);
});

test('nothing is known: every key is there all the same', (t) => {
	t.deepEqual(json({}, { tap: '', pod: null, names: new AddressNames() }), {
		id: '0000000000000000',
		tap: null,
		start: '1970-01-01T00:00:00.000000000Z',
		pod: null,
		direction: null,
		source: null,
		destination: null,
		protocol: null,
		tls: false,
		stream: null,
		request: null,
		response: null,
		informational: [],
		timing: { firstResponseByteNanos: null, durationNanos: null },
		end: null,
		missing: [],
	});
	const parts = json({ request: {}, response: {}, stream: 0 });
	t.deepEqual(parts.request, {
		method: null,
		scheme: null,
		authority: null,
		path: null,
		headers: [],
		trailers: [],
		bodyBytes: null,
		wireBytes: null,
	});
	t.deepEqual(parts.response, {
		status: null,
		reason: null,
		headers: [],
		trailers: [],
		bodyBytes: null,
		wireBytes: null,
	});
	t.is(parts.stream, 0);
});

test('what went over the wire says the same as what did not', (t) => {
	for (const exchange of [CART, GRPC_GET, {}, { request: {}, response: { reason: '' } }]) {
		t.deepEqual(json(wire.Exchange.decode(wire.Exchange.encode(exchange).finish())), json(exchange));
	}
});

test('an empty value is empty and an unknown one is unknown', (t) => {
	const headers = [{ name: 'x-empty', value: '' }, { name: 'x-unsaid' }];
	const exchange = wire.Exchange.decode(wire.Exchange.encode({ request: { headers, path: '' } }).finish());
	t.deepEqual(json(exchange).request.headers, [
		{ name: 'x-empty', value: '' },
		{ name: 'x-unsaid', unknown: true },
	]);
	t.is(json(exchange).request.path, '');
});

test('a name that cannot be known is null', (t) => {
	const headers = [{ value: 'x' }, { name: '', redacted: true }, { unknown: true }];
	const exchange = wire.Exchange.decode(wire.Exchange.encode({ request: { headers } }).finish());
	t.deepEqual(json(exchange).request.headers, [
		{ name: null, value: 'x' },
		{ name: null, redacted: true },
		{ name: null, unknown: true },
	]);
});

test('messages of each direction, where they are counted', (t) => {
	const { MessageKind } = wire;
	const unary = { counts: [{ kind: MessageKind.MESSAGE_KIND_GRPC, count: 3, bytes: 120 }] };
	const text = { kind: MessageKind.MESSAGE_KIND_TEXT, count: 2, bytes: 9, compressed: 1 };
	const frames = { counts: [text, { kind: MessageKind.MESSAGE_KIND_PONG }], inexact: true, closeCode: 1001 };
	const exchange = { request: { messages: unary }, response: { messages: frames } };
	const { request, response } = json(wire.Exchange.decode(wire.Exchange.encode(exchange).finish()));
	t.deepEqual(request.messages, { kinds: [{ kind: 'grpc', count: 3, bytes: 120, compressed: 0 }], exact: true });
	t.deepEqual(response.messages, {
		kinds: [
			{ kind: 'text', count: 2, bytes: 9, compressed: 1 },
			{ kind: 'pong', count: 0, bytes: 0, compressed: 0 },
		],
		exact: false,
		closeCode: 1001,
	});
	const open = { counts: [{ kind: MessageKind.MESSAGE_KIND_BINARY }] };
	t.is(json({ request: { messages: open } }).request.messages.closeCode, null);
	const kinds = [1, 2, 3, 4, 5, 6, 99].map((kind) => ({ kind }));
	t.deepEqual(
		json({ request: { messages: { counts: kinds } } }).request.messages.kinds.map(({ kind }: { kind: string }) => kind),
		['grpc', 'text', 'binary', 'ping', 'pong', 'event', null],
	);
	t.false('messages' in json(CART).request);
	t.false('messages' in json(CART).response);
});

test('the facts of HTTP/2 and gRPC, where there are any', (t) => {
	const exchange = {
		pushed: true,
		request: { connectProtocol: 'websocket', grpcTimeoutNanos: 250_000_000 },
		reset: { errorCode: 8, bySource: true },
		end: wire.End.END_RESET,
	};
	const value = json(wire.Exchange.decode(wire.Exchange.encode(exchange).finish()));
	t.is(value.pushed, true);
	t.is(value.request.connectProtocol, 'websocket');
	t.deepEqual(value.request.grpc, { timeoutNanos: 250_000_000 });
	t.deepEqual(value.reset, { code: 8, name: 'CANCEL', by: 'source' });
	for (const key of ['pushed', 'reset']) t.false(key in json(CART), key);
	for (const key of ['connectProtocol', 'grpc']) t.false(key in json(CART).request, key);
	// RFC 9113, section 7.
	const names = [
		...['NO_ERROR', 'PROTOCOL_ERROR', 'INTERNAL_ERROR', 'FLOW_CONTROL_ERROR', 'SETTINGS_TIMEOUT', 'STREAM_CLOSED'],
		...['FRAME_SIZE_ERROR', 'REFUSED_STREAM', 'CANCEL', 'COMPRESSION_ERROR', 'CONNECT_ERROR', 'ENHANCE_YOUR_CALM'],
		...['INADEQUATE_SECURITY', 'HTTP_1_1_REQUIRED', null],
	];
	for (const [code, name] of names.entries()) {
		const reset = { errorCode: code };
		const decoded = wire.Exchange.decode(wire.Exchange.encode({ reset }).finish());
		t.deepEqual(json(decoded).reset, { code, name, by: 'destination' });
	}
});

test('bodies come without their content codings', (t) => {
	const body = (content: Uint8Array, value: string, truncated = false) =>
		json({ response: { headers: [{ name: 'content-encoding', value }], body: { content, truncated }, bodyBytes: 25 } })
			.response;
	const gzip = gzipSync('hello');
	t.deepEqual(body(gzip, 'gzip').body, { text: 'hello', decoded: 'gzip' });
	t.is(body(gzip, 'gzip').bodyBytes, 25, 'as it passed');
	t.deepEqual(body(gzipSync(Uint8Array.of(0xff)), 'gzip').body, { base64: '/w==', decoded: 'gzip' });
	t.deepEqual(body(gzip.subarray(0, -8), 'gzip', true).body, { text: 'hello', truncated: true, decoded: 'gzip' });
	t.deepEqual(body(Buffer.from('hello'), 'gzip').body, {
		base64: 'aGVsbG8=',
		decodeError: 'gzip: incorrect header check',
	});
	t.deepEqual(body(Buffer.from('hello'), 'compress').body, {
		base64: 'aGVsbG8=',
		decodeError: 'unknown content coding compress',
	});
});

test('ends that are no pods have the names that are known', (t) => {
	const names = new AddressNames();
	const ip = (last: number) => Uint8Array.of(198, 18, 0, last);
	names.learn([
		{ ip: ip(1), kind: EndpointKind.ENDPOINT_KIND_REMOTE },
		{ ip: ip(2), kind: EndpointKind.ENDPOINT_KIND_SERVICE, namespace: 'shop', name: 'backend' },
		{ ip: ip(3), kind: EndpointKind.ENDPOINT_KIND_POD, name: 'x' },
	]);
	const end = (last: number) => json({ source: { ip: ip(last), port: 1 } }, { tap: '', pod: null, names }).source;
	t.deepEqual(end(1), { ip: '198.18.0.1', port: 1, kind: 'remote' });
	t.deepEqual(end(2), { ip: '198.18.0.2', port: 1, kind: 'service', namespace: 'shop', name: 'backend' });
	t.deepEqual(end(3), { ip: '198.18.0.3', port: 1, kind: 'pod', namespace: null, name: 'x', workload: null });
	t.deepEqual(end(4), { ip: '198.18.0.4', port: 1, kind: null });
});

test('IPv6 as RFC 5952 writes it', (t) => {
	// Sections 4.2.1 to 4.2.3: the longest run, the first of equal ones, and no run of one group.
	const cases: [number[], string][] = [
		[[0x2001, 0xdb8, 0, 0, 0, 0, 2, 1], '2001:db8::2:1'],
		[[0x2001, 0xdb8, 0, 1, 1, 1, 1, 1], '2001:db8:0:1:1:1:1:1'],
		[[0x2001, 0, 0, 1, 0, 0, 0, 1], '2001:0:0:1::1'],
		[[0x2001, 0xdb8, 0, 0, 1, 0, 0, 1], '2001:db8::1:0:0:1'],
		[[0, 0, 0, 0, 0, 0, 0, 1], '::1'],
		[[0xfe80, 0, 0, 0, 0xa, 0xb, 0xc, 0xd], 'fe80::a:b:c:d'],
	];
	for (const [groups, text] of cases) {
		const ip = Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
		t.is(json({ destination: { ip, port: 80 } }).destination.ip, text);
	}
});

test('bodies: text, base64, and characters cut in the middle', (t) => {
	const body = (bytes: number[], truncated = false) =>
		json({ response: { body: { content: Uint8Array.from(bytes), truncated } } }).response.body;
	t.deepEqual(body([]), { text: '' });
	t.deepEqual(body([0x68, 0x69]), { text: 'hi' });
	t.deepEqual(body([0xff, 0xfe, 0x00]), { base64: '//4A' });
	t.deepEqual(body([0xef, 0xbb, 0xbf, 0x61]), { text: '\ufeffa' });
	// U+20AC is e2 82 ac.
	t.deepEqual(body([0x61, 0xe2, 0x82], true), { text: 'a', truncated: true });
	t.deepEqual(body([0x61, 0xe2, 0x82]), { base64: 'YeKC' });
	t.deepEqual(body([0x61, 0xe2, 0x82, 0xac], true), { text: 'a€', truncated: true });
	t.deepEqual(body([0x61, 0xac], true), { base64: 'Yaw=', truncated: true });
});

test('ends, causes and protocols by the names of the contract', (t) => {
	const ends = ['open', 'complete', 'reset', 'closed', 'upgraded', 'detached'];
	t.deepEqual(
		ends.map((_, index) => json({ end: index + 1 }).end),
		ends,
	);
	const missing = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] as (typeof Missing.MISSING_TRUNCATED)[];
	t.deepEqual(json({ missing }).missing, [
		'joined-late',
		'lost-packets',
		'truncated',
		'reordered-too-long',
		'malformed',
		'no-request',
		'no-response',
		'unknown-headers',
		'headers-too-large',
		'memory-full',
		'too-many-streams',
		'too-deep-pipeline',
		'too-many-informational',
		'evicted',
		'idle',
	]);
	t.deepEqual(
		[1, 2, 3].map((protocol) => json({ protocol }).protocol),
		['HTTP/1.0', 'HTTP/1.1', 'HTTP/2'],
	);
	t.deepEqual(
		[1, 2, 3].map((direction) => json({ direction }).direction),
		['inbound', 'outbound', 'internal'],
	);
});

test('one line that no terminal obeys, with the same value for programs', (t) => {
	const path = '/\u009b31m\u202e\u2066\u2028\ufeff\u007f\u001b\n"\\\ud800';
	const line = jsonFormat.format({ request: { path } }, context());
	t.is(JSON.parse(line).request.path, path);
	// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
	t.notRegex(line.slice(0, -1), /[\u0000-\u001f\u007f-\u009f\u2028\u202e\u2066\ufeff]/);
});
