import test from 'ava';
import { growthExponent, quantileOf, spreadOf } from '../../bench/statistics.ts';

test('the median of an odd number of values is the middle one, of an even number the mean of the two', (t) => {
	t.deepEqual(spreadOf([3, 1, 2]), { median: 2, least: 1, greatest: 3 });
	t.deepEqual(spreadOf([10, 1, 2, 4]), { median: 3, least: 1, greatest: 10 });
	t.deepEqual(spreadOf([7]), { median: 7, least: 7, greatest: 7 });
	t.throws(() => spreadOf([]), { instanceOf: RangeError });
});

test('a quantile is the least value that so many do not exceed', (t) => {
	const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
	t.is(quantileOf(hundred, 0.99), 99);
	t.is(quantileOf(hundred, 0.5), 50);
	t.is(quantileOf(hundred, 1), 100);
	t.is(quantileOf([5], 0), 5);
	t.throws(() => quantileOf([], 0.5), { instanceOf: RangeError });
});

test('the exponent of growth', (t) => {
	const of = (y: (x: number) => number) => growthExponent([1, 10, 50, 250].map((x) => ({ x, y: y(x) })));
	t.true(Math.abs(of((x) => 3 * x) - 1) < 1e-9);
	t.true(Math.abs(of(() => 3)) < 1e-9);
	t.true(Math.abs(of((x) => 0.5 * x * x) - 2) < 1e-9);
	t.throws(() => growthExponent([{ x: 1, y: 1 }]), { instanceOf: RangeError });
});
