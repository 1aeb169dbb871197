import test from 'ava';
import { BackOff } from '../../src/messaging/back-off.ts';

test('the delay doubles up to the last, and begins anew after a success', (t) => {
	const backOff = new BackOff(100, 1000, () => 0);
	const delays: number[] = [];
	for (let attempt = 0; attempt < 7; attempt++) {
		delays.push(backOff.delayMs());
		backOff.attempted();
	}
	t.deepEqual(delays, [100, 200, 400, 800, 1000, 1000, 1000]);
	backOff.reset();
	t.is(backOff.delayMs(), 100);
});

test('chance adds up to a quarter', (t) => {
	t.is(new BackOff(100, 1000, () => 0.5).delayMs(), 112.5);
});
