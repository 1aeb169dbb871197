import test from 'ava';
import { MAX_OPEN_EXCHANGES, OpenExchanges } from '../../src/client/open-exchanges.ts';
import { wire } from '../../src/messaging/wire.ts';

const { END_OPEN, END_COMPLETE } = wire.End;

function id(number: number): Uint8Array {
	const bytes = Buffer.alloc(8);
	bytes.writeUInt32BE(number, 4);
	return bytes;
}

test('records after the first belong to the exchange that it announced, until it ends', (t) => {
	const open = new OpenExchanges();
	t.false(open.continues({ id: id(1), end: END_OPEN }));
	t.false(open.continues({ id: id(2), end: END_COMPLETE }));
	t.true(open.continues({ id: id(1), end: END_OPEN }));
	t.true(open.continues({ id: id(1), end: END_COMPLETE }));
	t.false(open.continues({ id: id(1), end: END_COMPLETE }));
});

test('the one that was announced first is forgotten first', (t) => {
	const open = new OpenExchanges();
	for (let number = 0; number <= MAX_OPEN_EXCHANGES; ++number) open.continues({ id: id(number), end: END_OPEN });
	t.false(open.continues({ id: id(0), end: END_COMPLETE }));
	t.true(open.continues({ id: id(1), end: END_COMPLETE }));
	t.true(open.continues({ id: id(MAX_OPEN_EXCHANGES), end: END_COMPLETE }));
});
