/** The whole screen as lines, from what was counted and what the user chose. */
import type { Truth } from '../../client/truth.ts';
import type { Colours } from '../colours.ts';
import { lostText, secondsText } from '../line-of-truth.ts';
import { countOf, countText, latencyText } from '../measures.ts';
import { terminalText } from '../terminal-text.ts';
import { columnNamed, columnsOf, percentText, type RowView, rateText } from './columns.ts';
import { exchangeLines } from './exchange-lines.ts';
import { clipped } from './fitted-text.ts';
import { helpLines } from './help-lines.ts';
import { histogramLines } from './histogram-lines.ts';
import type { Latencies } from './latencies.ts';
import type { KeptExchange } from './latest-exchanges.ts';
import { filteredRows, sortedRows } from './row-views.ts';
import type { ScreenContents, ScreenState } from './screen-state.ts';
import { tableLines } from './table-lines.ts';

/** What the table was at one moment; while it is paused it stays. */
export interface Snapshot {
	readonly rows: readonly RowView[];
	readonly count: number;
	readonly failed: number;
	readonly perSecond: number;
	readonly elapsedMs: number;
	/** What its bounds folded together, in words; null: nothing. */
	readonly folded: string | null;
	readonly truth: Truth;
}

/** Of the row that the user opened. */
export interface OpenedRow {
	readonly latest: readonly KeptExchange[];
	readonly latencies: Latencies;
}

export interface FrameInput {
	/** What is tapped, for a terminal. */
	readonly title: string;
	readonly snapshot: Snapshot;
	/** Null: none is open, or it is gone. */
	readonly opened: OpenedRow | null;
	readonly hidesSources: boolean;
	readonly state: ScreenState;
	/** The latest remark about the tap; null: none yet. */
	readonly remark: string | null;
	readonly colours: Colours;
	readonly utc: boolean;
	/** Of the terminal. */
	readonly width: number;
	readonly height: number;
}

export interface Frame {
	/** As many as the terminal has rows, each at most as wide as it; none is empty. */
	readonly lines: readonly string[];
	readonly contents: ScreenContents;
}

interface Body {
	readonly lines: readonly string[];
	readonly scrollable: number;
}

/** Above and below what changes with the mode. */
const SUMMARY_LINES = 2;
const BOTTOM_LINES = 2;
const EMPTY = ' ';
const HINTS = {
	table: '? help  / filter  g group  ←→ sort  r reverse  Space pause  Enter open  q quit',
	filter: 'Enter keep the filter  Esc drop it',
	exchanges: 'Esc back  h histogram  ↑↓ scroll  Space pause  q quit',
	histogram: 'Esc back  h exchanges  ↑↓ scroll  Space pause  q quit',
	help: 'any key: back  ↑↓ scroll  q quit',
} as const;

export function frame(input: FrameInput): Frame {
	const { state, snapshot, width, height, colours, remark } = input;
	const rows = sortedRows(filteredRows(snapshot.rows, state.filter), columnNamed(state.sort), state.descending);
	const room = Math.max(1, height - SUMMARY_LINES - BOTTOM_LINES);
	const body = bodyOf(input, rows, room);
	const clip = (line: string) => clipped(line, width);
	const lines = [
		colours.bold(clip(summaryText(input))),
		clip(choiceText(state, snapshot)),
		...body.lines,
		...new Array<string>(Math.max(0, room - body.lines.length)).fill(EMPTY),
		colours.yellow(clip(remark ?? EMPTY)),
		colours.dim(clip(HINTS[state.mode])),
	];
	return {
		lines: lines.slice(0, Math.max(1, height)).map((line) => (line === '' ? EMPTY : line)),
		contents: {
			rows: rows.map(({ id }) => id),
			columns: columnsOf(state.by, input.hidesSources).map(({ name }) => name),
			page: Math.max(1, room - 1),
			scrollable: body.scrollable,
		},
	};
}

function summaryText({ title, snapshot, state }: FrameInput): string {
	const { truth, count, failed, elapsedMs, perSecond } = snapshot;
	const parts = [countOf(truth.pods, 'pod'), `${secondsText(elapsedMs)} s`, countOf(count, 'exchange')];
	if (count > 0) parts.push(`${rateText(perSecond)}/s`, `${percentText((count - failed) / count)} success`);
	return `${state.paused ? 'PAUSED  ' : ''}${title}: ${parts.join(', ')}`;
}

function choiceText({ by, sort, descending, filter, mode }: ScreenState, { truth }: Snapshot): string {
	const filterText = mode === 'filter' ? `filter: ${terminalText(filter)}_` : `filter: ${terminalText(filter)}`;
	const parts = [lostText(truth), `by ${by}`, `sorted by ${sort} ${descending ? '▼' : '▲'}`];
	if (mode === 'filter' || filter !== '') parts.push(filterText);
	if (truth.skipped > 0) parts.push(`${countText(truth.skipped)} skipped (over --max-rps)`);
	return parts.join('   ');
}

function bodyOf(input: FrameInput, rows: readonly RowView[], room: number): Body {
	const { state, width, opened } = input;
	if (state.mode === 'help') return scrolledBody([], clippedLines(helpLines(width), width), state, room);
	if (state.mode === 'exchanges' || state.mode === 'histogram') {
		const view = input.snapshot.rows.find(({ id }) => id === state.chosen);
		if (opened !== null && view !== undefined) return openedBody(input, opened, view, room);
	}
	return tableBody(input, rows, room);
}

function tableBody(
	{ snapshot, state, hidesSources, width, colours }: FrameInput,
	rows: readonly RowView[],
	room: number,
): Body {
	const { folded } = snapshot;
	const space = Math.max(0, room - 1 - (folded === null ? 0 : 1));
	const at = Math.max(
		0,
		rows.findIndex(({ id }) => id === state.chosen),
	);
	const first = Math.max(0, Math.min(at - Math.floor(space / 2), rows.length - space));
	const look = { columns: columnsOf(state.by, hidesSources), ...state, width, margin: 1, colours } as const;
	const chosen = rows[at]?.id ?? null;
	const { heading, rows: lines } = tableLines(snapshot.rows, rows.slice(first, first + space), chosen, look);
	const shown = lines.length === 0 && space > 0 ? [clipped(nothingText(snapshot, state), width)] : lines;
	const empty = new Array<string>(Math.max(0, space - shown.length)).fill(EMPTY);
	return {
		lines: [heading, ...shown, ...(folded === null ? [] : [...empty, clipped(folded, width)])],
		scrollable: 0,
	};
}

function nothingText({ rows }: Snapshot, { filter }: ScreenState): string {
	return rows.length === 0 ? '  no exchange yet' : `  no row has "${terminalText(filter)}" in its names`;
}

function openedBody(input: FrameInput, { latest, latencies }: OpenedRow, view: RowView, room: number): Body {
	const { state, width, colours, utc } = input;
	const histogram = state.mode === 'histogram';
	const lines = histogram
		? clippedLines(histogramLines(latencies, width), width)
		: exchangeLines(latest, { colours, utc, width });
	const head = [colours.bold(clipped(titleText(view), width)), clipped(countsText(view), width)];
	const words = histogram ? 'first response byte: ' : '';
	return scrolledBody([...head, clipped(words + latenciesText(view), width), EMPTY], lines, state, room);
}

/** Of lines without colours. */
function clippedLines(lines: readonly string[], width: number): string[] {
	return lines.map((line) => clipped(line, width));
}

function titleText({ source, destination, method, route, status }: RowView): string {
	const ends = `${source === null ? '' : `${source} `}→ ${destination}`;
	const what = [method, route, status].filter((part) => part !== null).join(' ');
	return terminalText(what === '' ? ends : `${what}   ${ends}`);
}

function countsText({ count, perSecond, successRate }: RowView): string {
	const success = successRate === null ? '' : `, ${percentText(successRate)} success`;
	return `${countOf(count, 'exchange')}, ${rateText(perSecond)}/s${success}`;
}

function latenciesText({ p50Nanos, p95Nanos, p99Nanos, maxNanos }: RowView): string {
	if (maxNanos === null || p50Nanos === null || p95Nanos === null || p99Nanos === null)
		return 'no response was seen yet';
	const [p50, p95, p99, max] = [p50Nanos, p95Nanos, p99Nanos, maxNanos].map(latencyText);
	return `p50 ${p50}  p95 ${p95}  p99 ${p99}  max ${max}`;
}

function scrolledBody(head: readonly string[], lines: readonly string[], state: ScreenState, room: number): Body {
	const space = Math.max(1, room - head.length);
	const scrollable = Math.max(0, lines.length - space);
	const first = Math.min(state.scrolled, scrollable);
	return { lines: [...head, ...lines.slice(first, first + space)].slice(0, room), scrollable };
}
