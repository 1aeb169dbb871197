/** What Podwire is to cost at most, and whether a run met it. Two processors that load generator and server saturate. */
import type { Finding } from './findings.ts';

export interface Goal {
	readonly what: string;
	/** Of the finding that it judges. */
	readonly key: string;
	readonly bound: 'at least' | 'at most' | 'below';
	readonly limit: number;
}

const nothingLost = (workload: string, observer: string): Goal => ({
	what: `${workload}, ${observer}: requests lost`,
	key: `${workload}/${observer}/lost`,
	bound: 'at most',
	limit: 0,
});

const shareOf = (what: string, workload: string, observer: string, limit: number): Goal => ({
	what,
	key: `${workload}/${observer}/ratio`,
	bound: 'at least',
	limit,
});

export const goals: readonly Goal[] = [
	shareOf("the node's share: requests/s of untapped, a subscriber that only counts", 'keep-alive', 'node-share', 0.93),
	nothingLost('keep-alive', 'node-share'),
	shareOf('the whole way, every exchange printed as a line', 'keep-alive', 'line', 0.8),
	nothingLost('keep-alive', 'line'),
	shareOf('the whole way, every exchange printed as JSON', 'keep-alive', 'json', 0.75),
	nothingLost('keep-alive', 'json'),
	shareOf('a tap on a terminal', 'keep-alive', 'terminal', 0.93),
	shareOf('a tap whose filter matches nothing', 'keep-alive', 'filtered', 0.95),
	{
		what: '20,000/s: CPU of kernel and agent per exchange',
		key: 'fixed-rate/line/node-cpu',
		bound: 'at most',
		limit: 3,
	},
	{ what: '20,000/s: CPU of all else per exchange', key: 'fixed-rate/line/other-cpu', bound: 'at most', limit: 8 },
	{ what: '20,000/s: p99 latency, of untapped', key: 'fixed-rate/line/ratio', bound: 'at most', limit: 1.1 },
	shareOf('1 GB download', 'download', 'line', 0.98),
	{ what: 'download: MB copied per GB', key: 'download/line/copied', bound: 'at most', limit: 1 },
	shareOf('1 GB upload', 'upload', 'line', 0.98),
	{ what: 'upload: MB copied per GB', key: 'upload/line/copied', bound: 'at most', limit: 1 },
	{ what: 'agent at saturation: MB', key: 'keep-alive/line/agent-memory', bound: 'at most', limit: 150 },
	{ what: 'native pipeline: µs per exchange', key: 'native/pipeline', bound: 'at most', limit: 1 },
	{ what: 'native pipeline: GB/s on large bodies', key: 'native/bodies', bound: 'at least', limit: 3 },
	{
		what: "head parser: GB/s by picohttpparser's, on its request",
		key: 'native/head-parser',
		bound: 'at least',
		limit: 1,
	},
	{ what: '1,000,000 idle flows: bytes each', key: 'flows/bytes', bound: 'at most', limit: 400 },
	{ what: "podwire read: time by httpry's", key: 'read/of-httpry', bound: 'below', limit: 1 },
	{ what: "podwire read: tshark's time by its own", key: 'read/tshark-by', bound: 'at least', limit: 12 },
	{ what: 'podwire read: peak memory by that of a quarter', key: 'read/memory-growth', bound: 'at most', limit: 1.1 },
	{ what: 'agent idle: programs', key: 'idle/programs', bound: 'at most', limit: 0 },
	{ what: 'agent idle: % of a core', key: 'idle/cpu', bound: 'at most', limit: 0.1 },
	{ what: 'agent idle: MB', key: 'idle/memory', bound: 'at most', limit: 80 },
	{ what: 'agent with 100 quiet pods tapped: % of a core', key: 'idle/cpu-tapped', bound: 'at most', limit: 0.5 },
	{ what: 'first exchange after the command: p50 ms', key: 'first-exchange/p50', bound: 'at most', limit: 120 },
	{ what: 'first exchange after the command: p99 ms', key: 'first-exchange/p99', bound: 'at most', limit: 300 },
	{ what: 'kernel to terminal at 1,000/s: p99 ms', key: 'latency/p99', bound: 'at most', limit: 25 },
	{ what: 'cost by attached pods: exponent (1 is linear)', key: 'scale/pods', bound: 'at most', limit: 1 },
	{ what: 'cost by taps: exponent (1 is linear)', key: 'scale/taps', bound: 'at most', limit: 1 },
	{
		what: 'three times what saturates: sent, not shown and not said',
		key: 'overload/unaccounted',
		bound: 'at most',
		limit: 0,
	},
];

export interface Verdict {
	readonly goal: Goal;
	readonly finding: Finding;
	readonly met: boolean;
}

/** Of the goals whose figure was measured. */
export function verdictsOf(findings: readonly Finding[], table: readonly Goal[] = goals): Verdict[] {
	const byKey = new Map(findings.map((finding) => [finding.key, finding]));
	return table.flatMap((goal) => {
		const finding = byKey.get(goal.key);
		return finding === undefined ? [] : [{ goal, finding, met: meets(finding.value, goal) }];
	});
}

function meets(value: number, { bound, limit }: Goal): boolean {
	if (bound === 'at least') return value >= limit;
	return bound === 'at most' ? value <= limit : value < limit;
}
