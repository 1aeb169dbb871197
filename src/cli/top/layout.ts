/** Which columns there is room for, and how wide each is. */
import { terminalText, terminalWidth } from '../terminal-text.ts';
import type { RowView, TopColumn } from './columns.ts';
import type { ColumnName } from './table-words.ts';

/** Between two columns. */
export const GAP = 1;
/** For the mark of the column that is sorted by, which is beside its heading. */
const MARK = 1;
/** The one rule of narrow terminals: these go, one after the other, until the rest fits. What is sorted by stays. */
export const FIRST_TO_GO: readonly ColumnName[] = [
	'last',
	'max',
	'p95',
	'source',
	'p50',
	'method',
	'rate',
	'success',
	'p99',
];

export interface LaidOutColumn {
	readonly column: TopColumn;
	/** In columns of a terminal. */
	readonly width: number;
}

/** `columns`: of the terminal. Names are as wide as what is in them while there is room, and no narrower than their least. */
export function layOut(
	all: readonly TopColumn[],
	rows: readonly RowView[],
	sortedBy: ColumnName,
	columns: number,
): readonly LaidOutColumn[] {
	const natural = new Map(all.map((column) => [column.name, naturalWidth(column, rows, column.name === sortedBy)]));
	const widthOf = (column: TopColumn) => natural.get(column.name) ?? column.least;
	const chosen = fittingColumns(all, widthOf, sortedBy, columns);
	const widths = new Map(chosen.map((column) => [column.name, leastWidth(column, widthOf)]));
	let room = columns - total([...widths.values()]);
	let growing = chosen.filter((column) => column.names);
	while (room > 0 && growing.length > 0) {
		growing = growing.filter(({ name }) => (widths.get(name) ?? 0) < (natural.get(name) ?? 0));
		for (const { name } of growing.slice(0, room)) {
			widths.set(name, (widths.get(name) ?? 0) + 1);
			--room;
		}
	}
	return chosen.map((column) => ({ column, width: widths.get(column.name) ?? column.least }));
}

function fittingColumns(
	all: readonly TopColumn[],
	widthOf: (column: TopColumn) => number,
	sortedBy: ColumnName,
	columns: number,
): readonly TopColumn[] {
	let chosen = all;
	for (const name of FIRST_TO_GO) {
		if (total(chosen.map((column) => leastWidth(column, widthOf))) <= columns) break;
		if (name !== sortedBy) chosen = chosen.filter((column) => column.name !== name);
	}
	return chosen;
}

/** Names are cut to their least before a column goes; numbers are never cut. */
function leastWidth(column: TopColumn, widthOf: (column: TopColumn) => number): number {
	return column.names ? Math.min(column.least, widthOf(column)) : widthOf(column);
}

function naturalWidth(column: TopColumn, rows: readonly RowView[], sortedBy: boolean): number {
	const heading = column.heading.length + (sortedBy ? MARK : 0);
	const widest = rows.reduce((width, row) => Math.max(width, terminalWidth(terminalText(column.text(row)))), heading);
	return column.names ? widest : Math.max(widest, column.least);
}

function total(widths: readonly number[]): number {
	return widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);
}
