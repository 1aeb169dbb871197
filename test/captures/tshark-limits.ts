/** Where tshark is known to be wrong or silent, one by one, with the reason. Anything else has to agree. */
import type { TsharkExchange } from './tshark-exchanges.ts';

export interface Difference {
	/** Method and path. */
	readonly where: string;
	readonly field: keyof TsharkExchange | 'exchange';
	readonly podwire: unknown;
	readonly tshark: unknown;
}

export interface Limit {
	readonly capture: string;
	readonly where: RegExp;
	readonly fields: readonly Difference['field'][];
	readonly why: string;
}

const WAITS = 'tshark shows a message when its body is whole, and this one never was';
const PIPELINED_HEAD =
	'tshark does not know that a pipelined request was a HEAD: it takes the answers after it for the body of its answer';

const LIMITS: readonly Limit[] = [
	{
		capture: 'http1-broken-connections',
		where: /amid/,
		fields: ['status', 'responseHeaders', 'responseBodyBytes'],
		why: WAITS,
	},
	{ capture: 'http1-broken-connections', where: /client-goes/, fields: ['exchange'], why: WAITS },
	{
		capture: 'http1-server-sent-events',
		where: /until-closed/,
		fields: ['status', 'responseHeaders', 'responseBodyBytes'],
		why: WAITS,
	},
	{
		capture: 'http1-grpc-web',
		where: /./,
		fields: ['responseTrailers'],
		why: 'tshark does not read the trailers that gRPC-Web has in its body',
	},
	{ capture: 'http1-node-pipelined', where: /^HEAD/, fields: ['responseBodyBytes'], why: PIPELINED_HEAD },
	{
		capture: 'http1-node-pipelined',
		where: /cut$/,
		fields: ['status', 'responseHeaders', 'responseTrailers', 'responseBodyBytes'],
		why: PIPELINED_HEAD,
	},
	{
		capture: 'http1-node-pipelined',
		where: /processing/,
		fields: ['status', 'informational', 'responseHeaders', 'responseBodyBytes'],
		why: PIPELINED_HEAD,
	},
	{ capture: 'http1-node-pipelined', where: /none/, fields: ['status', 'responseHeaders'], why: PIPELINED_HEAD },
	{
		capture: 'http1-nginx-curl',
		where: /\?headers$/,
		fields: ['requestHeaders'],
		why: 'tshark prints a value that is not ASCII with replacement characters',
	},
];

export function limitsOf(capture: string): Limit[] {
	return LIMITS.filter((limit) => limit.capture === capture).flatMap((limit) =>
		limit.fields.map((field) => ({ ...limit, fields: [field] })),
	);
}

export function explains(limit: Limit, { where, field }: Difference): boolean {
	return limit.fields.includes(field) && limit.where.test(where);
}
