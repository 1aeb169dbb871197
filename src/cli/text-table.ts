/** Rows under a heading, for people: as wide as what is in them, and no wider than the terminal while one column can give. */
import { cutMiddle } from './cut-text.ts';
import { terminalText, terminalWidth } from './terminal-text.ts';

const GAP = '  ';
/** The column that gives keeps this much. */
const LEAST_WIDTH = 12;

export interface TextTable {
	readonly headings: readonly string[];
	/** Whose values are cut in their middle where the rows are too wide: names differ at both ends. */
	readonly flexible: number;
	/** Each as long as `headings`. */
	readonly rows: readonly (readonly string[])[];
}

/** Lines without line ends. `columns`: of the terminal. What a terminal would obey is escaped. */
export function tableLines({ headings, flexible, rows }: TextTable, columns: number): string[] {
	const cells = [headings, ...rows].map((row) => row.map(terminalText));
	const widths = headings.map((_, column) => Math.max(...cells.map((row) => terminalWidth(row[column] ?? ''))));
	const full = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
	const room = Math.max(LEAST_WIDTH, (widths[flexible] ?? 0) - Math.max(0, full - columns));
	widths[flexible] = Math.min(widths[flexible] ?? 0, room);
	return cells.map((row) => {
		const fitting = row.map((cell, column) => (column === flexible ? cutMiddle(cell, room) : cell));
		return fitting
			.map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - terminalWidth(cell))))
			.join(GAP)
			.trimEnd();
	});
}

/**
 * The words of a text in lines of at most `columns`; a longer word stands alone. `first` and `rest`: what the first line and the others
 * begin with. What a terminal would obey is escaped.
 */
export function wrapped(text: string, columns: number, first: string, rest: string): string[] {
	const [begin = '', ...words] = terminalText(text).split(/ +/);
	const lines: string[] = [];
	let line = first + begin;
	for (const word of words) {
		if (terminalWidth(line) + 1 + terminalWidth(word) <= columns) line += ` ${word}`;
		else {
			lines.push(line);
			line = rest + word;
		}
	}
	return [...lines, line];
}
