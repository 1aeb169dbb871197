/** What the user has chosen on the screen, and how keys change it. */
import type { Key } from 'ink';
import { columnNamed } from './columns.ts';
import { type ColumnName, GROUPINGS, type Grouping } from './table-words.ts';

export type ScreenMode = 'table' | 'filter' | 'exchanges' | 'histogram' | 'help';

export interface ScreenState {
	readonly mode: ScreenMode;
	readonly by: Grouping;
	readonly sort: ColumnName;
	readonly descending: boolean;
	readonly filter: string;
	readonly paused: boolean;
	/** Id of the chosen row; null: the first one, whichever it is. */
	readonly chosen: string | null;
	/** Lines of an opened row or of help that are above the screen. */
	readonly scrolled: number;
}

/** What the keys act on. */
export interface ScreenContents {
	/** Ids of the rows in their present order. */
	readonly rows: readonly string[];
	/** Of the grouping, in their order, also those that there is no room for. */
	readonly columns: readonly ColumnName[];
	/** Rows that fit on the screen. */
	readonly page: number;
	/** Lines that an opened row or help can be scrolled by. */
	readonly scrollable: number;
}

/** Of a filter, in UTF-16 units. */
const MAX_FILTER_LENGTH = 80;

/** 'quit': the user asked for the end. `input`: what the key writes. */
export function pressed(
	state: ScreenState,
	input: string,
	key: Partial<Key>,
	contents: ScreenContents,
): ScreenState | 'quit' {
	if (key.ctrl && input === 'c') return 'quit';
	if (state.mode === 'filter') return typed(state, input, key);
	if (input === 'q') return 'quit';
	if (state.mode === 'table') return inTable(state, input, key, contents);
	return inView(state, input, key, contents);
}

function typed(state: ScreenState, input: string, key: Partial<Key>): ScreenState {
	if (key.escape) return { ...state, mode: 'table', filter: '', chosen: null };
	if (key.return) return { ...state, mode: 'table' };
	if (key.backspace || key.delete) return { ...state, filter: state.filter.slice(0, -1), chosen: null };
	if (key.ctrl && input === 'u') return { ...state, filter: '', chosen: null };
	if (key.ctrl || key.meta || key.tab || input === '') return state;
	const printable = [...input].filter((character) => character >= ' ' && character !== '\x7f').join('');
	return { ...state, filter: (state.filter + printable).slice(0, MAX_FILTER_LENGTH), chosen: null };
}

function inTable(state: ScreenState, input: string, key: Partial<Key>, contents: ScreenContents): ScreenState {
	const moved = movement(input, key, contents.page);
	if (moved !== null) return { ...state, chosen: chosenAfter(state, moved, contents) };
	if (key.leftArrow || input === '<') return sortedBeside(state, -1, contents);
	if (key.rightArrow || input === '>') return sortedBeside(state, 1, contents);
	if (key.return) return opened(state, 'exchanges', contents);
	if (key.escape) return { ...state, filter: '', chosen: null };
	switch (input) {
		case 'r':
			return { ...state, descending: !state.descending };
		case 'g':
			return grouped(state, GROUPINGS[(GROUPINGS.indexOf(state.by) + 1) % GROUPINGS.length] ?? state.by);
		case '1':
		case '2':
		case '3':
		case '4':
			return grouped(state, GROUPINGS[Number(input) - 1] ?? state.by);
		case '/':
			return { ...state, mode: 'filter' };
		case ' ':
		case 'p':
			return { ...state, paused: !state.paused };
		case 'h':
			return opened(state, 'histogram', contents);
		case '?':
			return { ...state, mode: 'help', scrolled: 0 };
		default:
			return state;
	}
}

/** In an opened row, or in help. */
function inView(state: ScreenState, input: string, key: Partial<Key>, contents: ScreenContents): ScreenState {
	const moved = movement(input, key, contents.page);
	if (moved !== null) {
		const scrolled = Math.max(0, Math.min(state.scrolled + moved, contents.scrollable));
		return { ...state, scrolled };
	}
	const row = state.mode !== 'help';
	if (row && input === 'h') {
		return { ...state, mode: state.mode === 'histogram' ? 'exchanges' : 'histogram', scrolled: 0 };
	}
	if (input === ' ' || input === 'p') return { ...state, paused: !state.paused };
	if (!row || key.escape || key.return || key.backspace || key.leftArrow) {
		return { ...state, mode: 'table', scrolled: 0 };
	}
	return state;
}

/** By how many rows or lines a key moves; null: it is none that moves. */
function movement(input: string, key: Partial<Key>, page: number): number | null {
	if (key.upArrow || input === 'k') return -1;
	if (key.downArrow || input === 'j') return 1;
	if (key.pageUp) return -page;
	if (key.pageDown) return page;
	if (key.home) return Number.NEGATIVE_INFINITY;
	return key.end ? Number.POSITIVE_INFINITY : null;
}

function chosenAfter({ chosen }: ScreenState, moved: number, { rows }: ScreenContents): string | null {
	const at = Math.max(0, chosen === null ? 0 : rows.indexOf(chosen));
	return rows[Math.max(0, Math.min(at + moved, rows.length - 1))] ?? null;
}

/** By the column beside. */
function sortedBeside(state: ScreenState, step: number, { columns }: ScreenContents): ScreenState {
	const at = columns.indexOf(state.sort) + step;
	const sort = columns[Math.max(0, Math.min(at, columns.length - 1))] ?? state.sort;
	if (sort === state.sort) return state;
	return { ...state, sort, descending: columnNamed(sort).descendsFirst };
}

/** A column that the other grouping does not have cannot be sorted by. */
function grouped(state: ScreenState, by: Grouping): ScreenState {
	const names: readonly ColumnName[] = ['method', 'route', 'status'];
	const sort = names.includes(state.sort) ? 'count' : state.sort;
	const descending = sort === state.sort ? state.descending : true;
	return { ...state, by, sort, descending, chosen: null };
}

function opened(state: ScreenState, mode: ScreenMode, { rows }: ScreenContents): ScreenState {
	const chosen = state.chosen !== null && rows.includes(state.chosen) ? state.chosen : rows[0];
	return chosen === undefined ? state : { ...state, mode, chosen, scrolled: 0 };
}
