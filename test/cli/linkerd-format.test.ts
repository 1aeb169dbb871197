import test from 'ava';
import { LinkerdFormat } from '../../src/cli/linkerd-format.ts';
import { LinkerdJsonFormat } from '../../src/cli/linkerd-json-format.ts';
import { MAX_OPEN_EXCHANGES } from '../../src/client/open-exchanges.ts';
import { wire } from '../../src/messaging/wire.ts';
import { BACKEND, CART, CHECKOUT, context, EVENTS, type Exchange, FRONTEND, GRPC_GET } from './exchanges.ts';

const { Direction, End, Missing } = wire;

/** Every event of the records, in order, as one format that goes on tells them. */
function lines(...records: Exchange[]): string[] {
	const format = new LinkerdFormat();
	return records.flatMap((record) => format.format(record, context(), false).split('\n').slice(0, -1));
}

/** biome-ignore lint/suspicious/noExplicitAny: what a program that reads the output gets */
function objects(...records: Exchange[]): any[] {
	const format = new LinkerdJsonFormat();
	return records
		.flatMap((record) => format.format(record, context(), false).split('\n').slice(0, -1))
		.map((line) => JSON.parse(line));
}

// 7f3a0001 is 2134507521, 020304ff is 33752319.
const CART_FLOW = 'id=2134507521:33752319 proxy=out src=198.18.11.3:43210 dst=198.18.12.3:8080 tls=';

test('three lines for an exchange, with latencies in microseconds', (t) => {
	t.deepEqual(lines(CART), [
		`req ${CART_FLOW} :method=GET :authority=backend :path=/api/cart?id=7`,
		`rsp ${CART_FLOW} :status=200 latency=12400µs`,
		// 13.1 ms - 12.4 ms
		`end ${CART_FLOW} duration=700µs response-length=1203B`,
	]);
});

test('whole microseconds, also beyond a second', (t) => {
	const slow = { ...CART, firstResponseByteNanos: 2_000_001_999, durationNanos: 5_000_000_000 };
	t.regex(lines(slow)[1] ?? '', / latency=2000001µs$/);
	t.regex(lines(slow)[2] ?? '', / duration=2999998µs response-length=1203B$/);
});

test('inbound is padded, and another direction is unknown', (t) => {
	t.regex(
		lines(CHECKOUT)[0] ?? '',
		/^req id=0:2 proxy=in {2}src=198\.18\.10\.9:51000 dst=198\.18\.11\.3:8080 tls= :method=POST /,
	);
	const internal = { ...CART, direction: Direction.DIRECTION_INTERNAL };
	t.regex(lines(internal)[0] ?? '', / proxy=\?\?\? src=/);
	t.is(objects(internal)[0].proxyDirection, 'UNKNOWN');
});

test('IPv6 in brackets, and TLS by its word', (t) => {
	const ip = Uint8Array.of(0x20, 0x01, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
	const [request] = lines({ ...CART, tls: true, source: { ip, port: 4 }, destination: { ip: FRONTEND, port: 5 } });
	t.regex(request ?? '', / src=\[2001:2::1\]:4 dst=198\.18\.11\.3:5 tls=true :method/);
	t.is(objects({ ...CART, source: { ip, port: 4 } })[0].source.ip, '2001:2::1');
});

test("gRPC's status by Go's names", (t) => {
	t.regex(lines(GRPC_GET)[2] ?? '', /^end id=0:3 .* tls= grpc-status=NotFound response-length=64B$/);
	// google.golang.org/grpc/codes, String
	const names = [
		...['OK', 'Canceled', 'Unknown', 'InvalidArgument', 'DeadlineExceeded', 'NotFound', 'AlreadyExists'],
		...['PermissionDenied', 'ResourceExhausted', 'FailedPrecondition', 'Aborted', 'OutOfRange', 'Unimplemented'],
		...['Internal', 'Unavailable', 'DataLoss', 'Unauthenticated', 'Code(17)'],
	];
	for (const [code, name] of names.entries()) {
		const [, , end] = lines({ ...GRPC_GET, response: { status: 200, grpc: { code } } });
		t.true(end?.includes(` grpc-status=${name}`), end);
	}
});

test('a stream that was reset, before and after its response began', (t) => {
	const reset = { ...GRPC_GET, end: End.END_RESET, reset: { errorCode: 8 } };
	t.regex(lines(reset)[2] ?? '', / tls= reset-error=8 response-length=64B$/);
	const unanswered = { ...reset, response: null, firstResponseByteNanos: null };
	t.deepEqual(
		lines(unanswered).map((line) => line.replace(/ id=.* tls=/, '')),
		['req :method=POST :authority= :path=/shop.Cart/Get', 'end reset-error=8 response-length=0B'],
	);
	t.is(objects(reset)[2].responseEndEvent.resetErrorCode, 8);
	t.false('resetErrorCode' in objects(GRPC_GET)[2].responseEndEvent);
});

test('what is not known is not told', (t) => {
	const events = (exchange: Exchange) => lines(exchange).map((line) => line.slice(0, 3));
	t.deepEqual(events({ ...CART, request: null, missing: [Missing.MISSING_NO_REQUEST] }), ['rsp', 'end']);
	const unanswered = { ...CART, response: null, end: End.END_CLOSED, missing: [Missing.MISSING_NO_RESPONSE] };
	t.deepEqual(events(unanswered), ['req']);
	t.deepEqual(events({ ...CART, end: End.END_DETACHED }), ['req', 'rsp']);
	t.deepEqual(events({}), []);
	const untimed = { ...CART, firstResponseByteNanos: null, response: { status: 200 } };
	t.deepEqual(lines(untimed).slice(1), [`rsp ${CART_FLOW} :status=200`, `end ${CART_FLOW}`]);
	const json = objects(untimed);
	t.is(json[1].responseInitEvent.sinceRequestInit, null);
	t.is(json[2].responseEndEvent.sinceResponseInit, null);
	t.is(json[2].responseEndEvent.responseBytes, null);
});

test('each event of an open exchange once, as soon as it is known', (t) => {
	const waiting = { ...EVENTS, response: null };
	const ended = { ...EVENTS, end: End.END_COMPLETE, response: { status: 200, bodyBytes: 7 } };
	const events = lines(waiting, waiting, EVENTS, EVENTS, CHECKOUT, ended).map((line) => line.slice(0, 10));
	t.deepEqual(events, [...['req id=0:4', 'rsp id=0:4'], ...['req id=0:2', 'rsp id=0:2', 'end id=0:2'], 'end id=0:4']);
	t.is(objects(waiting, EVENTS, ended).length, 3);
	// An id may come again in another capture file.
	t.is(lines(EVENTS, ended, EVENTS, ended).length, 6);
});

test('of more open exchanges than can be remembered the oldest is told anew', (t) => {
	const format = new LinkerdFormat();
	const open = (number: number) => {
		const id = new Uint8Array(8);
		new DataView(id.buffer).setUint32(4, number);
		return format.format({ ...EVENTS, id }, context(), false);
	};
	for (let number = 0; number <= MAX_OPEN_EXCHANGES; ++number) open(number);
	t.is(open(1), '');
	t.regex(open(0), /^req id=0:0 /);
});

test('nothing in a value breaks a line', (t) => {
	const [request] = lines({ ...CART, request: { method: 'GET', path: '/a\nend id=1:1\u001b[2J' } });
	t.regex(request ?? '', / :path=\/a\\nend id=1:1\\x1b\[2J$/);
});

test('three objects for an exchange: the fields and their order', (t) => {
	const exchange: Exchange = {
		...CART,
		firstResponseByteNanos: 1_012_400_000,
		durationNanos: 3_000_000_000,
		response: {
			...CART.response,
			headers: [{ name: 'x-name', value: 'wörd' }],
			trailers: [{ name: 'grpc-status', value: '5' }],
			grpc: { code: 5 },
			body: { content: Buffer.from('not shown') },
		},
	};
	const format = new LinkerdJsonFormat();
	const id = '"id":{"base":2134507521,"stream":33752319}';
	const flow =
		'{"source":{"ip":"198.18.11.3","port":43210,"metadata":{"deployment":"frontend","namespace":"shop","node":"node1","pod":"frontend-7d4-x2x"}},' +
		'"destination":{"ip":"198.18.12.3","port":8080,"metadata":{"deployment":"backend","namespace":"shop","pod":"backend-5f-abc"}},' +
		'"routeMeta":null,"proxyDirection":"OUTBOUND",';
	t.deepEqual(format.format(exchange, context(), false).split('\n'), [
		`${flow}"requestInitEvent":{${id},"method":"GET","scheme":"HTTP","authority":"backend","path":"/api/cart?id=7","headers":[{"name":"accept","valueStr":"*/*"},{"name":"authorization"},{"name":"x-id"}]}}`,
		// base64 of 77 c3 b6 72 64
		`${flow}"responseInitEvent":{${id},"sinceRequestInit":{"seconds":1,"nanos":12400000},"httpStatus":200,"headers":[{"name":"x-name","valueBin":"d8O2cmQ="}]}}`,
		`${flow}"responseEndEvent":{${id},"sinceRequestInit":{"seconds":3},"sinceResponseInit":{"seconds":1,"nanos":987600000},"responseBytes":1203,"trailers":[{"name":"grpc-status","valueStr":"5"}],"grpcStatusCode":5}}`,
		'',
	]);
});

test('nothing known of an end, no headers, no time', (t) => {
	const [request, response, end] = objects({
		...CHECKOUT,
		source: { ip: BACKEND, port: 1 },
		destination: { ip: Uint8Array.of(198, 18, 99, 9), port: 2 },
		firstResponseByteNanos: 0,
		durationNanos: 0,
	});
	t.deepEqual(request.destination, { ip: '198.18.99.9', port: 2, metadata: null });
	t.is(request.requestInitEvent.headers, null);
	t.deepEqual(response.responseInitEvent.sinceRequestInit, {});
	t.is(end.responseEndEvent.trailers, null);
	t.is(end.responseEndEvent.grpcStatusCode, 0);
});

test('a header whose name cannot be known is not told', (t) => {
	const headers = [{ value: 'x' }, { name: 'a', value: 'b' }];
	t.deepEqual(objects({ ...CART, request: { method: 'GET', headers } })[0].requestInitEvent.headers, [
		{ name: 'a', valueStr: 'b' },
	]);
});
