/** Lines on a terminal: as wide as it is and no wider, under each other, and cut where that loses least. */
import test from 'ava';
import picocolors from 'picocolors';
import stringWidth from 'string-width';
import { cutMiddle } from '../../src/cli/cut-text.ts';
import { LineFormat } from '../../src/cli/line-format.ts';
import { saidLines } from '../../src/cli/said-lines.ts';
import { wire } from '../../src/messaging/wire.ts';
import { CART, CHECKOUT, context, EVENTS, type Exchange, GRPC_GET } from './exchanges.ts';

const { End } = wire;

/** A format on a terminal of so many columns, which may change. */
function terminal(columns: number) {
	const size = { columns };
	const format = new LineFormat({
		colours: picocolors.createColors(false),
		utc: true,
		columns,
		terminalColumns: () => size.columns,
		headers: false,
		bodies: false,
	});
	const line = (exchange: Exchange) => format.format(exchange, context(), false).trimEnd();
	return { size, line };
}

const asking = (path: string): Exchange => ({ ...CART, request: { method: 'GET', path } });
/** Where the status stands. */
const statusAt = (line: string) => stringWidth(line.slice(0, line.indexOf('  200  ')));

test('on a wide terminal nothing is cut', (t) => {
	const { line } = terminal(200);
	t.deepEqual([CART, CHECKOUT, GRPC_GET, EVENTS].map(line), [
		'21:04:05.123  frontend-7d4-x2x → backend:80 (backend-5f-abc)  GET  /api/cart?id=7  200  12.4ms  1.2kB',
		'21:04:05.130  ingress-6c-9pq → frontend-7d4-x2x               POST /checkout       503   1.20s    88B',
		'21:04:05.310  frontend-7d4-x2x → grpc.shop:9000               POST /shop.Cart/Get  200   3.1ms    64B  grpc=NOT_FOUND',
		'21:04:06.002  frontend-7d4-x2x → backend:80 (backend-5f-abc)  GET  /events         200  open…',
	]);
});

test('on 80 columns names and path give, each in its middle; the rest stays', (t) => {
	// 80 − 41 of all else leave 39: 14 for the path, and 25 for the ends, of which the arrow takes 3.
	const { line } = terminal(80);
	t.is(line(CART), '21:04:05.123  front…4-x2x → backe…-abc)  GET  /api/cart?id=7  200  12.4ms  1.2kB');
	// 24 of 80 are what a path may want; the ends keep 21 of 39, which leaves 18.
	const long = line(asking('/a/very/long/path/to/a/resource'));
	t.is(long, '21:04:05.123  fron…-x2x → back…abc)  GET  /a/very/l…resource  200  12.4ms  1.2kB');
	t.is(stringWidth(long), 80);
	t.is(line(CART), '21:04:05.123  fron…-x2x → back…abc)  GET  /api/cart?id=7      200  12.4ms  1.2kB');
});

test('whatever the names and paths, no line is wider than the terminal and all are under each other', (t) => {
	const paths = [
		'/',
		'/商店/カート/注文',
		`/${'x'.repeat(300)}`,
		'/\u{1f469}\u200d\u{1f4bb}/e\u0301',
		'/a\u001b[31m',
		'/api/cart?id=7',
	];
	for (const columns of [70, 80, 100, 120, 200]) {
		const { line } = terminal(columns);
		line(CHECKOUT);
		// Columns have grown once all of it was there.
		for (const path of paths) line(asking(path));
		const lines = paths.map((path) => line(asking(path)));
		for (const each of lines) t.true(stringWidth(each) <= columns, `${columns}: ${each}`);
		const [first, ...others] = lines.filter((each) => stringWidth(each) < columns).map(statusAt);
		for (const other of others) t.is<number | undefined, number | undefined>(other, first, `${columns}`);
	}
});

test('what a line says after its columns is never cut', (t) => {
	const { line } = terminal(80);
	const closed = { ...CART, end: End.END_RESET, response: null, firstResponseByteNanos: null };
	t.regex(line(closed), / {2}- {7}- {6}- {2}\(reset\)$/);
	t.regex(line(GRPC_GET), / {2}grpc=NOT_FOUND$/);
});

test('a terminal that changes its size is followed', (t) => {
	const { size, line } = terminal(80);
	t.regex(line(CART), /front…4-x2x → backe…-abc\)/);
	size.columns = 120;
	t.regex(line(CART), /frontend-7d4-x2x → backend:80 \(backend-5f-abc\) {2}GET {2}\/api\/cart\?id=7 {2}200/);
	size.columns = 80;
	t.regex(line(CART), /front…4-x2x → backe…-abc\)/);
	// Too narrow for anything: it wraps, and says all.
	size.columns = 40;
	t.true(line(CART).includes('frontend-7d4-x2x → backend:80 (backend-5f-abc)'));
});

test('text is cut between characters', (t) => {
	t.is(cutMiddle('abcdefgh', 8), 'abcdefgh');
	t.is(cutMiddle('abcdefgh', 5), 'ab…gh');
	t.is(cutMiddle('abcdefgh', 4), 'ab…h');
	// Of two columns each.
	t.is(cutMiddle('商店商店商店', 7), '商…店');
	t.is(cutMiddle('商店商店商店', 9), '商店…商店');
	// A letter with its accent, and a person of three code points, are one character each.
	t.is(cutMiddle('e\u0301bcdef', 3), 'e\u0301…f');
	t.is(cutMiddle('\u{1f469}\u200d\u{1f4bb}bcdef', 4), '\u{1f469}\u200d\u{1f4bb}…f');
});

test('what is said keeps whole words on a terminal, and its line in a pipe', (t) => {
	const sentence = '  backend-5f-abc:8443 is TLS: 14 connections not shown (podwire check says what can be read)';
	t.deepEqual(saidLines(sentence, undefined), [sentence]);
	t.deepEqual(saidLines(sentence, 200), [sentence]);
	t.deepEqual(saidLines(sentence, 60), [
		'  backend-5f-abc:8443 is TLS: 14 connections not shown',
		'    (podwire check says what can be read)',
	]);
	t.deepEqual(saidLines('one\n  two', 80), ['one', '  two']);
});
