/** Measures workloads under observers, each run beside an untapped one: A B A B …, observer after observer, round after round. */
import type { Ground } from './ground.ts';
import { nothing } from './observers/nothing.ts';
import type { Observer } from './observers/observer.ts';
import { cpuSecondsByName, cpuSecondsOfEndedChildren, memoryOf, type NamedProcess } from './process-figures.ts';
import type { Round, Row, Run } from './rows.ts';
import type { RunningWorkload, Workload, WorkloadResult } from './workloads/workload.ts';

export interface MatrixOrder {
	readonly rounds: number;
	/** Of the measured part of each run. */
	readonly seconds: number;
	/** Of load before it, while an observer watches; 0: none. */
	readonly warmUpSeconds: number;
}

/** Every observer on one workload. `tell` hears of each round. */
export async function measureWorkload(
	ground: Ground,
	workload: Workload,
	observers: readonly Observer[],
	order: MatrixOrder,
	tell: (sentence: string) => void,
): Promise<Row[]> {
	const running = await workload.start(ground);
	await running.run({ seconds: 1, firstNumber: 1 }); // files are read, memory is there
	const rounds = new Map<string, Round[]>(observers.map(({ name }) => [name, []]));
	for (let round = 1; round <= order.rounds; round += 1) {
		for (const observer of observers) {
			rounds.get(observer.name)?.push(await measureRound(ground, workload, running, observer, order));
		}
		tell(`${workload.name}: round ${round} of ${order.rounds}`);
	}
	const { unit, best } = workload.measure;
	return observers.map(({ name }) => ({
		workload: workload.name,
		observer: name,
		unit,
		best,
		rounds: rounds.get(name) ?? [],
	}));
}

async function measureRound(
	ground: Ground,
	workload: Workload,
	running: RunningWorkload,
	observer: Observer,
	{ seconds, warmUpSeconds }: MatrixOrder,
): Promise<Round> {
	const order = { seconds, firstNumber: 1 };
	const before = await nothing.start(ground);
	const untapped = await measured(workload, running, before.processes(), order);
	await before.stop();

	const watching = await observer.start(ground);
	const processes = watching.processes();
	const warmUp = warmUpSeconds > 0 ? await running.run({ seconds: warmUpSeconds, firstNumber: 1 }) : null;
	const warmUpRequests = warmUp?.requests ?? 0;
	const copiedBefore = watching.copiedBytes();
	// wrk leaves a request a connection unanswered when it stops; their numbers are not given again.
	const firstNumber = warmUpRequests + unansweredNumbers;
	const observed = await measured(workload, running, processes, { seconds, firstNumber });
	const copied = watching.copiedBytes();
	const peakMegabytes = Object.fromEntries(processes.map(({ name, pid }) => [name, memoryOf(pid)?.peakMegabytes ?? 0]));
	const { told, toldBy, said, behindSeconds = null } = await watching.stop();
	const gigabytes =
		(observed.result.gigabytesPerSecond ?? 0) * (observed.result.requests / observed.result.requestsPerSecond);
	return {
		untapped: untapped.run,
		observed: observed.run,
		sent: warmUpRequests + observed.result.requests,
		told,
		toldBy,
		said,
		behindSeconds,
		peakMegabytes,
		copiedMegabytesPerGigabyte:
			copied === null || copiedBefore === null || workload.measure.unit !== 'GB/s'
				? null
				: (copied - copiedBefore) / 1e6 / gigabytes,
	};
}

/** More than any generator has connections. */
const unansweredNumbers = 1000;

async function measured(
	workload: Workload,
	running: RunningWorkload,
	observer: readonly NamedProcess[],
	order: { seconds: number; firstNumber: number },
): Promise<{ run: Run; result: WorkloadResult }> {
	const processes = [...running.servers(), ...observer];
	const before = cpuSecondsByName(processes);
	const endedBefore = cpuSecondsOfEndedChildren();
	const result = await running.run(order);
	const after = cpuSecondsByName(processes);
	// Whoever made the load has ended; it is the only child that did meanwhile.
	const seconds: Record<string, number> = { generator: cpuSecondsOfEndedChildren() - endedBefore };
	for (const [name, total] of Object.entries(after)) seconds[name] = total - (before[name] ?? 0);
	const cpuMicros = Object.fromEntries(
		Object.entries(seconds).map(([name, spent]) => [name, (spent * 1e6) / result.requests]),
	);
	return { run: { figure: workload.measure.valueOf(result), requests: result.requests, cpuMicros }, result };
}
