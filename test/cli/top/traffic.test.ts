import test from 'ava';
import { Ends } from '../../../src/cli/top/ends.ts';
import { isFailure } from '../../../src/cli/top/failures.ts';
import { Latencies } from '../../../src/cli/top/latencies.ts';
import { KEPT_EXCHANGES, keptExchange, MAX_HEADER_LENGTH } from '../../../src/cli/top/latest-exchanges.ts';
import { RateWindow } from '../../../src/cli/top/rate-window.ts';
import { OTHER, Routes } from '../../../src/cli/top/routes.ts';
import { GROUPINGS, type Grouping } from '../../../src/cli/top/table-words.ts';
import type { TrafficRow } from '../../../src/cli/top/traffic-row.ts';
import { TrafficTable } from '../../../src/cli/top/traffic-table.ts';
import type { AddressNames } from '../../../src/messaging/address-names.ts';
import { wire } from '../../../src/messaging/wire.ts';
import { BACKEND, CART, CHECKOUT, context, type Exchange, FRONTEND, GRPC_GET } from '../exchanges.ts';

const { End } = wire;
const MICRO = 1_000;

/** Always the same numbers, spread over many orders of magnitude: a linear congruential generator. */
function microseconds(count: number): number[] {
	let state = 12_345;
	return Array.from({ length: count }, () => {
		state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
		return Math.floor(10 ** ((state / 2 ** 31) * 7));
	});
}

/** Nearest rank: the smallest value that so many percent of all are not greater than. */
function nearestRank(sorted: readonly number[], percent: number): number {
	return sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1] ?? Number.NaN;
}

test('percentiles are those of the sorted times, within a thousandth', (t) => {
	const micros = microseconds(20_000);
	const latencies = new Latencies();
	for (const each of micros) latencies.record(each * MICRO);
	const sorted = micros.toSorted((one, two) => one - two);
	for (const percent of [0.01, 1, 25, 50, 90, 95, 99, 99.9, 100]) {
		const expected = nearestRank(sorted, percent) * MICRO;
		const told = latencies.percentile(percent) ?? Number.NaN;
		t.true(told >= expected && told <= expected * 1.001 + MICRO, `p${percent}: ${told}, expected ${expected}`);
	}
	t.is(latencies.max, Math.max(...micros) * MICRO);
	t.is(latencies.count, 20_000);
});

test('histograms that are added up are exactly the one of all', (t) => {
	const micros = microseconds(9_000);
	const all = new Latencies();
	const parts = [new Latencies(), new Latencies(), new Latencies(), new Latencies()];
	micros.forEach((each, index) => {
		all.record(each * MICRO);
		// The last stays empty; the first has only short ones, and so another range.
		parts[each < 500 ? 0 : 1 + (index % 2)]?.record(each * MICRO);
	});
	const sum = new Latencies();
	for (const part of parts) sum.add(part);
	t.is(sum.count, all.count);
	t.is(sum.max, all.max);
	for (let percent = 0.5; percent <= 100; percent += 0.5) t.is(sum.percentile(percent), all.percentile(percent));
});

test('counts within bounds, and what is beyond them', (t) => {
	const latencies = new Latencies();
	for (const micros of [5, 10, 11, 20, 21, 100, 5_000]) latencies.record(micros * MICRO);
	t.deepEqual(latencies.countsWithin([10_000, 20_000, 50_000, 1_000_000]), [2, 2, 1, 1, 1]);
	t.deepEqual(new Latencies().countsWithin([1]), [0, 0]);
	t.is(new Latencies().percentile(50), null);
	t.is(new Latencies().max, null);
});

test('what takes longer than an hour counts as an hour; the greatest stays as it was', (t) => {
	const latencies = new Latencies();
	latencies.record(7_200e9);
	t.is(latencies.max, 7_200e9);
	const told = latencies.percentile(99) ?? 0;
	t.true(Math.abs(told / 3_600e9 - 1) < 0.001, `${told}`);
});

test('a rate is that of the last ten seconds, or of the time there was', (t) => {
	const window = new RateWindow();
	const begun = 50_000;
	for (let ms = begun; ms < begun + 2_000; ms += 100) window.record(ms);
	t.is(window.perSecond(begun + 2_000, begun), 10);
	// 20 in the last 9 whole seconds and the half one that runs.
	t.is(window.perSecond(begun + 9_500, begun), 20 / 9.5);
	t.is(window.perSecond(begun + 60_000, begun), 0);
});

test('rates add up by the seconds they are of', (t) => {
	const [late, early] = [new RateWindow(), new RateWindow()];
	early.record(100_000);
	early.record(104_500);
	late.record(112_000);
	late.add(early);
	// 100,000 is no more in the ten seconds to 112,000; the two others are.
	t.is(late.perSecond(112_000, 0), 2 / 9);
	early.add(late);
	t.is(early.perSecond(112_000, 0), 3 / 9);
});

test('what counts as failed', (t) => {
	const grpc = (code: number): Exchange => ({ ...GRPC_GET, response: { status: 200, grpc: { code, message: '' } } });
	const status = (code: number): Exchange => ({ ...CART, response: { status: code } });
	t.deepEqual(
		[200, 404, 429, 499, 500, 503, 599].map((code) => isFailure(status(code))),
		[...[false, false, false, false], ...[true, true, true]],
	);
	const failed = Array.from({ length: 17 }, (_, code) => code).filter((code) => isFailure(grpc(code)));
	t.deepEqual(failed, [2, 4, 13, 14, 15]);
	const ends = [End.END_COMPLETE, End.END_UPGRADED, End.END_DETACHED, End.END_RESET, End.END_CLOSED];
	t.deepEqual(
		ends.map((end) => isFailure({ ...CART, end })),
		[false, false, false, true, true],
	);
});

function newTable(more: Partial<ConstructorParameters<typeof TrafficTable>[0]> = {}): TrafficTable {
	return new TrafficTable({ routes: new Routes([]), by: 'route', hideSources: false, keepsLatest: true, ...more });
}

function endsOf(names: AddressNames = context().names): Ends {
	return new Ends(names);
}

const facts = (row: TrafficRow) => ({
	source: row.key.source?.pod,
	destination: row.key.destination.pod,
	method: row.key.method,
	route: row.key.route,
	status: row.key.status,
	count: row.count,
	failed: row.failed,
});

/** Three pods ask one another: times of each route by hand. */
function recorded(table: TrafficTable): void {
	const ends = endsOf();
	for (const millis of [10, 20, 30, 40]) table.record({ ...CART, firstResponseByteNanos: millis * 1e6 }, ends, 1_000);
	table.record({ ...CART, request: { method: 'GET', path: '/api/cart/77' }, firstResponseByteNanos: 5e6 }, ends, 2_000);
	table.record({ ...CART, response: { status: 500 }, firstResponseByteNanos: 60e6 }, ends, 3_000);
	table.record(CHECKOUT, ends, 4_000);
	table.record(GRPC_GET, ends, 5_000);
}

test('rows by route: workloads, method, route', (t) => {
	const table = newTable();
	recorded(table);
	const cart = { source: 'deploy/frontend', destination: 'deploy/backend:8080', method: 'GET', status: null };
	t.deepEqual(table.rows.map(facts), [
		{ ...cart, route: '/api/cart', count: 5, failed: 1 },
		{ ...cart, route: '/api/cart/{id}', count: 1, failed: 0 },
		{
			source: 'ingress-6c-9pq',
			destination: 'deploy/frontend:8080',
			method: 'POST',
			route: '/checkout',
			status: null,
			count: 1,
			failed: 1,
		},
		{
			source: 'deploy/frontend',
			destination: 'grpc.shop:9000',
			method: 'POST',
			route: '/shop.Cart/Get',
			status: null,
			count: 1,
			failed: 0,
		},
	]);
	t.deepEqual([table.count, table.failed, table.rows[0]?.lastMs], [8, 2, 3_000]);
});

test('rows by status, by workload and by pod', (t) => {
	const table = newTable();
	recorded(table);
	table.groupBy('status');
	t.deepEqual(
		table.rows.map((row) => [row.key.destination.pod, row.key.status, row.count]),
		[
			['deploy/backend:8080', '200', 5],
			['deploy/backend:8080', '500', 1],
			['deploy/frontend:8080', '503', 1],
			['grpc.shop:9000', 'NOT_FOUND', 1],
		],
	);
	table.groupBy('workload');
	t.deepEqual(table.rows.map(facts)[0], {
		source: 'deploy/frontend',
		destination: 'deploy/backend:8080',
		method: null,
		route: null,
		status: null,
		count: 6,
		failed: 1,
	});
	table.groupBy('pod');
	t.deepEqual(
		table.rows.map(({ key }) => `${key.source?.pod} ${key.destination.pod}`),
		['frontend-7d4-x2x backend-5f-abc:8080', 'ingress-6c-9pq frontend-7d4-x2x:8080', 'frontend-7d4-x2x grpc.shop:9000'],
	);
});

test('a grouping that was changed to is the same as one from the start, before and after', (t) => {
	const numbers = (row: TrafficRow) => [
		...[row.id, row.count, row.failed, row.lastMs, row.latencies.max, row.rate.perSecond(6_000, 0)],
		...[50, 95, 99].map((percent) => row.latencies.percentile(percent)),
		row.latest.all.map(({ exchange }) => exchange.firstResponseByteNanos),
	];
	for (const by of GROUPINGS) {
		const from = GROUPINGS[(GROUPINGS.indexOf(by) + 1) % GROUPINGS.length] as Grouping;
		const [begun, changed] = [newTable({ by }), newTable({ by: from })];
		recorded(begun);
		recorded(changed);
		changed.groupBy(by);
		t.deepEqual(changed.rows.map(numbers), begun.rows.map(numbers), by);
		recorded(begun);
		recorded(changed);
		t.deepEqual(changed.rows.map(numbers), begun.rows.map(numbers), `${by}, and more`);
	}
	const table = newTable({ by: 'workload' });
	recorded(table);
	const [row] = table.rows;
	// 5, 10, 20, 30, 40 and 60 ms: the third, and the sixth of six.
	t.deepEqual(
		[50, 99].map((percent) => Math.round((row?.latencies.percentile(percent) ?? 0) / 1e6)),
		[20, 60],
	);
});

test('sources can be left out', (t) => {
	const table = newTable({ hideSources: true });
	const ends = endsOf();
	table.record(CART, ends, 0);
	table.record({ ...CART, source: { ip: BACKEND, port: 1 } }, ends, 0);
	t.is(table.rows.length, 1);
	t.is(table.rows[0]?.key.source, null);
});

test('beyond the bound of rows sources are folded, then all; nothing goes uncounted', (t) => {
	const table = newTable({ maxRows: 3, maxFoldedRows: 2 });
	const ends = endsOf();
	const client = (number: number) => Uint8Array.of(198, 18, 99, number);
	const record = (number: number, path: string) =>
		table.record({ ...CART, source: { ip: client(number), port: 1 }, request: { method: 'GET', path } }, ends, 0);
	for (let number = 0; number < 10; ++number) record(number, '/one');
	for (let number = 0; number < 10; ++number) record(number, '/two');
	for (const path of ['/three', '/four', '/five']) record(0, path);
	t.deepEqual(
		table.rows.map(({ key, count }) => [key.source?.pod, key.route, count]),
		[
			['198.18.99.0', '/one', 1],
			['198.18.99.1', '/one', 1],
			['198.18.99.2', '/one', 1],
			[OTHER, '/one', 7],
			[OTHER, '/two', 10],
			[OTHER, OTHER, 3],
		],
	);
	t.deepEqual([table.count, table.foldedExchanges], [23, 20]);
});

test('an address without a name is its text; a service stands for a backend that has none', (t) => {
	const ends = endsOf();
	const unknown = Uint8Array.of(198, 18, 77, 7);
	const v6 = Uint8Array.of(0x20, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
	t.is(ends.source({ ip: unknown, port: 5 }).pod, '198.18.77.7');
	t.is(ends.destination({ ip: unknown, port: 80 }).pod, '198.18.77.7:80');
	t.is(ends.destination({ ip: v6, port: 80 }).pod, '[2001:2::1]:80');
	const via = { ip: BACKEND, port: 443, service: 'cart' };
	t.is(ends.destination({ ip: unknown, port: 80, via }).workload, 'svc/cart:443');
	t.is(ends.destination({ ip: FRONTEND, port: 80, via }).workload, 'deploy/frontend:80');
	t.is(ends.source(null).pod, '?');
});

test('of each row the latest are kept, and headers up to a bound', (t) => {
	const table = newTable();
	const ends = endsOf();
	for (let number = 1; number <= KEPT_EXCHANGES + 3; ++number) {
		table.record({ ...CART, firstResponseByteNanos: number }, ends, 0);
	}
	const kept = table.rows[0]?.latest.all.map(({ exchange }) => exchange.firstResponseByteNanos);
	t.deepEqual(kept, [8, 7, 6, 5, 4]);
	const headers = Array.from({ length: 4 }, (_, index) => ({
		name: `h${index}`,
		value: 'v'.repeat(MAX_HEADER_LENGTH / 2 - 3),
	}));
	const whole = { ...CART, request: { path: '/', headers, body: { content: FRONTEND } } };
	const [source, destination] = [null, ends.destination(CART.destination)];
	const { exchange, headersLeftOut } = keptExchange(whole, { source, destination, sequence: 0 });
	t.is(exchange.request?.headers?.length, 2);
	t.is(headersLeftOut, 2);
	t.is(exchange.request?.body ?? null, null);
	t.is(exchange.id ?? null, null);
	t.is(exchange.source ?? null, null);
});
