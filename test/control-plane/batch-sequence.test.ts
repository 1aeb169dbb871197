import test from 'ava';
import { BatchSequence } from '../../src/control-plane/batch-sequence.ts';

const batch = (epoch: number, number: number, firstExchange: number, exchanges: number) => ({
	epoch,
	number,
	firstExchange,
	exchanges,
});
const next = (lostMessages: number, lostExchanges: number) => ({ kind: 'next', lostMessages, lostExchanges }) as const;

test('numbers without gaps', (t) => {
	const sequence = new BatchSequence({ joins: false });
	t.deepEqual(sequence.accept(batch(7, 1, 0, 3)), next(0, 0));
	t.deepEqual(sequence.accept(batch(7, 2, 3, 0)), next(0, 0));
	t.deepEqual(sequence.accept(batch(7, 3, 3, 1)), next(0, 0));
});

test('a gap is as large as the exchanges in it, which may be none', (t) => {
	const sequence = new BatchSequence({ joins: false });
	t.deepEqual(sequence.accept(batch(7, 1, 0, 3)), next(0, 0));
	t.deepEqual(sequence.accept(batch(7, 4, 10, 2)), next(2, 7));
	t.deepEqual(sequence.accept(batch(7, 6, 12, 2)), next(1, 0));
});

test('what came before comes as a duplicate', (t) => {
	const sequence = new BatchSequence({ joins: false });
	sequence.accept(batch(7, 1, 0, 3));
	sequence.accept(batch(7, 2, 3, 3));
	t.deepEqual(sequence.accept(batch(7, 2, 3, 3)), { kind: 'duplicate' });
	t.deepEqual(sequence.accept(batch(7, 1, 0, 3)), { kind: 'duplicate' });
});

test('a new epoch begins at one, and its beginning can be lost', (t) => {
	const sequence = new BatchSequence({ joins: false });
	sequence.accept(batch(7, 5, 20, 3));
	t.deepEqual(sequence.accept(batch(8, 1, 0, 1)), next(0, 0));
	t.deepEqual(sequence.accept(batch(9, 3, 4, 1)), next(2, 4));
	t.deepEqual(sequence.accept(batch(7, 6, 23, 1)), next(0, 0), 'a late message of the epoch before');
});

test('the first batch of a tap that ran before is the first expected, of an epoch after it is not', (t) => {
	const sequence = new BatchSequence({ joins: true });
	t.deepEqual(sequence.accept(batch(7, 50, 400, 3)), next(0, 0));
	t.deepEqual(sequence.accept(batch(7, 52, 405, 1)), next(1, 2));
	t.deepEqual(sequence.accept(batch(8, 2, 5, 1)), next(1, 5));
});

test('counts that contradict each other lose nothing', (t) => {
	const sequence = new BatchSequence({ joins: false });
	sequence.accept(batch(7, 1, 0, 100));
	t.deepEqual(sequence.accept(batch(7, 3, 50, 1)), next(1, 0));
});
