/**
 * Words of a POSIX shell (IEEE 1003.1, Shell Command Language) that say exactly what they are made from. Nothing in
 * them moves the cursor of a terminal: what would is written in octal and made by printf.
 */
import { terminalText } from './terminal-text.ts';

/** A variable that the user is to set; a shell that finds it unset or empty says `why` and does not run the command. */
export interface ShellVariable {
	/** Letters, digits and underscores. */
	readonly variable: string;
	/** Letters, digits and spaces. */
	readonly why: string;
}

export type ShellPart = string | ShellVariable;

/** Words that mean themselves in every shell, also at the beginning of a word. */
const PLAIN = /^[A-Za-z0-9_/.:,@%+-]+$/;
const LINE_END = '\n';

/** One word; '' is an empty one. No part may hold NUL, which no word of a shell can. */
export function shellWord(...parts: readonly ShellPart[]): string {
	let word = '';
	let text = '';
	for (const part of parts) {
		if (typeof part === 'string') {
			text += part;
			continue;
		}
		word += quotedText(text) + expansion(part);
		text = '';
	}
	word += quotedText(text);
	return word === '' ? "''" : word;
}

function expansion({ variable, why }: ShellVariable): string {
	return `"\${${variable}:?${why}}"`;
}

function quotedText(text: string): string {
	if (text === '' || PLAIN.test(text)) return text;
	let word = '';
	let literal = '';
	const endLiteral = () => {
		if (literal !== '') word += `'${literal.replaceAll("'", "'\\''")}'`;
		literal = '';
	};
	for (const character of text) {
		// A line end is harmless on a terminal, and at the end of a command's output it would be lost.
		if (character === LINE_END || terminalText(character) === character) {
			literal += character;
			continue;
		}
		endLiteral();
		word += `"$(printf '${octalText(Buffer.from(character))}')"`;
	}
	endLiteral();
	return word;
}

const PRINTABLE = { first: 0x20, last: 0x7e };
const DASH = 0x2d;
/** What printf's format and single quotes would take for their own. */
const SPECIAL: ReadonlySet<number> = new Set([..."%\\'"].map((character) => character.charCodeAt(0)));

/** The argument of a printf that writes `bytes`, whatever they are, to its output. */
export function printfWord(bytes: Uint8Array): string {
	return `'${octalText(bytes)}'`;
}

function octalText(bytes: Uint8Array): string {
	let text = '';
	for (const byte of bytes) {
		const plain = byte >= PRINTABLE.first && byte <= PRINTABLE.last && !SPECIAL.has(byte);
		// At the beginning a dash would make it an option.
		const isOption = text === '' && byte === DASH;
		text += plain && !isOption ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
	}
	return text;
}
