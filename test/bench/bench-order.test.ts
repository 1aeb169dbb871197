import test from 'ava';
import { BenchUsageError, benchOrder, type Known } from '../../bench/bench-order.ts';

const known: Known = {
	workloads: ['keep-alive', 'fixed-rate', 'shop'],
	observers: ['counting', 'node-share', 'line'],
	measurements: ['first-exchange', 'read'],
};

const pairsOf = (...args: string[]) =>
	benchOrder(args, known).pairs.map(({ workload, observer }) => `${workload}/${observer}`);

test('without names: every observer on keep-alive, the common ones elsewhere, and the first exchange', (t) => {
	t.deepEqual(pairsOf(), [
		'keep-alive/counting',
		'keep-alive/node-share',
		'keep-alive/line',
		'fixed-rate/node-share',
		'fixed-rate/line',
		'shop/line',
	]);
	t.like(benchOrder([], known), { measurements: ['first-exchange'], rounds: 7, seconds: 2, warmUpSeconds: 1 });
});

test('names choose', (t) => {
	t.deepEqual(pairsOf('--workload', 'shop'), ['shop/line']);
	t.deepEqual(pairsOf('--observer', 'counting'), ['keep-alive/counting']);
	t.deepEqual(pairsOf('--workload', 'shop', '--workload', 'keep-alive', '--observer', 'line'), [
		'shop/line',
		'keep-alive/line',
	]);
	t.deepEqual(benchOrder(['--workload', 'shop'], known).measurements, []);
	t.deepEqual(pairsOf('read'), []);
	t.deepEqual(benchOrder(['read'], known).measurements, ['read']);
	t.is(pairsOf('--all').length, 9);
	t.deepEqual(benchOrder(['--all'], known).measurements, known.measurements);
});

test('what is wrong is said with what was expected', (t) => {
	const refusal = (...args: string[]) =>
		t.throws(() => benchOrder(args, known), { instanceOf: BenchUsageError })?.message;
	t.is(refusal('--workload', 'keepalive'), '--workload: expected keep-alive, fixed-rate, shop; got "keepalive"');
	t.is(refusal('--observer', 'x'), '--observer: expected counting, node-share, line; got "x"');
	t.is(refusal('reed'), 'a measurement: expected first-exchange, read; got "reed"');
	t.is(refusal('--rounds', '0'), '--rounds: expected a whole number from 1, got "0"');
	t.is(refusal('--seconds', '1.5'), '--seconds: expected a whole number from 1, got "1.5"');
	t.is(refusal('--warm-up', '-'), '--warm-up: expected a whole number from 0, got "-"');
	t.regex(refusal('--round', '3') ?? '', /'--round'.*npm run bench -- --help/s);
	t.is(refusal('--all', 'read'), '--all: expected no workload, observer or measurement beside it');
});
