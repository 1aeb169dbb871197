/** Text that is too wide for its place: its middle gives, as names differ at both ends. */
import { terminalWidth } from './terminal-text.ts';

const CUT = '…';
const PRINTABLE_ASCII = /^[ -~]*$/;
let graphemes: Intl.Segmenter | undefined;

/** At most `width` columns, which has to be one at least. `text`: free of what `terminalText` escapes. */
export function cutMiddle(text: string, width: number): string {
	if (terminalWidth(text) <= width) return text;
	const kept = width - CUT.length;
	const [head, tail] = [Math.ceil(kept / 2), Math.floor(kept / 2)];
	if (PRINTABLE_ASCII.test(text)) return text.slice(0, head) + CUT + text.slice(text.length - tail);
	graphemes ??= new Intl.Segmenter();
	const characters = [...graphemes.segment(text)].map(({ segment }) => segment);
	return firstOf(characters, head).join('') + CUT + firstOf(characters.reverse(), tail).reverse().join('');
}

/** As many as fit, none of them in part. */
function firstOf(characters: readonly string[], width: number): string[] {
	const taken: string[] = [];
	let used = 0;
	for (const character of characters) {
		used += terminalWidth(character);
		if (used > width) break;
		taken.push(character);
	}
	return taken;
}
