import test from 'ava';
import { type Goal, goals, verdictsOf } from '../../bench/goals.ts';
import { goalLines } from '../../bench/table.ts';

const table: Goal[] = [
	{ what: 'a share', key: 'share', bound: 'at least', limit: 0.8 },
	{ what: 'a cost', key: 'cost', bound: 'at most', limit: 3 },
	{ what: 'a time', key: 'time', bound: 'below', limit: 1 },
];

const met = (key: string, value: number) => verdictsOf([{ key, value, unit: '' }], table).map((verdict) => verdict.met);

test('a goal is judged when its figure was measured, and only then', (t) => {
	t.deepEqual(met('share', 0.8), [true]);
	t.deepEqual(met('share', 0.799), [false]);
	t.deepEqual(met('cost', 3), [true]);
	t.deepEqual(met('cost', 3.01), [false]);
	t.deepEqual(met('time', 1), [false]);
	t.deepEqual(met('time', 0.99), [true]);
	t.deepEqual(met('another', 1), []);
	t.deepEqual(met('share', Number.NaN), [false]);
});

test('each is said with its figure', (t) => {
	const verdicts = verdictsOf([{ key: 'cost', value: 4.25, unit: 'µs' }], table);
	t.deepEqual(goalLines(verdicts), ['not met  a cost  4.25, goal at most 3']);
});

test('no two goals judge the same figure', (t) => {
	t.is(new Set(goals.map(({ key }) => key)).size, goals.length);
});
