/** Text from the wire as a terminal can show it: nothing in it moves the cursor, rings, hides or reorders. */
import { createRequire } from 'node:module';

/**
 * C0 controls, DEL, C1 controls, bidirectional marks, embeddings, overrides and isolates (UAX #9), line and paragraph
 * separators, BOM, and surrogates without their other half.
 */
const UNSAFE =
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
	/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/u;
// Its tables take a tenth of a command's start to load; few lines need them.
let stringWidth: ((text: string) => number) | undefined;
const loadStringWidth = () => (createRequire(import.meta.url)('string-width') as typeof import('string-width')).default;

const EVERY_UNSAFE = new RegExp(UNSAFE, 'gu');
const PRINTABLE_ASCII = /^[ -~]*$/;
/** And what our own words have besides: of one column each. */
const NARROW = /^[ -~µ…→]*$/;

/** `\x1b`, `\u202e` … in place of what a terminal would obey; all else as it is. */
export function terminalText(text: string): string {
	if (PRINTABLE_ASCII.test(text)) return text;
	return UNSAFE.test(text) ? text.replace(EVERY_UNSAFE, escaped) : text;
}

/** Columns of a terminal that `text`, free of what `terminalText` escapes, takes. */
export function terminalWidth(text: string): number {
	if (NARROW.test(text)) return text.length;
	stringWidth ??= loadStringWidth();
	return stringWidth(text);
}

function escaped(character: string): string {
	const code = character.charCodeAt(0);
	if (code === 0x0a) return '\\n';
	if (code === 0x0d) return '\\r';
	if (code === 0x09) return '\\t';
	return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
