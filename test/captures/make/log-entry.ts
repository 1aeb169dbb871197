/** One line of one program's log, and how the logs of both ends become one expectation. */
import { isDeepStrictEqual } from 'node:util';
import type { ExpectedExchange, ExpectedRequest, ExpectedResponse } from '../expected-exchange.ts';
import { groupBy } from '../group-by.ts';

/** What every log tells, and what this one tells beyond. */
export type LogEntry = Pick<ExpectedExchange, 'server' | 'method' | 'path' | 'status'> & Partial<ExpectedExchange>;

type Fields = Readonly<Record<string, unknown>>;

function keyOf({ server, method, path, status }: LogEntry): string {
	return `${server} ${method} ${path} ${status}`;
}

/**
 * Joins the logs of clients and servers of the same exchanges. The n-th of a server, method, path and status in one log is the n-th in
 * the others. Throws when logs disagree about how many there were, or about anything that two of them tell.
 */
export function mergeLogs(first: readonly LogEntry[], ...others: readonly (readonly LogEntry[])[]): LogEntry[] {
	let merged = [...first];
	for (const other of others) {
		const waiting = groupBy(other, keyOf);
		merged = merged.map((entry) => {
			const match = waiting.get(keyOf(entry))?.shift();
			if (match === undefined) throw new Error(`only one log has ${keyOf(entry)}; the other: ${other.map(keyOf)}`);
			return mergeFields(entry, match, keyOf(entry)) as LogEntry;
		});
		const left = [...waiting.values()].flat();
		if (left.length > 0) throw new Error(`only one log has ${left.map(keyOf)}; the other: ${first.map(keyOf)}`);
	}
	return merged;
}

function mergeFields<T extends object>(one: T, other: T, where: string): T {
	const result: Record<string, unknown> = { ...(one as Fields) };
	for (const [name, value] of Object.entries(other)) {
		const known = result[name];
		if (value === undefined) continue;
		if (known === undefined) result[name] = value;
		else if (isRecord(known) && isRecord(value)) result[name] = mergeFields(known, value, `${where} ${name}`);
		else if (!isDeepStrictEqual(known, value)) {
			throw new Error(
				`the logs disagree about ${name} of ${where}: ${JSON.stringify(known)}, ${JSON.stringify(value)}`,
			);
		}
	}
	return result as T;
}

function isRecord(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Throws where no log told the protocol. */
export function asExpected(entry: LogEntry): ExpectedExchange {
	if (entry.protocol === undefined) throw new Error(`no log tells the protocol of ${keyOf(entry)}`);
	return { ...entry, protocol: entry.protocol };
}

/** JSON lines of the programs in this folder, which write log entries themselves. */
export function parseEntries(text: string, server: string): LogEntry[] {
	return text
		.split('\n')
		.filter((line) => line.startsWith('{'))
		.map((line) => ({ server, ...(JSON.parse(line) as Omit<LogEntry, 'server'>) }));
}

export function bodies(requestBytes: number | undefined, responseBytes: number | undefined): Partial<ExpectedExchange> {
	const request: ExpectedRequest | undefined = requestBytes === undefined ? undefined : { bodyBytes: requestBytes };
	const response: ExpectedResponse | undefined = responseBytes === undefined ? undefined : { bodyBytes: responseBytes };
	return { ...(request && { request }), ...(response && { response }) };
}
