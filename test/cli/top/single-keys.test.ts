import test from 'ava';
import type { Key } from 'ink';
import { MAX_KEYS_AT_ONCE, singleKeys } from '../../../src/cli/top/single-keys.ts';

const NONE = {} as Key;

test('one key is itself', (t) => {
	const down = { downArrow: true } as Key;
	t.deepEqual(singleKeys('', down), [{ input: '', key: down }]);
	t.deepEqual(singleKeys('𝄞', NONE), [{ input: '𝄞', key: NONE }]);
});

test('what comes at once is as many keys', (t) => {
	t.deepEqual(singleKeys('/é𝄞\x7f\b\t\r\x03', NONE), [
		{ input: '/', key: NONE },
		{ input: 'é', key: NONE },
		{ input: '𝄞', key: NONE },
		{ input: '', key: { backspace: true } },
		{ input: '', key: { backspace: true } },
		{ input: '', key: { return: true } },
		{ input: 'c', key: { ctrl: true } },
	]);
});

test('of a paste the beginning is taken', (t) => {
	t.is(singleKeys('x'.repeat(MAX_KEYS_AT_ONCE + 1), NONE).length, MAX_KEYS_AT_ONCE);
});
