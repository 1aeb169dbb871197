/** What the flags of `podwire top` ask for. Throws UsageError. */
import { parseDurationNanos } from '../../messaging/filter-values.ts';
import type { FlagValues } from '../flag-values.ts';
import { UsageError } from '../usage-error.ts';
import { columnNamed, columnsOf } from './columns.ts';
import { parseRoutePattern, type RoutePattern } from './route-pattern.ts';
import type { ColumnName, Grouping } from './table-words.ts';

/** On the screen the table is drawn anew so often, and in a pipe printed. */
export const SCREEN_INTERVAL_MS = 1_000;
export const PIPE_INTERVAL_MS = 10_000;
const LEAST_INTERVAL_MS = 100;
const LONGEST_INTERVAL_MS = 2 ** 31 - 1;
const NANOS_PER_MILLI = 1e6;

export interface TopOptions {
	readonly form: 'screen' | 'text' | 'json';
	readonly intervalMs: number;
	readonly by: Grouping;
	readonly sort: ColumnName;
	readonly descending: boolean;
	readonly hideSources: boolean;
	readonly patterns: readonly RoutePattern[];
}

/** `terminal`: stdout is one, and can show a screen. */
export function topOptions(flags: FlagValues, terminal: boolean): TopOptions {
	const output = flags.one('output') as 'text' | 'json' | undefined;
	const form = output ?? (terminal ? 'screen' : 'text');
	const by = (flags.one('by') ?? 'route') as Grouping;
	const hideSources = flags.has('hide-sources');
	const sort = sortOf(flags, by, hideSources);
	return {
		form,
		intervalMs: intervalOf(flags) ?? (form === 'screen' ? SCREEN_INTERVAL_MS : PIPE_INTERVAL_MS),
		by,
		sort,
		descending: columnNamed(sort).descendsFirst,
		hideSources,
		patterns: flags.all('route').map(parseRoutePattern),
	};
}

function sortOf(flags: FlagValues, by: Grouping, hideSources: boolean): ColumnName {
	const sort = (flags.one('sort') ?? 'count') as ColumnName;
	const columns = columnsOf(by, hideSources).map(({ name }) => name);
	if (columns.includes(sort)) return sort;
	throw new UsageError(`--sort: expected a column of --by ${by}: ${columns.join(', ')}, got "${sort}"`);
}

/** Null: not given. */
function intervalOf(flags: FlagValues): number | null {
	const text = flags.one('interval');
	if (text === undefined) return null;
	const intervalMs = (parseDurationNanos(text) ?? 0) / NANOS_PER_MILLI;
	if (intervalMs >= LEAST_INTERVAL_MS && intervalMs <= LONGEST_INTERVAL_MS) return intervalMs;
	throw new UsageError(`--interval: expected a time from 100ms to 24 days, such as 5s or 1m, got "${text}"`);
}
