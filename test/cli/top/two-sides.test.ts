import test from 'ava';
import { Routes } from '../../../src/cli/top/routes.ts';
import { TrafficFormat } from '../../../src/cli/top/traffic-format.ts';
import { TrafficTable } from '../../../src/cli/top/traffic-table.ts';
import { type SidesJudge, sidesJudge, TwoSides } from '../../../src/cli/top/two-sides.ts';
import { systemClock } from '../../../src/messaging/clock.ts';
import { parseTapQuery } from '../../../src/messaging/tap-query.ts';
import { wire } from '../../../src/messaging/wire.ts';
import { BACKEND, CART, context, type Exchange, INGRESS } from '../exchanges.ts';

const { DIRECTION_INBOUND, DIRECTION_UNSPECIFIED } = wire.Direction;
const ASKED: Exchange = CART;
/** The same at the pod that answers, where nothing tells of the Service. */
const ANSWERED: Exchange = { ...CART, direction: DIRECTION_INBOUND, destination: { ip: BACKEND, port: 8080 } };

const onConnection = (exchange: Exchange, port: number): Exchange => ({
	...exchange,
	source: { ...exchange.source, port },
});

function counting(judge: SidesJudge, silent: string[] = []) {
	const table = new TrafficTable({ routes: new Routes([]), by: 'route', hideSources: false, keepsLatest: false });
	const format = new TrafficFormat(table, systemClock, new TwoSides(judge, ({ name }) => !silent.includes(name ?? '')));
	const { names } = context();
	return (...exchanges: Exchange[]) => {
		const before = table.count;
		for (const exchange of exchanges) format.format(exchange, { tap: 't', pod: {}, names });
		return table.count - before;
	};
}

const judgeOf = (query: string) => {
	const parsed = parseTapQuery(new URLSearchParams(query)).query;
	return parsed === null ? null : sidesJudge(parsed);
};

test('which filters two sides may judge differently', (t) => {
	for (const query of ['', 'method=GET&path=/a&status=5xx&header=x&omitHeaders=true&maxRps=5', 'authority=x']) {
		t.is(judgeOf(query), 'alike', query);
	}
	for (const query of [
		'port=80',
		'to=:80',
		'to=svc/backend:80',
		'from=deploy/a',
		'minLatency=1s',
		'maxLatency=1s',
		'maxLatency=1s&to=deploy/b&from=10.0.0.0/8&port=80',
		'minLatency=1s&to=backend:80',
	]) {
		t.is(judgeOf(query), 'nested', query);
	}
	for (const query of ['minLatency=1s&maxLatency=2s', 'maxLatency=0s&to=backend', 'maxLatency=1s&to=svc/backend']) {
		t.is(judgeOf(query), 'crosswise', query);
	}
});

test('without such filters the record of the pod that answers counts, while its agent is heard', (t) => {
	const count = counting('alike');
	t.deepEqual([count(ASKED), count(ANSWERED), count(ANSWERED, ASKED)], [0, 1, 1]);
	t.is(counting('alike', ['backend-5f-abc'])(ASKED, ASKED), 2);
});

test('with them what passes at one side alone counts, whichever that is', (t) => {
	t.is(counting('nested')(ASKED, ASKED, ASKED), 3);
	t.is(counting('nested')(ANSWERED, ANSWERED, ANSWERED), 3);
});

test('what passes at both sides counts once, in whatever order they tell', (t) => {
	t.is(counting('nested')(ASKED, ASKED, ANSWERED, ANSWERED), 2);
	t.is(counting('nested')(ANSWERED, ASKED, ASKED, ANSWERED, ANSWERED, ASKED), 3);
	const connections = [1, 2, 3].flatMap((port) => [onConnection(ASKED, port), onConnection(ANSWERED, 4 - port)]);
	t.is(counting('nested')(...connections), 3);
});

test('of one connection some pass at one side alone: by a latency, all at the other', (t) => {
	t.is(counting('nested')(ASKED, ASKED, ANSWERED, ASKED, ANSWERED), 3);
});

test('what one side lets pass does not stand for something else at the other', (t) => {
	const slow: Exchange = { ...ASKED, request: { method: 'GET', path: '/slow' } };
	t.is(counting('nested')(ANSWERED, slow, ASKED), 2);
	t.is(counting('nested')({ ...ANSWERED, stream: 1 }, { ...ASKED, stream: 3 }, { ...ASKED, stream: 1 }), 2);
	t.is(counting('nested')(ANSWERED, { ...ASKED, response: { status: 503 } }, ASKED), 2);
});

test('what either side may alone let pass counts at both', (t) => {
	t.is(counting('crosswise')(ASKED, ANSWERED, ANSWERED), 3);
});

test('what the other side missed is not waited for when that side is silent', (t) => {
	const silent: string[] = [];
	const count = counting('nested', silent);
	t.is(count(ASKED, ASKED, ASKED), 3);
	silent.push('frontend-7d4-x2x');
	t.is(count(ANSWERED, ANSWERED), 2);
	silent.pop();
	t.is(count(ANSWERED, ASKED), 1);
	silent.push('backend-5f-abc');
	t.is(count(ASKED, ASKED), 2);
});

test('a translated source is another connection; of what is in no tapped pod all counts', (t) => {
	const translated = { ...ANSWERED, source: { ip: Uint8Array.of(198, 18, 0, 1), port: 7 } };
	t.is(counting('nested')(ASKED, translated, translated), 3);
	t.is(counting('nested', ['ingress-6c-9pq'])({ ...ANSWERED, source: { ip: INGRESS, port: 1 } }, ASKED), 2);
	t.is(counting('nested')({ ...CART, direction: DIRECTION_UNSPECIFIED }, ASKED), 2);
	t.is(counting('nested')({ ...ASKED, destination: null, source: null }, ANSWERED), 2);
});

test('exchanges beyond the bound are forgotten, and what is counted is at least what passed', (t) => {
	const count = counting('nested');
	const some = Array.from({ length: 30_000 }, (_, port) => onConnection(ASKED, port));
	t.is(count(...some), 30_000);
	t.is(count(...some.map(({ source }) => onConnection(ANSWERED, source?.port ?? 0))), 0);
	const more = Array.from({ length: 70_000 }, (_, number) => onConnection(ASKED, 100_000 + number));
	t.is(count(...more), 70_000);
	t.is(count(onConnection(ANSWERED, 3)), 1);
});
