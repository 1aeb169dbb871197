import test from 'ava';
import { lostIn, unaccountedOf } from '../../bench/measurements/overload.ts';
import { seenIn, truthIn } from '../../bench/observers/podwire-tap.ts';

test('the line of truth is found, and what it says is read', (t) => {
	const said = 'Tapping 1 pod.\r\n^C\r\n61 s, 4 pods: 1,204 exchanges seen, 1,180 shown, 24 lost (client 24).\r\n';
	t.is(truthIn(said), '61 s, 4 pods: 1,204 exchanges seen, 1,180 shown, 24 lost (client 24).');
	t.is(seenIn(truthIn(said)), 1204);
	t.is(truthIn('Tapping 1 pod.\n'), '');
	t.is(seenIn(''), null);
});

test('what was said to be lost, and how exactly', (t) => {
	const scope = '1 s, 1 pod: 3 exchanges seen';
	t.deepEqual(lostIn(`${scope}, 3 shown, none lost.`), { count: 0, exact: true });
	t.deepEqual(lostIn(`${scope}, 3 shown, 1,285 lost (client 1,285).`), { count: 1285, exact: true });
	t.deepEqual(lostIn(`${scope}, 3 shown, about 31 lost (kernel ring full 31).`), { count: 31, exact: false });
	t.deepEqual(lostIn(`${scope}, 1 shown, at least 2 lost (client 2), more are possible.`), { count: 2, exact: false });
	t.is(lostIn(`${scope}, 3 shown, an unknown number lost (x).`), null);
});

test('what is missing and was not said', (t) => {
	t.is(unaccountedOf(24, { count: 24, exact: true }), 0);
	t.is(unaccountedOf(24, { count: 30, exact: true }), 6);
	t.is(unaccountedOf(24, { count: 60, exact: false }), 0);
	t.is(unaccountedOf(24, { count: 20, exact: false }), 4);
	t.is(unaccountedOf(24, null), 24);
	t.is(unaccountedOf(0, null), 0);
});
