/** The words of `podwire top` that flags, help and the table share; it imports nothing, as every command loads it. */

export const GROUPINGS = ['route', 'workload', 'pod', 'status'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export const COLUMN_NAMES = [
	'source',
	'destination',
	'method',
	'route',
	'status',
	'count',
	'rate',
	'success',
	'p50',
	'p95',
	'p99',
	'max',
	'last',
] as const;
export type ColumnName = (typeof COLUMN_NAMES)[number];

/** What counts as failed. */
export const FAILURE_WORDS =
	'a status of 500 or more, gRPC UNKNOWN, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE or DATA_LOSS, or an end by a reset or a closed connection';
