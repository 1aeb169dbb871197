/** `--max-requests` and `--duration`: how long a command shows exchanges. Throws UsageError. */
import { parseDurationNanos, parseInteger } from '../messaging/filter-values.ts';
import type { FlagValues } from './command-line.ts';
import { UsageError } from './usage-error.ts';

const NANOS_PER_MILLI = 1e6;
const MOST_REQUESTS = 1e15 - 1;
/** The longest delay that a timer of Node.js takes. */
const LONGEST_DURATION_MS = 2 ** 31 - 1;

export interface Limits {
	/** Null: no limit. */
	readonly maxRequests: number | null;
	readonly durationMs: number | null;
}

export function limitsOf(flags: FlagValues): Limits {
	return { maxRequests: maxRequestsOf(flags.one('max-requests')), durationMs: durationOf(flags.one('duration')) };
}

function maxRequestsOf(text: string | undefined): number | null {
	if (text === undefined) return null;
	const count = parseInteger(text, 1, MOST_REQUESTS);
	if (count === null) throw new UsageError(`--max-requests: expected a number from 1, got "${text}"`);
	return count;
}

function durationOf(text: string | undefined): number | null {
	if (text === undefined) return null;
	const nanos = parseDurationNanos(text);
	const durationMs = nanos === null ? 0 : nanos / NANOS_PER_MILLI;
	if (durationMs > 0 && durationMs <= LONGEST_DURATION_MS) return durationMs;
	throw new UsageError(`--duration: expected a time such as 30s or 5m, at most 24 days, got "${text}"`);
}
