/**
 * Three times the load that saturates: the reader of a `podwire tap -o json` takes a third of the bytes that another one
 * took of the same load. What is not shown is to be said, to the last exchange.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { collected, type Ground, until } from '../ground.ts';
import { caughtUp, type RunningTap, startTap, tapIntoPipe, truthIn } from '../observers/podwire-tap.ts';
import { PodwireUp, podwireEnvironment } from '../observers/podwire-up.ts';
import { countNumbersIn } from '../sequence.ts';
import type { RunOrder, WorkloadResult } from '../workloads/workload.ts';
import { keepAlive } from '../workloads/wrk.ts';
import type { Measurement } from './measurement.ts';

const factor = 3;
const leastSeconds = 10;
const slowReader = fileURLToPath(new URL('slow-reader.ts', import.meta.url));

export const overload: Measurement = {
	name: 'overload',
	description: `${factor} times what the reader of a tap takes: what is lost is said`,
	needs: ['nginx', 'wrk', 'nats-server'],
	seconds: ({ seconds }) => 2 * Math.max(leastSeconds, seconds) + 30,
	async run(ground, { seconds: asked, tell }) {
		const seconds = Math.max(leastSeconds, asked);
		const load = await keepAlive.start(ground);
		const unhindered = await underTap(ground, load.run, seconds, (args) => tapIntoPipe(ground, args));
		const bytesPerSecond = Math.round(unhindered.bytes / seconds / factor);
		tell(`overload: ${unhindered.distinct} of ${unhindered.sent} shown without hindrance`);
		const hindered = await underTap(ground, load.run, seconds, (args) =>
			tapIntoSlowReader(ground, args, bytesPerSecond),
		);
		const said = lostIn(hindered.truth);
		const missing = hindered.sent - hindered.distinct;
		const unaccounted = unaccountedOf(missing, said);
		return {
			lines: [
				`${factor} times what the reader takes (${(bytesPerSecond / 1e6).toFixed(1)} MB/s): ${hindered.sent} sent, ` +
					`${hindered.distinct} shown, ${missing} not; of them not said to be lost: ${unaccounted}`,
				`it said: ${hindered.truth}`,
			],
			findings: [
				{ key: 'overload/unaccounted', value: unaccounted, unit: 'requests' },
				{ key: 'overload/missing', value: missing, unit: 'requests' },
			],
			curves: [],
		};
	},
};

type Run = (order: RunOrder) => Promise<WorkloadResult>;

async function underTap(ground: Ground, run: Run, seconds: number, start: (args: readonly string[]) => RunningTap) {
	const up = await PodwireUp.start(ground);
	const tap = await startTap(up, [`netns/${ground.server.netns}`], ['-o', 'json'], start);
	const { requests } = await run({ seconds, firstNumber: 1 });
	await caughtUp(tap.shownPath);
	await tap.stop();
	await up.stop();
	const { size } = statSync(tap.shownPath);
	return { sent: requests, bytes: size, distinct: await countNumbersIn(tap.shownPath), truth: truthIn(tap.said()) };
}

/** Prints into a pipe whose reader takes so many bytes a second and no more. */
function tapIntoSlowReader(ground: Ground, args: readonly string[], bytesPerSecond: number): RunningTap {
	const pipe = ground.path('slow.pipe');
	const shownPath = ground.path('slow.shown');
	execFileSync('sh', ['-c', 'test -p "$0" || mkfifo "$0"', pipe]);
	const writable = openSync(pipe, 'r+'); // does not wait for a reader
	const readable = openSync(pipe, 'r');
	closeSync(openSync(shownPath, 'w'));
	const reader = collected(
		ground.spawn(process.execPath, [slowReader, shownPath, `${bytesPerSecond}`], {
			stdio: [readable, 'ignore', 'inherit'],
		}),
	);
	const tap = collected(
		ground.spawn(process.execPath, args, { stdio: ['ignore', writable, 'pipe'], env: podwireEnvironment }),
	);
	closeSync(writable);
	closeSync(readable);
	const atEnd = async () => {
		await tap.ended;
		await until(
			() => reader.child.exitCode !== null,
			() => 'the slow reader did not end',
			60_000,
		);
	};
	return { pid: () => tap.child.pid ?? 0, said: tap.stderr, shownPath, ended: atEnd() };
}

/** What a line of truth says was lost. */
export interface SaidLoss {
	readonly count: number;
	/** Exchanges were counted. Otherwise packets were, of which a lost exchange lost one at least; or more may be lost. */
	readonly exact: boolean;
}

/** `1,285 lost`, `about 31 lost`, `none lost` of a line of truth; null when it says no number. */
export function lostIn(truth: string): SaidLoss | null {
	if (truth.includes('none lost')) return { count: 0, exact: true };
	const [, vague, digits] = /(at least |about )?([\d,]+) lost/.exec(truth) ?? [];
	return digits === undefined ? null : { count: Number(digits.replaceAll(',', '')), exact: vague === undefined };
}

/** Of `missing` exchanges those that nobody said were lost; where exchanges were counted, also those said wrongly. */
export function unaccountedOf(missing: number, said: SaidLoss | null): number {
	if (said === null) return Math.max(0, missing);
	return said.exact ? Math.abs(missing - said.count) : Math.max(0, missing - said.count);
}
