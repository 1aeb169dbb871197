import { gzipSync } from 'node:zlib';
import test from 'ava';
import picocolors from 'picocolors';
import type { TextFormatOptions } from '../../src/cli/exchange-format.ts';
import { LineFormat } from '../../src/cli/line-format.ts';
import { WIDE_COLUMNS, WideFormat } from '../../src/cli/wide-format.ts';
import { AddressNames } from '../../src/messaging/address-names.ts';
import { wire } from '../../src/messaging/wire.ts';
import { CART, CHECKOUT, context, EVENTS, type Exchange, GRPC_GET } from './exchanges.ts';

const { End, Missing, Direction } = wire;
const plain: TextFormatOptions = {
	colours: picocolors.createColors(false),
	utc: true,
	columns: 160,
	headers: false,
	bodies: false,
};

function lines(exchanges: readonly Exchange[], options: Partial<TextFormatOptions> = {}): string[] {
	const format = new LineFormat({ ...plain, ...options });
	return exchanges
		.map((exchange) => format.format(exchange, context(), false))
		.join('')
		.split('\n')
		.slice(0, -1);
}

function line(exchange: Exchange, options: Partial<TextFormatOptions> = {}): string {
	return lines([exchange], options).join('\n');
}

// The third line of the sample has one space less than its own columns; here it is under the others.
test("the documents' sample, character by character", (t) => {
	t.deepEqual(lines([CART, CHECKOUT, GRPC_GET, EVENTS]), [
		'21:04:05.123  frontend-7d4-x2x → backend:80 (backend-5f-abc)  GET  /api/cart?id=7  200  12.4ms  1.2kB',
		'21:04:05.130  ingress-6c-9pq → frontend-7d4-x2x               POST /checkout       503   1.20s    88B',
		'21:04:05.310  frontend-7d4-x2x → grpc.shop:9000               POST /shop.Cart/Get  200   3.1ms    64B  grpc=NOT_FOUND',
		'21:04:06.002  frontend-7d4-x2x → backend:80 (backend-5f-abc)  GET  /events         200  open…',
	]);
});

test('a CONNECT shows whom it asks to be connected with, other requests nothing in place of a path', (t) => {
	const { request } = CART;
	const tunnel = { ...request, method: 'CONNECT', authority: 'db.shop:5432', path: null };
	t.regex(line({ ...CART, request: tunnel }), / CONNECT db\.shop:5432 +200 /);
	t.regex(line({ ...CART, request: { ...tunnel, authority: null } }), / CONNECT \? +200 /);
	t.regex(line({ ...CART, request: { ...tunnel, method: 'GET' } }), / GET {2}\? +200 /);
});

test('ends without names are addresses, IPv6 in brackets before a port', (t) => {
	const ipv6 = Uint8Array.of(0x20, 0x01, 0, 2, ...new Array(11).fill(0), 9);
	const exchange = {
		...CART,
		source: { ip: Uint8Array.of(198, 18, 0, 1), port: 40000 },
		destination: { ip: ipv6, port: 8080 },
	};
	t.regex(line(exchange), / {2}198\.18\.0\.1 → \[2001:2::9\]:8080 {2}GET/);
	t.regex(
		line({ ...exchange, destination: { ip: ipv6, port: 8080, via: { ip: ipv6, port: 80 } } }),
		/→ \[2001:2::9\]:80 \(2001:2::9\) {2}GET/,
	);
	t.regex(
		line({ ...CART, direction: Direction.DIRECTION_INBOUND, destination: { ip: ipv6, port: 1 } }),
		/→ \[2001:2::9\]:1 /,
	);
	t.regex(line({ ...CART, source: null, destination: null }), / {2}\? → \? /);
	t.regex(line({ ...CART, source: { ip: ipv6, port: 5 } }), / {2}2001:2::9 → backend:80/);
});

test('what was not seen is said, and never looks like a value', (t) => {
	t.is(
		line({
			...CART,
			response: null,
			firstResponseByteNanos: null,
			end: End.END_CLOSED,
			missing: [Missing.MISSING_NO_RESPONSE],
		}),
		'21:04:05.123  frontend-7d4-x2x → backend:80 (backend-5f-abc)  GET  /api/cart?id=7    -       -      -  (connection closed, response not seen)',
	);
	t.regex(
		line({ ...CART, request: null, missing: [Missing.MISSING_NO_REQUEST, Missing.MISSING_JOINED_LATE] }),
		/\? {4}\? {8} 200 .*\(request not seen, joined late\)$/,
	);
	t.regex(
		line({ ...CART, end: End.END_RESET, missing: [Missing.MISSING_LOST_PACKETS] }),
		/ {2}\(reset, lost packets\)$/,
	);
	t.regex(line({ ...CART, end: End.END_UPGRADED }), / {2}\(upgraded\)$/);
	t.regex(line({ ...CART, end: End.END_DETACHED }), / {2}\(tap ended first\)$/);
	t.regex(
		line({ ...CART, end: End.END_DETACHED, missing: [Missing.MISSING_MALFORMED] }),
		/ {2}\(not followed further, malformed\)$/,
	);
});

test('an open exchange that ended has a line of its own with how long it took', (t) => {
	const format = new LineFormat(plain);
	const end = {
		...EVENTS,
		end: End.END_COMPLETE,
		durationNanos: 72_000_000_000,
		response: { status: 200, bodyBytes: 0 },
	};
	t.regex(format.format(end, context(), true), / {2}4\.0ms {5}0B {2}\(ended after 1m12s\)\n$/);
});

test('gRPC statuses: OK, named, and numbers that gRPC does not define', (t) => {
	const grpc = (status: object) => line({ ...GRPC_GET, response: { status: 200, grpc: status } });
	t.regex(grpc({}), / {2}grpc=OK$/);
	t.regex(grpc({ code: 14 }), / {2}grpc=UNAVAILABLE$/);
	t.regex(grpc({ code: 99 }), / {2}grpc=99$/);
});

const { MessageKind } = wire;
const counted = (...counts: [kind: number, count: number][]) => ({
	counts: counts.map(([kind, count]) => ({ kind, count })),
});

test('messages: what is out of the ordinary of gRPC, WebSockets and events', (t) => {
	const shown = (up: object | null, down: object | null, more: object = {}) => {
		const exchange = { ...EVENTS, request: { method: 'GET', path: '/', messages: up } };
		const text = line({ ...exchange, response: { status: 200, messages: down }, ...more });
		return /open…(?: {2}(.*))?$/.exec(text)?.[1] ?? '';
	};
	const grpc = (count: number) => counted([MessageKind.MESSAGE_KIND_GRPC, count]);
	t.is(shown(null, null), '');
	t.is(shown(grpc(1), grpc(1)), '');
	t.is(shown(grpc(1), grpc(0)), '');
	t.is(shown(grpc(1), null), '');
	t.is(shown(grpc(3), grpc(120)), 'sent=3 received=120');
	t.is(shown(grpc(1), grpc(2)), 'sent=1 received=2');
	t.is(shown(grpc(2), null), 'sent=2');
	t.is(shown({ ...grpc(1), inexact: true }, grpc(1)), 'sent=1+ received=1');
	const webSocket = (text: number, binary: number, closeCode?: number) => ({
		...counted(
			[MessageKind.MESSAGE_KIND_TEXT, text],
			[MessageKind.MESSAGE_KIND_BINARY, binary],
			[MessageKind.MESSAGE_KIND_PING, 50],
		),
		closeCode,
	});
	t.is(shown(webSocket(0, 0), webSocket(0, 0)), 'sent=0 received=0');
	t.is(shown(webSocket(1, 2), webSocket(100, 20)), 'sent=3 received=120');
	t.is(shown(webSocket(1, 0, 1000), webSocket(1, 0, 1000)), 'sent=1 received=1');
	t.is(shown(webSocket(1, 0, 1001), webSocket(1, 0, 1001)), 'sent=1 received=1 close=1001');
	t.is(shown(webSocket(1, 0), webSocket(1, 0, 4000)), 'sent=1 received=1 close=4000');
	t.is(shown(null, counted([MessageKind.MESSAGE_KIND_EVENT, 12])), 'events=12');
	t.is(shown(null, { ...counted([MessageKind.MESSAGE_KIND_EVENT, 0]), inexact: true }), 'events=0+');
});

test('how HTTP/2 reset a stream, and what was pushed', (t) => {
	const reset = (errorCode: number, more: object = {}) =>
		line({ ...CART, end: End.END_RESET, reset: { errorCode, bySource: true }, ...more });
	t.regex(reset(8), /kB {2}reset=CANCEL$/);
	t.regex(reset(7), /kB {2}reset=REFUSED_STREAM$/);
	t.regex(reset(0xfe), /kB {2}reset=0xfe$/);
	t.regex(reset(8, { missing: [Missing.MISSING_LOST_PACKETS] }), / {2}reset=CANCEL {2}\(lost packets\)$/);
	t.regex(line({ ...CART, pushed: true }), /kB {2}pushed$/);
	const streaming = {
		...GRPC_GET,
		end: End.END_RESET,
		reset: { errorCode: 8 },
		response: { status: 200, grpc: { code: 1 }, messages: counted([MessageKind.MESSAGE_KIND_GRPC, 7]) },
	};
	t.regex(line(streaming), / {2}grpc=CANCELLED {2}received=7 reset=CANCEL$/);
	const wide = (exchange: Exchange) => new WideFormat(plain).format(exchange, context(), false);
	t.regex(wide(streaming), / {2}reset {5}grpc=CANCELLED stream=5 received=7 reset=CANCEL reset-by=destination\n$/);
	t.regex(wide({ ...CART, request: { connectProtocol: 'websocket' } }), / connect=websocket\n$/);
});

test('latencies and sizes in three figures', (t) => {
	const measured = (firstResponseByteNanos: number, bodyBytes: number) => {
		const shown = line({ ...CART, firstResponseByteNanos, response: { status: 200, bodyBytes } });
		return /200 +(\S+) +(\S+)$/.exec(shown)?.slice(1).join(' ');
	};
	t.is(measured(640_400, 0), '640µs 0B');
	t.is(measured(999_499, 999), '999µs 999B');
	t.is(measured(999_600, 1000), '1.0ms 1.0kB');
	t.is(measured(99_940_000, 99_900), '99.9ms 99.9kB');
	t.is(measured(99_960_000, 99_960), '100ms 100kB');
	t.is(measured(999_600_000, 999_600), '1.00s 1.0MB');
	t.is(measured(12_340_000_000, 300_000_000), '12.3s 300MB');
	t.is(measured(60_000_000_000, 1_500_000_000), '1m00s 1.5GB');
	t.is(measured(3_725_000_000_000, 2 ** 50), '1h02m 1.1PB');
});

test('nothing from the wire reaches the terminal as a command', (t) => {
	const path = '/a\u001b[2J\u009b1m\u202eb\u2066\u200f\ufeff\u007f\r\n\t\ud800c';
	const shown = line({ ...CART, request: { method: 'GET\u0007', path } });
	t.true(shown.includes('GET\\x07 /a\\x1b[2J\\x9b1m\\u202eb\\u2066\\u200f\\ufeff\\x7f\\r\\n\\t\\ud800c '), shown);
	const names = new AddressNames();
	names.learn([{ ip: CART.source?.ip ?? null, kind: 1, name: 'evil\u001b]0;x' }]);
	const format = new LineFormat(plain);
	t.true(format.format(CART, { tap: '', pod: null, names }, false).includes('evil\\x1b]0;x → '));
	const header = {
		...CART,
		request: { method: 'GET', path: '/', headers: [{ name: 'x\u0008', value: '\u001b[31mred' }] },
	};
	t.true(line(header, { headers: true }).includes('\n  > x\\x08: \\x1b[31mred\n'));
});

test('wide characters count as two columns', (t) => {
	const shown = lines([
		{ ...CART, request: { method: 'GET', path: '/商店' } },
		{ ...CART, request: { method: 'GET', path: '/shop' } },
	]);
	// /商店 is five columns wide and the column begins with eight.
	t.regex(shown[0] ?? '', /GET {2}\/商店 {3} {2}200/);
	t.regex(shown[1] ?? '', /GET {2}\/shop {3} {2}200/);
});

test('columns grow up to a share of the terminal and never beyond', (t) => {
	const long = `/${'x'.repeat(60)}`;
	for (const { columns, most } of [
		{ columns: 80, most: 24 },
		{ columns: 200, most: 60 },
	]) {
		const shown = lines(
			[
				{ ...CART, request: { method: 'GET', path: `/${'y'.repeat(most - 1)}` } },
				{ ...CART, request: { method: 'GET', path: long } },
				{ ...CART, request: { method: 'GET', path: '/' } },
			],
			{ columns },
		);
		const path = (index: number) => /GET {2}(\S+ *) {2}200/.exec(shown[index] ?? '')?.[1];
		t.is(path(0)?.length, most);
		t.is(path(1), long);
		t.is(path(2), '/'.padEnd(most));
	}
});

test('headers and bodies are indented under their line', (t) => {
	const exchange: Exchange = {
		...CART,
		request: {
			...CART.request,
			body: { content: Buffer.from('a=1\r\nb=2\n') },
			trailers: [{ name: 'x-end', value: '1' }],
		},
		response: {
			status: 200,
			headers: [{ name: 'content-type', value: 'text/plain' }],
			bodyBytes: 12_000,
			// The first four of the five bytes of 'wörd': the character is whole.
			body: { content: Buffer.from('wörd').subarray(0, 4), truncated: true },
		},
	};
	t.deepEqual(line(exchange, { headers: true, bodies: true }).split('\n').slice(1), [
		'  > accept: */*',
		'  > authorization: (redacted)',
		'  > x-id: (unknown)',
		'  > ',
		'  > a=1',
		'  > b=2',
		'  > x-end: 1',
		'  < 100',
		'  < content-type: text/plain',
		'  < ',
		'  < wör',
		'  < (the first 4 bytes of 12,000 bytes)',
	]);
	t.deepEqual(line(exchange, { bodies: true }).split('\n').slice(1), [
		'  > ',
		'  > a=1',
		'  > b=2',
		'  < ',
		'  < wör',
		'  < (the first 4 bytes of 12,000 bytes)',
	]);
	const binary = { ...CART, response: { status: 200, bodyBytes: 3, body: { content: Uint8Array.of(0xff, 0, 1) } } };
	t.is(line(binary, { bodies: true }).split('\n').at(-1), '  < (3 bytes that are not text; -o json has them)');
});

test('names that cannot be known, and bodies without their content codings', (t) => {
	const shown = (content: Uint8Array, value: string, truncated = false) =>
		line(
			{
				...CART,
				response: { headers: [{ name: 'content-encoding', value }], bodyBytes: 900, body: { content, truncated } },
			},
			{ bodies: true },
		)
			.split('\n')
			.slice(1);
	t.deepEqual(
		line({ ...CART, request: { headers: [{ redacted: true }, { value: 'x' }] } }, { headers: true })
			.split('\n')
			.slice(1),
		['  > ?: (redacted)', '  > ?: x', '  < 100'],
	);
	const gzip = gzipSync('a=1\nb=2\n');
	t.deepEqual(shown(gzip, 'gzip'), ['  < ', '  < a=1', '  < b=2', '  < (decoded from gzip)']);
	t.deepEqual(shown(gzip.subarray(0, -8), 'gzip', true), [
		'  < ',
		'  < a=1',
		'  < b=2',
		`  < (decoded from gzip; the first ${gzip.length - 8} bytes of 900 bytes)`,
	]);
	t.deepEqual(shown(gzip.subarray(0, -8), 'gzip').at(-1), '  < (decoded from gzip; gzip: its end is missing)');
	t.deepEqual(shown(gzipSync(Uint8Array.of(0xff, 0xfe)), 'gzip'), [
		'  < ',
		'  < (decoded from gzip; 2 bytes that are not text; -o json has them)',
	]);
	t.deepEqual(shown(Uint8Array.of(0xff), 'br'), [
		'  < ',
		'  < (br: Decompression failed; 900 bytes that are not text; -o json has them)',
	]);
	t.deepEqual(shown(Buffer.from('text'), 'odd\u009b'), ['  < ', '  < text', '  < (unknown content coding odd\\x9b)']);
});

test('colours: the status by its class, and nothing without colours', (t) => {
	const colours = picocolors.createColors(true);
	const status = (code: number) => line({ ...CART, response: { status: code } }, { colours });
	t.true(status(204).includes('\u001b[32m204\u001b[39m'));
	t.true(status(301).includes('\u001b[36m301\u001b[39m'));
	t.true(status(404).includes('\u001b[33m404\u001b[39m'));
	t.true(status(500).includes('\u001b[31m500\u001b[39m'));
	t.false(line(CART).includes('\u001b'));
});

test('local time unless UTC is asked for', (t) => {
	const local = new Date((CART.startSeconds ?? 0) * 1000);
	const expected = [local.getHours(), local.getMinutes(), local.getSeconds()]
		.map((part) => String(part).padStart(2, '0'))
		.join(':');
	t.true(line(CART, { utc: false }).startsWith(`${expected}.123  `));
});

test('wide has a column for everything', (t) => {
	const format = new WideFormat(plain);
	const cells = format.format(GRPC_GET, context(), false).trimEnd().split(/ {2,}/);
	const byHeading = Object.fromEntries(WIDE_COLUMNS.map(({ heading }, index) => [heading, cells[index]]));
	t.deepEqual(byHeading, {
		START: '21:04:05.310',
		NODE: 'node1',
		POD: 'shop/frontend-7d4-x2x',
		DIRECTION: 'outbound',
		SOURCE: 'frontend-7d4-x2x',
		'SOURCE-ADDRESS': '198.18.11.3:43212',
		DESTINATION: 'grpc.shop:9000',
		'DESTINATION-ADDRESS': '198.18.13.1:9000',
		PROTOCOL: 'HTTP/2',
		AUTHORITY: '?',
		METHOD: 'POST',
		PATH: '/shop.Cart/Get',
		STATUS: '200',
		'FIRST-BYTE': '3.1ms',
		DURATION: '-',
		REQUEST: '-',
		RESPONSE: '64B',
		END: 'complete',
		REMARKS: 'grpc=NOT_FOUND stream=5',
	});
	const missing = format.format(
		{ ...CART, missing: [Missing.MISSING_JOINED_LATE, Missing.MISSING_TRUNCATED] },
		context(),
		false,
	);
	t.true(missing.endsWith('  complete  missing=joined-late,truncated\n'), missing);
});

test('wide lines of different content stay under each other', (t) => {
	const format = new WideFormat(plain);
	const [, first, second] = [CART, CART, CHECKOUT].map((exchange) => format.format(exchange, context(), false));
	t.is(first?.indexOf('HTTP/1.1'), second?.indexOf('HTTP/1.1'));
	t.is(first?.indexOf('complete'), second?.indexOf('complete'));
});
