/** The heading and the rows of the table as lines that are no wider than the terminal. */
import type { Colours } from '../colours.ts';
import type { RowView, TopColumn } from './columns.ts';
import { clipped, fitted } from './fitted-text.ts';
import { GAP, type LaidOutColumn, layOut } from './layout.ts';
import type { ColumnName } from './table-words.ts';

/** In the margin of the row that is chosen. */
const CHOSEN = '>';
const RISING = '▲';
const FALLING = '▼';
/** Below it a row's success is a warning, below the second an alarm. */
const GOOD_SUCCESS = 0.99;
const POOR_SUCCESS = 0.95;

export interface TableLook {
	readonly columns: readonly TopColumn[];
	readonly sort: ColumnName;
	readonly descending: boolean;
	/** Of the terminal; Infinity in a pipe. */
	readonly width: number;
	/** For the mark of the chosen row: 1, or 0 where none is chosen. */
	readonly margin: 0 | 1;
	readonly colours: Colours;
}

export interface TableLines {
	readonly heading: string;
	readonly rows: readonly string[];
}

/** `all`: rows that widths are chosen for. `visible`: those to write. `chosen`: id of a row; null: of none. */
export function tableLines(
	all: readonly RowView[],
	visible: readonly RowView[],
	chosen: string | null,
	look: TableLook,
): TableLines {
	const columns = layOut(look.columns, all, look.sort, look.width - look.margin);
	return {
		heading: look.colours.bold(clip(' '.repeat(look.margin) + headingText(columns, look), look.width)),
		rows: visible.map((row) => rowText(row, columns, row.id === chosen, look)),
	};
}

function headingText(columns: readonly LaidOutColumn[], { sort, descending }: TableLook): string {
	const cells = columns.map(({ column, width }) => {
		const mark = column.name === sort ? (descending ? FALLING : RISING) : '';
		return fitted(column.heading + mark, width, !column.names);
	});
	return cells.join(' '.repeat(GAP));
}

function rowText(row: RowView, columns: readonly LaidOutColumn[], chosen: boolean, look: TableLook): string {
	const { colours } = look;
	const margin = chosen ? CHOSEN : ' '.repeat(look.margin);
	const cells = columns.map(({ column, width }) => fitted(column.text(row), width, !column.names));
	const text = cells.join(' '.repeat(GAP));
	if (margin.length + text.length > look.width) return clip(margin + text, look.width);
	if (chosen) return colours.inverse(margin + text);
	return margin + cells.map((cell, index) => coloured(cell, columns[index]?.column.name, row, colours)).join(' ');
}

function coloured(cell: string, name: ColumnName | undefined, { successRate }: RowView, colours: Colours): string {
	if (name !== 'success' || successRate === null) return cell;
	if (successRate >= GOOD_SUCCESS) return colours.green(cell);
	return successRate >= POOR_SUCCESS ? colours.yellow(cell) : colours.red(cell);
}

/** In a terminal that is narrower than what never goes. */
function clip(line: string, width: number): string {
	return clipped(line, width).trimEnd();
}
