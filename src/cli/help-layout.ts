/** Text of help in 80 columns: paragraphs and tables of two columns. */
export const HELP_WIDTH = 80;
export const INDENT = '  ';

const GAP = 2;
/** A longer first column has its second one on the next line. */
const MAX_FIRST_COLUMN = 28;

/** Lines of at most `width` columns; a longer word has one of its own. */
export function wrapped(text: string, width: number): string[] {
	const lines: string[] = [];
	let line = '';
	for (const word of text.split(' ')) {
		if (line !== '' && line.length + 1 + word.length > width) {
			lines.push(line);
			line = word;
		} else {
			line = line === '' ? word : `${line} ${word}`;
		}
	}
	return [...lines, line];
}

export function paragraph(text: string, indent: string = INDENT): string[] {
	return wrapped(text, HELP_WIDTH - indent.length).map((line) => indent + line);
}

/** `width`: of the first column, as firstColumnWidth has it; tables below each other share it. */
export function table(rows: readonly (readonly [string, string])[], width: number): string[] {
	const column = width + GAP;
	const room = HELP_WIDTH - INDENT.length - column;
	return rows.flatMap(([first, second]) => {
		const [line = '', ...more] = wrapped(second, room);
		const hanging = more.map((each) => INDENT + ' '.repeat(column) + each);
		if (first.length + GAP <= column) return [(INDENT + first.padEnd(column) + line).trimEnd(), ...hanging];
		return [INDENT + first, ...[line, ...more].map((each) => INDENT + ' '.repeat(column) + each)];
	});
}

/** Of the first column of all these rows, those that have a line of their own left out. */
export function firstColumnWidth(firsts: readonly string[]): number {
	return Math.max(0, ...firsts.map(({ length }) => length).filter((length) => length <= MAX_FIRST_COLUMN));
}
