/** What nobody who looks on could tell, by capture, and what is then allowed of a damaged one. */
import { isDeepStrictEqual } from 'node:util';
import type { CanonicalExchange } from './canonical-exchange.ts';

export interface Undecidable {
	readonly why: string;
	/** Whether this reading of a damaged capture is one that cannot be told from the truth. `whole`: of the same connection. */
	allows(read: CanonicalExchange, whole: readonly CanonicalExchange[]): boolean;
}

const UNDECIDABLE: Readonly<Record<string, Undecidable>> = {
	'http1-messages-in-bodies': {
		why: 'a body whose first segment is a request from its first byte on, and whose own head was not seen: the first of the requests in it is told, without a response, and marked',
		allows: ({ request, response, missing }) =>
			request?.path === '/false/0' &&
			response === null &&
			['joined-late', 'lost-packets', 'truncated'].some((cause) => missing.includes(cause)),
	},
	'http1-nginx-h2load-pipelined': {
		why: 'a constant pipeline, one request for each answer, looks like turns where the server has received a request before it answers an earlier one: no acknowledgment shows it',
		allows: (read, whole) => whole.some((one) => sameBut(read, one, ['firstResponseByteNanos', 'durationNanos'])),
	},
	'http1-nginx-large-packets': {
		why: 'the lost end of a body that need not be seen is told with the time of what proves that it passed',
		allows: (read, whole) =>
			whole.some(
				(one) => sameBut(read, one, ['durationNanos']) && (read.durationNanos ?? 0) >= (one.durationNanos ?? 0),
			),
	},
	'http2-upgrade-h2c': {
		why: 'to what a connection was upgraded is in fields that may be lost: told as the 101 that passed, and marked',
		allows: ({ response, end, missing }) =>
			response?.status === 101 &&
			end === 'upgraded' &&
			['truncated', 'lost-packets'].some((cause) => missing.includes(cause)),
	},
};

export function undecidable(capture: string): Undecidable | undefined {
	return UNDECIDABLE[capture];
}

function sameBut(read: CanonicalExchange, whole: CanonicalExchange, names: readonly string[]): boolean {
	const rest = (exchange: CanonicalExchange) =>
		Object.entries(exchange).filter(([name]) => name !== 'id' && !names.includes(name));
	return isDeepStrictEqual(rest(read), rest(whole));
}
