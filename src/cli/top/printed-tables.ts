/** A table at one moment as text, or as one line of JSON. */
import type { Truth } from '../../client/truth.ts';
import { ClockText } from '../clock-text.ts';
import type { Colours } from '../colours.ts';
import { lostText, tapScope } from '../line-of-truth.ts';
import { countOf } from '../measures.ts';
import { columnNamed, columnsOf, percentText, type RowView, rateText } from './columns.ts';
import type { End } from './ends.ts';
import { foldedText } from './folded-text.ts';
import type { TopOptions } from './options.ts';
import { sortedRows } from './row-views.ts';
import { tableLines } from './table-lines.ts';
import type { TrafficTable } from './traffic-table.ts';

export interface PrintedTable {
	readonly table: TrafficTable;
	readonly rows: readonly RowView[];
	/** Of all rows. */
	readonly perSecond: number;
	readonly elapsedMs: number;
	/** Since 1970. */
	readonly wallMs: number;
	/** The last one: its rates are those of the whole time. */
	readonly final: boolean;
	readonly truth: Truth;
}

export type TableWriter = (printed: PrintedTable) => string;

export interface TextLook {
	/** Of the terminal; Infinity in a pipe. */
	readonly width: number;
	readonly colours: Colours;
	readonly utc: boolean;
}

/** A line about all of them, the heading, the rows, and an empty line after them. */
export function textTable(printed: PrintedTable, options: TopOptions, look: TextLook): string {
	const { table, final, wallMs, elapsedMs, truth, perSecond } = printed;
	const time = new ClockText(look.utc).of(Math.floor(wallMs / 1_000), 0).slice(0, 'hh:mm:ss'.length);
	const scope = tapScope(elapsedMs, truth.pods);
	const parts = [countOf(table.count, 'exchange')];
	if (table.count > 0) {
		parts.push(`${rateText(perSecond)}/s`, `${percentText((table.count - table.failed) / table.count)} success`);
	}
	parts.push(lostText(truth));
	const rows = sortedRows(printed.rows, columnNamed(options.sort), options.descending);
	const columns = columnsOf(table.by, table.hidesSources);
	const lines = tableLines(rows, rows, null, { ...look, columns, ...options, margin: 0 });
	const folded = foldedText(table);
	return [
		`${time}  ${final ? 'in all, ' : ''}${scope}: ${parts.join(', ')}`,
		...(rows.length === 0 ? [] : [lines.heading, ...lines.rows.map((line) => line.trimEnd())]),
		...(folded === null ? [] : [folded]),
		'',
		'',
	].join('\n');
}

/** The object that the manual describes, and a line end. */
export function jsonTable(printed: PrintedTable, options: TopOptions): string {
	const { table, truth } = printed;
	const keys = new Map(table.rows.map(({ id, key }) => [id, key]));
	const rows = sortedRows(printed.rows, columnNamed(options.sort), options.descending).map((row) => {
		const key = keys.get(row.id);
		return {
			source: endObject(key?.source ?? null),
			destination: endObject(key?.destination ?? null),
			method: row.method,
			route: row.route,
			status: row.status,
			count: row.count,
			failed: row.failed,
			successRate: row.successRate,
			perSecond: row.perSecond,
			p50Nanos: row.p50Nanos,
			p95Nanos: row.p95Nanos,
			p99Nanos: row.p99Nanos,
			maxNanos: row.maxNanos,
			sinceLastMillis: Math.round(row.sinceLastMs),
		};
	});
	return `${JSON.stringify({
		time: new Date(printed.wallMs).toISOString(),
		final: printed.final,
		elapsedMillis: Math.round(printed.elapsedMs),
		by: table.by,
		count: table.count,
		failed: table.failed,
		perSecond: printed.perSecond,
		rows,
		folded: { routes: table.foldedRoutes, exchanges: table.foldedExchanges },
		pods: truth.pods,
		seen: truth.seen,
		filtered: truth.filtered,
		unjudged: truth.unjudged,
		skipped: truth.skipped,
		lost: { count: truth.lost, exact: truth.lostExactly && truth.uncounted.length === 0, causes: truth.losses },
	})}\n`;
}

function endObject(end: End | null): { namespace: string | null; name: string } | null {
	return end === null ? null : { namespace: end.namespace || null, name: end.pod };
}
