/** Of an exchange that Podwire read, exactly what an expectation tells. */
import type { CanonicalExchange, Header, Messages } from './canonical-exchange.ts';
import type { ExpectedExchange, ExpectedMessage, ExpectedMessages, HeaderList } from './expected-exchange.ts';

type Part = NonNullable<CanonicalExchange['request']> | NonNullable<CanonicalExchange['response']>;

/** Equal to `expected` where, and only where, `read` is as the logs say. */
export function toldFields(read: CanonicalExchange, expected: ExpectedExchange): unknown {
	return {
		...pick(
			{
				server: read.server,
				protocol: read.protocol,
				method: read.request?.method ?? null,
				authority: read.request?.authority ?? null,
				path: read.request?.path ?? null,
				status: read.response?.status ?? null,
				informational: read.informational.map(({ status }) => status),
				pushed: read.pushed,
				reset: read.reset,
			},
			expected,
		),
		...(expected.request && { request: part(read.request, expected.request) }),
		...(expected.response && { response: part(read.response, expected.response) }),
		end: read.end,
		missing: read.missing,
	};
}

/**
 * The same of the expectation, with what it leaves to the rule: exchanges are complete, and nothing is missing that came. Of
 * a stream that was reset before its response began, none was sent.
 */
export function expectedFields(expected: ExpectedExchange): unknown {
	const unanswered = expected.status === null && expected.reset === undefined;
	return { end: 'complete', missing: unanswered ? ['no-response'] : [], ...expected };
}

function part(read: Part | null, expected: ExpectedMessage): unknown {
	if (read === null) return null;
	const fields: Record<string, unknown> = pick(read as unknown as ExpectedMessage, expected);
	if (expected.headers) fields.headers = inCaseOf(read.headers, expected.headers);
	if (expected.trailers) fields.trailers = inCaseOf(read.trailers, expected.trailers);
	if (expected.messages) fields.messages = read.messages && messages(read.messages, expected.messages);
	return fields;
}

/** Only the names in `like`. */
function pick<T extends object>(from: T, like: object): Record<string, unknown> {
	return Object.fromEntries(Object.entries(from).filter(([name]) => name in like));
}

/** Some logs write names in a case of their own: where names differ in nothing else, the log's is taken. */
function inCaseOf(read: readonly Header[], logged: HeaderList): readonly Header[] {
	return read.map(([name, value], index) => {
		const other = logged[index]?.[0];
		return [other !== undefined && other.toLowerCase() === name?.toLowerCase() ? other : name, value];
	});
}

function messages(read: Messages, expected: ExpectedMessages): unknown {
	const counts = Object.fromEntries(
		Object.entries(read.counts).map(([kind, tally]) => {
			const told = expected.counts[kind as keyof typeof expected.counts];
			return [kind, told === undefined ? tally : pick(tally, told)];
		}),
	);
	const closeCode = 'closeCode' in expected ? { closeCode: read.closeCode } : {};
	return { counts, ...closeCode, ...(read.exact ? {} : { exact: false }) };
}
