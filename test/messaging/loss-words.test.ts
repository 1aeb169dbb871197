import test from 'ava';
import { lossUnit, lossWords, missingWord } from '../../src/messaging/loss-words.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';

const numbers = (values: object) => Object.values(values).filter((value) => typeof value === 'number');

test('every cause of the schema has words of its own and a unit', (t) => {
	const causes = numbers(wire.LossCause) as podwire.v1.LossCause[];
	t.is(causes.length, 17);
	t.is(new Set(causes.map(lossWords)).size, causes.length);
	for (const cause of causes) t.truthy(lossUnit(cause));
	t.is(lossWords(wire.LossCause.LOSS_CAUSE_KERNEL_RING_FULL), 'kernel ring full');
	t.is(lossUnit(wire.LossCause.LOSS_CAUSE_TLS), 'connections');
	t.is(lossWords(wire.LossCause.LOSS_CAUSE_MALFORMED_STREAM), 'malformed stream');
	t.is(lossUnit(wire.LossCause.LOSS_CAUSE_MALFORMED_STREAM), 'streams');
});

test('missing parts are spelled as the JSON output promises', (t) => {
	const promised = [
		'joined-late',
		'lost-packets',
		'truncated',
		'reordered-too-long',
		'malformed',
		'no-request',
		'no-response',
		'unknown-headers',
		'headers-too-large',
		'memory-full',
		'too-many-streams',
		'too-deep-pipeline',
		'too-many-informational',
		'evicted',
		'idle',
	];
	t.is(promised.length + 1, numbers(wire.Missing).length);
	t.deepEqual(
		promised.map((_, index) => missingWord((index + 1) as podwire.v1.Missing)),
		promised,
	);
});

test('what a newer version sends has words too', (t) => {
	t.is(lossWords(999 as podwire.v1.LossCause), 'unknown cause');
	t.is(missingWord(999 as podwire.v1.Missing), 'unknown');
});
