/** What a tap costs the tapped by the number of attached pods and by the number of taps: node's share alone. */
import type { Curve } from '../findings.ts';
import type { Ground } from '../ground.ts';
import { type NodeShareOrder, startNodeShare } from '../observers/node-share.ts';
import { cpuSecondsByName } from '../process-figures.ts';
import { growthExponent, spreadOf } from '../statistics.ts';
import { numberText } from '../table.ts';
import type { RunningWorkload } from '../workloads/workload.ts';
import { keepAlive } from '../workloads/wrk.ts';
import type { Measurement } from './measurement.ts';

const podCounts = [1, 10, 50, 100, 250];
const tapCounts = [1, 5, 10, 25, 50];
/** Beside the measured seconds of a run: starting, ending, attaching. */
const overheadSeconds = 6;
const warmUpSeconds = 1;
const maxRounds = 3;

interface Point {
	readonly x: number;
	readonly ratio: number;
	/** Of agent and NATS, an exchange. */
	readonly micros: number;
}

export const scale: Measurement = {
	name: 'scale',
	description: `cost by attached pods (${podCounts.join(', ')}) and taps (${tapCounts.join(', ')})`,
	needs: ['nginx', 'wrk', 'nats-server'],
	seconds: ({ rounds, seconds }) =>
		(podCounts.length + tapCounts.length) * Math.min(rounds, maxRounds) * (2 * seconds + overheadSeconds) + 20,
	async run(ground, { rounds, seconds, tell }) {
		const load = await keepAlive.start(ground);
		const server = { name: 'server', netns: ground.server.netns };
		const quiet = Array.from({ length: Math.max(...podCounts) - 1 }, (_, index) =>
			ground.network.addPod(`quiet${index}`),
		);
		const measure = async (x: number, order: NodeShareOrder): Promise<Point> => {
			const points: Point[] = [];
			for (let round = 0; round < Math.min(rounds, maxRounds); round += 1) {
				points.push(await measurePoint(ground, load, x, order, seconds));
			}
			const median = (of: (point: Point) => number) => spreadOf(points.map(of)).median;
			return { x, ratio: median(({ ratio }) => ratio), micros: median(({ micros }) => micros) };
		};
		const byPods: Point[] = [];
		for (const count of podCounts) {
			byPods.push(await measure(count, { pods: [server, ...quiet.slice(0, count - 1)], taps: 1, keep: false }));
			tell(`scale: ${count} pods`);
		}
		const byTaps: Point[] = [];
		for (const count of tapCounts) {
			byTaps.push(await measure(count, { pods: [server], taps: count, keep: false }));
			tell(`scale: ${count} taps`);
		}
		return reportOf(byPods, byTaps);
	},
};

async function measurePoint(
	ground: Ground,
	load: RunningWorkload,
	x: number,
	order: NodeShareOrder,
	seconds: number,
): Promise<Point> {
	const untapped = await load.run({ seconds, firstNumber: 1 });
	const share = await startNodeShare(ground, order);
	await load.run({ seconds: warmUpSeconds, firstNumber: 1 });
	const node = share.processes().filter(({ name }) => name !== 'subscriber');
	const before = cpuSecondsByName(node);
	const tapped = await load.run({ seconds, firstNumber: 1 });
	const after = cpuSecondsByName(node);
	await share.stop();
	const spent = Object.entries(after).reduce((sum, [name, total]) => sum + total - (before[name] ?? 0), 0);
	return {
		x,
		ratio: tapped.requestsPerSecond / untapped.requestsPerSecond,
		micros: (spent * 1e6) / tapped.requests,
	};
}

function reportOf(byPods: readonly Point[], byTaps: readonly Point[]) {
	const words = (what: string, points: readonly Point[]) =>
		`cost by ${what}: ${points.map(({ x, ratio, micros }) => `${x}: ${ratio.toFixed(3)} of untapped, ${numberText(micros)} µs`).join('; ')}`;
	const exponent = (points: readonly Point[]) => growthExponent(points.map(({ x, micros }) => ({ x, y: micros })));
	const curvesOf = (what: string, points: readonly Point[]): Curve[] => [
		{
			title: `requests/s by ${what}`,
			xLabel: what,
			yLabel: 'of untapped',
			points: points.map(({ x, ratio }) => ({ x, y: ratio })),
		},
		{
			title: `CPU of agent and NATS by ${what}`,
			xLabel: what,
			yLabel: 'µs a request',
			points: points.map(({ x, micros }) => ({ x, y: micros })),
		},
	];
	return {
		lines: [words('attached pods', byPods), words('taps', byTaps)],
		findings: [
			{ key: 'scale/pods', value: exponent(byPods), unit: 'exponent' },
			{ key: 'scale/taps', value: exponent(byTaps), unit: 'exponent' },
		],
		curves: [...curvesOf('attached pods', byPods), ...curvesOf('taps', byTaps)],
	};
}
