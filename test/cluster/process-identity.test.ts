import test from 'ava';
import { parseStat } from './process-identity.ts';
import { parseIdentities } from './state-directory.ts';

/** proc_pid_stat(5): (3) is the state, (22) starttime. */
const fieldsFrom4To21 = Array.from({ length: 18 }, (_, index) => index + 4).join(' ');

test('a name may hold spaces and parentheses', (t) => {
	t.deepEqual(parseStat(7, `7 (a) R (b c) S ${fieldsFrom4To21} 981 23 24\n`), { pid: 7, startTicks: 981 });
});

test('a zombie is no process any more', (t) => {
	t.is(parseStat(7, `7 (sleep) Z ${fieldsFrom4To21} 981 23 24\n`), null);
});

test('a record that was cut short is left out', (t) => {
	t.deepEqual(parseIdentities('12 345\n67 890\n67 8'), [
		{ pid: 12, startTicks: 345 },
		{ pid: 67, startTicks: 890 },
	]);
});
