/** Text in exactly so many columns of a terminal. */
import { cutMiddle } from '../cut-text.ts';
import { terminalText, terminalWidth } from '../terminal-text.ts';

const CUT = '…';
const PRINTABLE_ASCII = /^[ -~]*$/;

/** Cut at its end where it is too wide. `text`: free of what `terminalText` escapes, and of colours. */
export function clipped(text: string, width: number): string {
	if (terminalWidth(text) <= width) return text;
	return width < 1 ? '' : beginning(text, width - 1) + CUT;
}

/** As wide as `width`, which is one at least: cut or filled up with spaces. What a terminal would obey is escaped. */
export function fitted(text: string, width: number, right: boolean): string {
	const cut = cutMiddle(terminalText(text), width);
	const spaces = ' '.repeat(Math.max(0, width - terminalWidth(cut)));
	return right ? spaces + cut : cut + spaces;
}

function beginning(text: string, width: number): string {
	if (PRINTABLE_ASCII.test(text)) return text.slice(0, width);
	let kept = '';
	let used = 0;
	for (const character of text) {
		used += terminalWidth(character);
		if (used > width) break;
		kept += character;
	}
	return kept;
}
