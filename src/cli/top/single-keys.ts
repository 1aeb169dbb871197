/** What came from the terminal at once, as the keys that were pressed: over a slow connection several come together. */
import type { Key } from 'ink';

export interface PressedKey {
	/** What the key writes. */
	readonly input: string;
	readonly key: Key;
}

/** More at once is pasted, and the rest of it is left out. */
export const MAX_KEYS_AT_ONCE = 100;
const FIRST_PRINTABLE = ' ';
const INTERRUPT = '\x03';
const BACKSPACES: readonly string[] = ['\b', '\x7f'];
const RETURNS: readonly string[] = ['\r', '\n'];

/** `input` and `key` as ink gives them: a text of several characters comes as one input. */
export function singleKeys(input: string, key: Key): readonly PressedKey[] {
	const characters = [...input];
	if (characters.length <= 1) return [{ input, key }];
	return characters.slice(0, MAX_KEYS_AT_ONCE).flatMap((character) => singleKey(character, key));
}

function singleKey(character: string, key: Key): readonly PressedKey[] {
	if (RETURNS.includes(character)) return [{ input: '', key: { ...key, return: true } }];
	if (BACKSPACES.includes(character)) return [{ input: '', key: { ...key, backspace: true } }];
	if (character === INTERRUPT) return [{ input: 'c', key: { ...key, ctrl: true } }];
	return character < FIRST_PRINTABLE ? [] : [{ input: character, key }];
}
