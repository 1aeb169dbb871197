import test from 'ava';
import { fileScope, lineOfTruth, tapScope } from '../../src/cli/line-of-truth.ts';
import type { Truth } from '../../src/client/truth.ts';

const whole: Truth = {
	pods: 4,
	seen: 1204,
	shown: 1204,
	filtered: 0,
	unjudged: 0,
	skipped: 0,
	beyondLimit: 0,
	stillOpen: 0,
	losses: [],
	lost: 0,
	lostExactly: true,
	uncounted: [],
	unreadable: [],
	incomplete: [],
};
const truth = (part: Partial<Truth>) => lineOfTruth('61 s, 4 pods', { ...whole, ...part });

test('the last line of a tap', (t) => {
	t.is(tapScope(61_200, 4), '61 s, 4 pods');
	t.is(truth({}), '61 s, 4 pods: 1,204 exchanges seen, 1,204 shown, none lost.');
	t.is(
		truth({
			shown: 1180,
			filtered: 24,
			losses: [{ words: 'kernel ring full', count: 31 }],
			lost: 31,
			lostExactly: false,
		}),
		'61 s, 4 pods: 1,204 exchanges seen, 1,180 shown, 24 filtered out, about 31 lost (kernel ring full 31).',
	);
});

test('everything that can be said, and how sure it is', (t) => {
	t.is(
		truth({
			shown: 10,
			unjudged: 3,
			skipped: 1_000_000,
			beyondLimit: 2,
			stillOpen: 7,
			losses: [
				{ words: 'NATS', count: 5 },
				{ words: 'client too slow', count: 1000 },
			],
			lost: 1005,
		}),
		'61 s, 4 pods: 1,204 exchanges seen, 10 shown, 3 unjudged (a filter asks for what is unknown of them), ' +
			'1,000,000 skipped (over --max-rps), 2 after --max-requests, 7 that had not ended, 1,005 lost (NATS 5, client too slow 1,000).',
	);
	t.is(
		truth({ uncounted: ['the last counts of 1 pod did not arrive'] }),
		'61 s, 4 pods: 1,204 exchanges seen, 1,204 shown, an unknown number lost (the last counts of 1 pod did not arrive).',
	);
	t.is(
		truth({ losses: [{ words: 'NATS', count: 5 }], lost: 5, uncounted: ['stdout took no more'] }),
		'61 s, 4 pods: 1,204 exchanges seen, 1,204 shown, at least 5 lost (NATS 5), more are possible (stdout took no more).',
	);
	t.is(
		truth({
			unreadable: [
				{ words: 'TLS', count: 14 },
				{ words: 'not HTTP', count: 1 },
			],
			incomplete: [{ words: 'joined-late', count: 3 }],
		}),
		'61 s, 4 pods: 1,204 exchanges seen, 1,204 shown, none lost; 15 connections not shown (TLS 14, not HTTP 1); ' +
			'not all was seen of some (joined late 3).',
	);
});

test('one is no plural, and short times are not nothing', (t) => {
	t.is(tapScope(400, 1), '0.4 s, 1 pod');
	t.is(tapScope(1000, 0), '1 s, 0 pods');
	t.is(tapScope(3_600_000, 2), '3,600 s, 2 pods');
	t.is(
		lineOfTruth(fileScope(['shop.pcapng'], 12_034), { ...whole, seen: 1, shown: 1 }),
		'shop.pcapng, 12,034 packets: 1 exchange seen, 1 shown, none lost.',
	);
	t.is(fileScope(['a', 'b'], 1), '2 files, 1 packet');
	t.is(fileScope(['shop.pcapng'], null), 'shop.pcapng');
});
