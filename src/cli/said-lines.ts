/** What is said to the user beside the output, in lines that a terminal does not break within a word. */
import { terminalWidth } from './terminal-text.ts';
import { wrapped } from './text-table.ts';

const HANGING = '  ';

/** `columns`: of the terminal; undefined: there is none, and lines stay as they are. */
export function saidLines(text: string, columns: number | undefined): string[] {
	const lines = text.split('\n');
	if (columns === undefined) return lines;
	return lines.flatMap((line) => {
		if (terminalWidth(line) <= columns) return [line];
		const indent = /^ */.exec(line)?.[0] ?? '';
		return wrapped(line.slice(indent.length), columns, indent, indent + HANGING);
	});
}
