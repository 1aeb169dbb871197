import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { countNumbersIn, SequenceCounter } from '../../bench/sequence.ts';

test('distinct numbers are counted once, whatever their order and size', (t) => {
	const counter = new SequenceCounter();
	for (const number of [5, 0, 5, 3_000_000, 5]) counter.add(number);
	t.is(counter.distinct, 3);
	counter.add(-1);
	counter.add(Number.NaN);
	counter.add(2 ** 30);
	t.is(counter.distinct, 3);
});

test('numbers are found in lines, JSON and paths of gRPC, and nowhere else', async (t) => {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-sequence-'));
	t.teardown(() => rmSync(directory, { recursive: true, force: true }));
	const path = join(directory, 'lines');
	writeFileSync(
		path,
		[
			'21:04:05.123  a → b:80  GET  /file?n=1  200  1.0kB',
			'{"path":"/api/products?category=shoes&n=2"}{"path":"/bench.Shop/n=0003"}',
			'/file?n=1',
			'/file?sn=4 login=5 /file?number=6',
		].join('\n'),
	);
	t.is(await countNumbersIn(path), 3);
});
