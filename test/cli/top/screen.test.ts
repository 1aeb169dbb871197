import test from 'ava';
import picocolors from 'picocolors';
import stringWidth from 'string-width';
import {
	columnNamed,
	columnsOf,
	percentText,
	type RowView,
	rateText,
	sinceText,
} from '../../../src/cli/top/columns.ts';
import { Ends } from '../../../src/cli/top/ends.ts';
import { type FrameInput, frame } from '../../../src/cli/top/frame.ts';
import { layOut } from '../../../src/cli/top/layout.ts';
import { Routes } from '../../../src/cli/top/routes.ts';
import { filteredRows, rowViews, sortedRows } from '../../../src/cli/top/row-views.ts';
import { pressed, type ScreenContents, type ScreenState } from '../../../src/cli/top/screen-state.ts';
import { COLUMN_NAMES, type ColumnName } from '../../../src/cli/top/table-words.ts';
import { TrafficTable } from '../../../src/cli/top/traffic-table.ts';
import type { Truth } from '../../../src/client/truth.ts';
import { wire } from '../../../src/messaging/wire.ts';
import { CART, CHECKOUT, context, GRPC_GET } from '../exchanges.ts';

const plain = picocolors.createColors(false);
const TRUTH: Truth = {
	pods: 4,
	seen: 3,
	shown: 3,
	filtered: 0,
	unjudged: 0,
	skipped: 0,
	beyondLimit: 0,
	stillOpen: 0,
	losses: [{ words: 'kernel ring full', count: 31 }],
	lost: 31,
	lostExactly: false,
	uncounted: [],
	unreadable: [],
	incomplete: [],
};

const STATE: ScreenState = {
	mode: 'table',
	by: 'route',
	sort: 'count',
	descending: true,
	filter: '',
	paused: false,
	chosen: null,
	scrolled: 0,
};

function shop(): TrafficTable {
	const table = new TrafficTable({ routes: new Routes([]), by: 'route', hideSources: false, keepsLatest: true });
	const ends = new Ends(context().names);
	for (let time = 0; time < 1_234; ++time) table.record(CART, ends, 1_000 + time);
	table.record(CHECKOUT, ends, 4_000);
	table.record(GRPC_GET, ends, 5_000);
	return table;
}

function input(width: number, height: number, more: Partial<FrameInput> = {}): FrameInput {
	const table = shop();
	const rows = rowViews(table, 6_000, () => 20.06);
	const { count, failed } = table;
	const snapshot = { rows, count, failed, perSecond: 206, elapsedMs: 6_000, folded: null, truth: TRUTH };
	const [first] = table.rows;
	const opened = first === undefined ? null : { latest: first.latest.all, latencies: first.latencies };
	return {
		title: 'deploy/frontend in shop',
		snapshot,
		opened,
		hidesSources: false,
		state: STATE,
		remark: 'frontend-7d4-9kq joined (now 4 pods)',
		colours: plain,
		utc: true,
		width,
		height,
		...more,
	};
}

test('200 columns have everything', (t) => {
	const { lines } = frame(input(200, 10));
	t.deepEqual(
		lines.map((line) => line.trimEnd()),
		[
			'deploy/frontend in shop: 4 pods, 6 s, 1,236 exchanges, 206/s, 99.9% success',
			'about 31 lost (kernel ring full 31)   by route   sorted by count ▼',
			' SOURCE          DESTINATION          METHOD ROUTE          COUNT▼   RATE SUCCESS    P50    P95    P99    MAX  LAST',
			'>deploy/frontend deploy/backend:8080  GET    /api/cart       1,234   20.1    100% 12.4ms 12.4ms 12.4ms 12.4ms    3s',
			' ingress-6c-9pq  deploy/frontend:8080 POST   /checkout           1   20.1      0%  1.20s  1.20s  1.20s  1.20s    2s',
			' deploy/frontend grpc.shop:9000       POST   /shop.Cart/Get      1   20.1    100%  3.1ms  3.1ms  3.1ms  3.1ms    1s',
			'',
			'',
			'frontend-7d4-9kq joined (now 4 pods)',
			'? help  / filter  g group  ←→ sort  r reverse  Space pause  Enter open  q quit',
		],
	);
});

test('80 columns have what matters most', (t) => {
	const [, , heading, first] = frame(input(80, 10)).lines;
	t.is(heading?.trimEnd(), ' DESTINATION          METHOD ROUTE          COUNT▼   RATE SUCCESS    P50    P99');
	t.is(first?.trimEnd(), '>deploy/backend:8080  GET    /api/cart       1,234   20.1    100% 12.4ms 12.4ms');
});

test('what is sorted by stays in a narrow terminal', (t) => {
	const { rows } = input(80, 10).snapshot;
	const named = (sort: ColumnName, width: number) =>
		layOut(columnsOf('route', false), rows, sort, width).map(({ column }) => column.name);
	t.deepEqual(named('count', 78), ['destination', 'method', 'route', 'count', 'rate', 'success', 'p50', 'p99']);
	t.true(named('last', 78).includes('last'));
	t.deepEqual(named('max', 40), ['destination', 'route', 'count', 'max']);
	t.deepEqual(
		named('count', 400),
		COLUMN_NAMES.filter((name) => name !== 'status'),
	);
});

test('no line is wider than the terminal, and there are as many as it has rows', (t) => {
	const modes = ['table', 'filter', 'exchanges', 'histogram', 'help'] as const;
	const colours = [plain, picocolors.createColors(true)];
	for (const [width, height] of [
		[200, 50],
		[120, 30],
		[80, 24],
		[40, 12],
		[12, 5],
		[3, 2],
		[1, 1],
	] as const) {
		for (const mode of modes) {
			for (const colour of colours) {
				const all = input(width, height);
				const state = {
					...STATE,
					mode,
					filter: mode === 'filter' ? 'x' : '',
					chosen: all.snapshot.rows[0]?.id ?? null,
				};
				const { lines } = frame({ ...all, state, colours: colour });
				t.is(lines.length, height, `${mode} ${width}x${height}`);
				for (const line of lines) {
					t.not(line, '');
					t.true(stringWidth(line) <= Math.max(width, 1), `${mode} ${width}x${height}: ${line}`);
				}
			}
		}
	}
});

test('names from the wire do not reach the terminal as they are', (t) => {
	const all = input(200, 10);
	const [row] = all.snapshot.rows as [RowView, ...RowView[]];
	const evil = { ...row, route: '/\u001b[2J\u202e', id: 'evil' };
	const { lines } = frame({ ...all, snapshot: { ...all.snapshot, rows: [evil] } });
	t.true(lines.join('').includes('/\\x1b[2J\\u202e'));
	t.false(lines.join('').includes('\u001b'));
});

test('an opened row: its numbers, and its latest exchanges with headers', (t) => {
	const all = input(80, 24);
	const state = { ...STATE, mode: 'exchanges', chosen: all.snapshot.rows[0]?.id ?? null } as const;
	const { lines, contents } = frame({ ...all, state });
	t.deepEqual(
		lines.slice(2, 12).map((line) => line.trimEnd()),
		[
			'GET /api/cart   deploy/frontend → deploy/backend:8080',
			'1,234 exchanges, 20.1/s, 100% success',
			'p50 12.4ms  p95 12.4ms  p99 12.4ms  max 12.4ms',
			'',
			'21:04:05.123  frontend-7d4-x2x → backend-5f-abc:8080  GET /api/cart?id=7  200',
			'      12.4ms',
			'  > accept: */*',
			'  > authorization: (redacted)',
			'  > x-id: (unknown)',
			'',
		],
	);
	// Five of six lines each, on 24 rows without the two above, the four of the row and the two below.
	t.is(contents.scrollable, 5 * 6 - (24 - 2 - 4 - 2));
});

test('its latencies as a histogram', (t) => {
	const all = input(80, 24);
	const state = { ...STATE, mode: 'histogram', chosen: all.snapshot.rows[0]?.id ?? null } as const;
	const { lines } = frame({ ...all, state });
	t.is(lines[4], 'first response byte: p50 12.4ms  p95 12.4ms  p99 12.4ms  max 12.4ms');
	t.regex(lines[6] ?? '', /^ +≤ 20ms █+ +1,234 {3}100%$/);
});

test('rows are filtered by their names, in any case', (t) => {
	const { rows } = input(80, 24).snapshot;
	const routes = (text: string) => filteredRows(rows, text).map(({ route }) => route);
	t.deepEqual(routes('CART'), ['/api/cart', '/shop.Cart/Get']);
	t.deepEqual(routes('ingress'), ['/checkout']);
	t.deepEqual(routes('nothing'), []);
	t.is(routes('').length, 3);
});

test('rows are sorted by a column either way; those without a value come last', (t) => {
	const { rows } = input(80, 24).snapshot;
	const [row] = rows as [RowView, ...RowView[]];
	const some = [
		{ ...row, id: 'b', p99Nanos: 5 },
		{ ...row, id: 'd', p99Nanos: null },
		{ ...row, id: 'c', p99Nanos: 9 },
		{ ...row, id: 'a', p99Nanos: 5 },
	];
	const ids = (descending: boolean) =>
		sortedRows(some, columnNamed('p99'), descending)
			.map(({ id }) => id)
			.join('');
	t.is(ids(true), 'cabd');
	t.is(ids(false), 'abcd');
});

test('a name that several namespaces have is told apart by them', (t) => {
	const table = new TrafficTable({ routes: new Routes([]), by: 'workload', hideSources: false, keepsLatest: false });
	const { names } = context();
	const other = Uint8Array.of(198, 18, 20, 1);
	const kind = wire.EndpointKind.ENDPOINT_KIND_POD;
	names.learn([{ ip: other, kind, namespace: 'test', name: 'frontend-9', workload: 'deploy/frontend' }]);
	const ends = new Ends(names);
	table.record(CART, ends, 0);
	table.record({ ...CART, source: { ip: other, port: 1 } }, ends, 0);
	t.deepEqual(
		rowViews(table, 0, () => 0).map(({ source, destination }) => `${source} ${destination}`),
		['shop/deploy/frontend deploy/backend:8080', 'test/deploy/frontend deploy/backend:8080'],
	);
});

test('numbers as people read them', (t) => {
	t.deepEqual([1, 0.9999, 0.992, 0.0001, 0].map(percentText), ['100%', '99.9%', '99.2%', '0.1%', '0%']);
	t.deepEqual([0, 0.25, 20.06, 99.94, 1_204.4].map(rateText), ['0.0', '0.3', '20.1', '99.9', '1,204']);
	t.deepEqual([0, 999, 59_999, 60_000, 192_000].map(sinceText), ['0s', '0s', '59s', '1m00s', '3m12s']);
});

const CONTENTS: ScreenContents = {
	rows: ['a', 'b', 'c', 'd', 'e'],
	columns: columnsOf('route', false).map(({ name }) => name),
	page: 3,
	scrollable: 4,
};

/** The state after these keys: names of special ones in capitals. */
function after(keys: string, from: Partial<ScreenState> = {}): ScreenState | 'quit' {
	const special: Record<string, object> = {
		UP: { upArrow: true },
		DOWN: { downArrow: true },
		LEFT: { leftArrow: true },
		RIGHT: { rightArrow: true },
		PGDN: { pageDown: true },
		HOME: { home: true },
		END: { end: true },
		ENTER: { return: true },
		ESC: { escape: true },
		BACK: { backspace: true },
	};
	let state: ScreenState | 'quit' = { ...STATE, ...from };
	for (const key of keys.split(' ')) {
		if (state === 'quit') break;
		const named = special[key];
		if (named !== undefined) state = pressed(state, '', named, CONTENTS);
		else if (key === 'CTRL-C') state = pressed(state, 'c', { ctrl: true }, CONTENTS);
		else state = pressed(state, key === 'SPACE' ? ' ' : key, {}, CONTENTS);
	}
	return state;
}

const KEYS: readonly (readonly [keys: string, expected: Partial<ScreenState> | 'quit', from?: Partial<ScreenState>])[] =
	[
		['q', 'quit'],
		['CTRL-C', 'quit'],
		['/ q', { mode: 'filter', filter: 'q' }],
		['/ CTRL-C', 'quit'],
		['ENTER q', 'quit'],
		['? q', 'quit'],
		['DOWN', { chosen: 'b' }],
		['DOWN DOWN UP', { chosen: 'b' }],
		['UP', { chosen: 'a' }],
		['PGDN', { chosen: 'd' }],
		['PGDN PGDN', { chosen: 'e' }],
		['END', { chosen: 'e' }],
		['END HOME', { chosen: 'a' }],
		['j k j', { chosen: 'b' }],
		['DOWN', { chosen: 'b' }, { chosen: 'gone' }],
		['RIGHT', { sort: 'rate', descending: true }],
		['RIGHT RIGHT', { sort: 'success', descending: false }],
		['LEFT', { sort: 'route', descending: false }],
		['LEFT', { sort: 'source', descending: true }, { sort: 'source', descending: true }],
		['>', { sort: 'rate' }],
		['r', { descending: false }],
		['r r', { descending: true }],
		['g', { by: 'workload', sort: 'count', descending: true }],
		['g', { by: 'workload', sort: 'count', descending: true }, { sort: 'route', descending: false }],
		['g', { by: 'workload', sort: 'p99', descending: false }, { sort: 'p99', descending: false }],
		['g g g g', { by: 'route' }],
		['3', { by: 'pod', chosen: null }, { chosen: 'b' }],
		['/ cart ENTER', { mode: 'table', filter: 'cart' }],
		['/ carts BACK ENTER', { mode: 'table', filter: 'cart' }],
		['/ cart ESC', { mode: 'table', filter: '' }],
		['ESC', { filter: '' }, { filter: 'cart' }],
		['SPACE', { paused: true }],
		['p SPACE', { paused: false }],
		['ENTER', { mode: 'exchanges', chosen: 'a' }],
		['DOWN ENTER', { mode: 'exchanges', chosen: 'b' }],
		['ENTER ESC', { mode: 'table', chosen: 'a' }],
		['ENTER ENTER', { mode: 'table' }],
		['ENTER h', { mode: 'histogram' }],
		['h', { mode: 'histogram', chosen: 'a' }],
		['h h', { mode: 'exchanges' }],
		['ENTER DOWN DOWN', { mode: 'exchanges', scrolled: 2, chosen: 'a' }],
		['ENTER END UP', { scrolled: 3 }],
		['ENTER DOWN h', { mode: 'histogram', scrolled: 0 }],
		['ENTER SPACE', { mode: 'exchanges', paused: true }],
		['?', { mode: 'help' }],
		['? x', { mode: 'table' }],
		['? DOWN', { mode: 'help', scrolled: 1 }],
	];

for (const [keys, expected, from] of KEYS) {
	test(`keys: ${keys}${from === undefined ? '' : ` from ${JSON.stringify(from)}`}`, (t) => {
		const state = after(keys, from);
		if (expected === 'quit' || state === 'quit') t.is(state, expected as 'quit');
		else t.like(state, expected);
	});
}

test('a key that opens does nothing where there is no row', (t) => {
	const none = { ...CONTENTS, rows: [] };
	t.deepEqual(pressed(STATE, '', { return: true }, none), STATE);
	t.deepEqual(pressed(STATE, '', { downArrow: true }, none), { ...STATE, chosen: null });
});
