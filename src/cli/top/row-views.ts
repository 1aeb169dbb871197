/** The rows of a table at one moment: with their names, filtered and sorted. */
import type { RowView, TopColumn } from './columns.ts';
import type { End } from './ends.ts';
import type { TrafficRow } from './traffic-row.ts';
import type { TrafficTable } from './traffic-table.ts';

/** In the order in which they came. `perSecond`: the rate of a row. */
export function rowViews(table: TrafficTable, nowMs: number, perSecond: (row: TrafficRow) => number): RowView[] {
	const { rows } = table;
	const ambiguous = namesOfSeveral(rows);
	return rows.map((row) => ({
		id: row.id,
		source: row.key.source === null ? null : endText(row.key.source, ambiguous),
		destination: endText(row.key.destination, ambiguous),
		method: row.key.method,
		route: row.key.route,
		status: row.key.status,
		count: row.count,
		failed: row.failed,
		successRate: row.successRate,
		perSecond: perSecond(row),
		p50Nanos: row.latencies.percentile(50),
		p95Nanos: row.latencies.percentile(95),
		p99Nanos: row.latencies.percentile(99),
		maxNanos: row.latencies.max,
		sinceLastMs: nowMs - row.lastMs,
	}));
}

/** Those in whose names the text occurs, in any case. */
export function filteredRows(rows: readonly RowView[], text: string): readonly RowView[] {
	if (text === '') return rows;
	const wanted = text.toLowerCase();
	return rows.filter(({ source, destination, method, route, status }) =>
		[source, destination, method, route, status].some((name) => name?.toLowerCase().includes(wanted) === true),
	);
}

/** Rows that are equal in the column are in the order of their names, so that none changes places without a reason. */
export function sortedRows(rows: readonly RowView[], column: TopColumn, descending: boolean): readonly RowView[] {
	return rows.toSorted((one, two) => {
		const [first, second] = [column.value(one), column.value(two)];
		if (first === null || second === null) return Number(first === null) - Number(second === null) || byName(one, two);
		const order = first < second ? -1 : Number(first > second);
		return (descending ? -order : order) || byName(one, two);
	});
}

/** `shop/deploy/frontend` where another namespace has a name like it. */
function endText({ namespace, pod }: End, ambiguous: ReadonlySet<string>): string {
	return namespace !== '' && ambiguous.has(pod) ? `${namespace}/${pod}` : pod;
}

function byName(one: RowView, two: RowView): number {
	return one.id < two.id ? -1 : Number(one.id > two.id);
}

/** Names that occur in several namespaces. */
function namesOfSeveral(rows: readonly TrafficRow[]): ReadonlySet<string> {
	const namespaces = new Map<string, string>();
	const ambiguous = new Set<string>();
	for (const { key } of rows) {
		for (const end of key.source === null ? [key.destination] : [key.source, key.destination]) {
			const known = namespaces.get(end.pod);
			if (known === undefined) namespaces.set(end.pod, end.namespace);
			else if (known !== end.namespace) ambiguous.add(end.pod);
		}
	}
	return ambiguous;
}
