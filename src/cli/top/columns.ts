/** The columns of the table: what each shows of a row, sorts by, and how wide it is. */
import { countText, latencyText } from '../measures.ts';
import { COLUMN_NAMES, type ColumnName, type Grouping } from './table-words.ts';

/** What a table shows of one row, at one moment. */
export interface RowView {
	readonly id: string;
	/** Null: sources are hidden. */
	readonly source: string | null;
	readonly destination: string;
	readonly method: string | null;
	readonly route: string | null;
	readonly status: string | null;
	readonly count: number;
	readonly failed: number;
	/** Null: nothing was counted. */
	readonly successRate: number | null;
	readonly perSecond: number;
	/** Null: of none a response was seen. */
	readonly p50Nanos: number | null;
	readonly p95Nanos: number | null;
	readonly p99Nanos: number | null;
	readonly maxNanos: number | null;
	readonly sinceLastMs: number;
}

export interface TopColumn {
	readonly name: ColumnName;
	readonly heading: string;
	readonly text: (row: RowView) => string;
	/** What rows are sorted by; null comes last, whichever way. */
	readonly value: (row: RowView) => string | number | null;
	/** The way that shows what people look for first. */
	readonly descendsFirst: boolean;
	/** Names are on the left and may be cut to `least` columns of a terminal; numbers are on the right. */
	readonly names: boolean;
	readonly least: number;
}

const NONE = '-';
const NANOS_PER_MILLI = 1e6;

const latency = (name: ColumnName, heading: string, nanosOf: (row: RowView) => number | null): TopColumn => ({
	name,
	heading,
	text: (row) => {
		const nanos = nanosOf(row);
		return nanos === null ? NONE : latencyText(nanos);
	},
	value: nanosOf,
	descendsFirst: true,
	names: false,
	least: 6,
});

const name = (column: ColumnName, least: number, textOf: (row: RowView) => string | null): TopColumn => ({
	name: column,
	heading: column.toUpperCase(),
	text: (row) => textOf(row) ?? NONE,
	value: textOf,
	descendsFirst: false,
	names: true,
	least,
});

const COLUMNS: Readonly<Record<ColumnName, TopColumn>> = {
	source: name('source', 16, ({ source }) => source),
	destination: name('destination', 20, ({ destination }) => destination),
	method: name('method', 6, ({ method }) => method),
	route: name('route', 14, ({ route }) => route),
	status: name('status', 6, ({ status }) => status),
	count: {
		name: 'count',
		heading: 'COUNT',
		text: ({ count }) => countText(count),
		value: ({ count }) => count,
		descendsFirst: true,
		names: false,
		least: 6,
	},
	rate: {
		name: 'rate',
		heading: 'RATE',
		text: ({ perSecond }) => rateText(perSecond),
		value: ({ perSecond }) => perSecond,
		descendsFirst: true,
		names: false,
		least: 6,
	},
	success: {
		name: 'success',
		heading: 'SUCCESS',
		text: ({ successRate }) => (successRate === null ? NONE : percentText(successRate)),
		value: ({ successRate }) => successRate,
		descendsFirst: false,
		names: false,
		least: 7,
	},
	p50: latency('p50', 'P50', ({ p50Nanos }) => p50Nanos),
	p95: latency('p95', 'P95', ({ p95Nanos }) => p95Nanos),
	p99: latency('p99', 'P99', ({ p99Nanos }) => p99Nanos),
	max: latency('max', 'MAX', ({ maxNanos }) => maxNanos),
	last: {
		name: 'last',
		heading: 'LAST',
		text: ({ sinceLastMs }) => sinceText(sinceLastMs),
		value: ({ sinceLastMs }) => sinceLastMs,
		descendsFirst: false,
		names: false,
		least: 5,
	},
};

/** Of a grouping, in their order: what its rows are not told apart by has no column. */
export function columnsOf(by: Grouping, hidesSources: boolean): readonly TopColumn[] {
	const absent: readonly ColumnName[] = [
		...(hidesSources ? (['source'] as const) : []),
		...(by === 'route' ? [] : (['method', 'route'] as const)),
		...(by === 'status' ? [] : (['status'] as const)),
	];
	return COLUMN_NAMES.filter((column) => !absent.includes(column)).map((column) => COLUMNS[column]);
}

export function columnNamed(column: ColumnName): TopColumn {
	return COLUMNS[column];
}

/** `0.3`, `20.1`, `1,204`: a second. */
export function rateText(perSecond: number): string {
	return perSecond < 99.95 ? perSecond.toFixed(1) : countText(Math.round(perSecond));
}

/** `99.2%`; only what is whole is `100%`, and only what is nothing `0%`. */
export function percentText(share: number): string {
	if (share === 1) return '100%';
	if (share === 0) return '0%';
	return `${Math.min(99.9, Math.max(0.1, share * 100)).toFixed(1)}%`;
}

/** `0s`, `59s`, `3m12s`: how long ago. */
export function sinceText(ms: number): string {
	return ms < 60_000 ? `${Math.floor(ms / 1_000)}s` : latencyText(Math.floor(ms / 1_000) * 1_000 * NANOS_PER_MILLI);
}
