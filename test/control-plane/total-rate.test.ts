import test from 'ava';
import { TotalRate } from '../../src/control-plane/total-rate.ts';
import { wire } from '../../src/messaging/wire.ts';
import { ManualClock } from './manual-clock.ts';
import { BatchSource, exchange } from './wire-agent.ts';

const envelopeOf = (batch: Parameters<typeof wire.TapBatch.encode>[0]) =>
	wire.TapBatchEnvelope.decode(wire.TapBatch.encode(batch).finish());
const many = (count: number) => Array.from({ length: count }, (_, index) => exchange(`/${index}`));

test('batches within the rate stay as they are', (t) => {
	const rate = new TotalRate(new ManualClock(), 5);
	const source = new BatchSource('t-1', { name: 'a' });
	t.is(rate.limit('a', envelopeOf(source.next(many(3)))), null);
	t.is(rate.limit('a', envelopeOf(source.next(many(2)))), null);
});

test('what is over it is taken out, over all pods together, and counted as skipped', (t) => {
	const clock = new ManualClock();
	const rate = new TotalRate(clock, 5);
	const [a, b] = [new BatchSource('t-1', { name: 'a' }), new BatchSource('t-1', { name: 'b' })];
	t.is(rate.limit('a', envelopeOf(a.next(many(4)))), null);
	const limited = rate.limit('b', envelopeOf(b.next(many(3))));
	t.is(limited?.exchanges.length, 1);
	t.like(limited?.counters, { seen: 3, published: 1, skipped: 2 });
	t.is(limited?.firstExchange, 0);
	clock.advance(1000);
	const later = rate.limit('b', envelopeOf(b.next(many(2))));
	t.is(later?.exchanges.length, 2);
	t.is(later?.firstExchange, 1, 'what the stream got before');
	t.like(later?.counters, { seen: 5, published: 3, skipped: 2 });
	t.is(rate.limit('a', envelopeOf(a.next(many(1)))), null, 'nothing was taken from this pod');
});

test('the headers that exchanges share stay with those that are left', (t) => {
	const rate = new TotalRate(new ManualClock(), 1);
	const headerTable = { headers: [{ name: 'a', value: '1' }] };
	const shared = exchange('/', { request: { path: '/', headerIndexes: [0] } });
	const limited = rate.limit(
		'a',
		envelopeOf(new BatchSource('t-1', { name: 'a' }).next([shared, shared], { headerTable })),
	);
	const batch = wire.TapBatch.decode(wire.TapBatchEnvelope.encode(limited ?? {}).finish());
	t.like(batch.exchanges, { length: 1, 0: { request: { headerIndexes: [0] } } });
	t.like(batch.headerTable?.headers, { length: 1, 0: headerTable.headers[0] });
});

test('the record that ends an announced exchange goes the way of the one that announced it', (t) => {
	const rate = new TotalRate(new ManualClock(), 1);
	const source = new BatchSource('t-1', { name: 'a' });
	const open = (id: number) => exchange('/', { id: new Uint8Array(8).fill(id), end: wire.End.END_OPEN });
	const done = (id: number) => exchange('/', { id: new Uint8Array(8).fill(id) });
	t.is(rate.limit('a', envelopeOf(source.next([open(1), open(2)])))?.exchanges.length, 1);
	const counters = { seen: 2, published: 2, reopened: 2 };
	const ends = rate.limit('a', envelopeOf(source.next([done(1), done(2)], { counters })));
	t.is(ends?.firstExchange, 1);
	t.like(ends?.counters, { seen: 2, published: 1, reopened: 1, skipped: 1 });
	t.deepEqual(
		ends?.exchanges.map((record) => wire.Exchange.decode(record).id[0]),
		[1],
	);
});
