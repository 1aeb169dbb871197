/** What an agent takes while nobody taps, and with 100 quiet pods tapped. */
import { sleep } from '../ground.ts';
import { startTap, tapIntoPipe } from '../observers/podwire-tap.ts';
import { PodwireUp } from '../observers/podwire-up.ts';
import { cpuSecondsOf, memoryOf, programsOf } from '../process-figures.ts';
import type { Measurement } from './measurement.ts';

const quietPods = 100;
const settleMs = 3000;
const attachLimitMs = 90_000;
/** A tick of processor time is 10 ms: a thousandth of a core is seen from here on. */
const leastWatchedSeconds = 20;

export const idle: Measurement = {
	name: 'idle',
	description: `an agent that nobody taps with, and one with ${quietPods} quiet pods tapped`,
	needs: ['nats-server'],
	seconds: (order) => 2 * watchedSeconds(order) + 25,
	async run(ground, order) {
		const seconds = watchedSeconds(order);
		const pods = Array.from({ length: quietPods }, (_, index) => ground.network.addPod(`quiet${index}`));
		const up = await PodwireUp.start(ground, pods);
		const { agentPid } = up;
		await sleep(settleMs);
		const cpuPercent = await cpuPercentOf(agentPid, seconds);
		const memory = memoryOf(agentPid)?.residentMegabytes ?? Number.NaN;
		const programs = programsOf(agentPid);
		order.tell('idle: nobody taps');

		const tap = await startTap(up, ['deploy/bench', '-n', 'bench'], [], (args) => tapIntoPipe(ground, args));
		await attached(agentPid);
		await sleep(settleMs);
		const tappedPercent = await cpuPercentOf(agentPid, seconds);
		const tappedMemory = memoryOf(agentPid)?.residentMegabytes ?? Number.NaN;
		const tappedPrograms = programsOf(agentPid);
		await tap.stop();
		await up.stop();
		for (const pod of pods) ground.network.removePod(pod);
		const words = (cpu: number, megabytes: number, held: number) =>
			`${cpu.toFixed(2)} % of a core, ${megabytes.toFixed(0)} MB, ${held} programs`;
		return {
			lines: [
				`agent, nobody taps: ${words(cpuPercent, memory, programs)}`,
				`agent, ${quietPods} quiet pods tapped: ${words(tappedPercent, tappedMemory, tappedPrograms)}`,
			],
			findings: [
				{ key: 'idle/cpu', value: cpuPercent, unit: '% of a core' },
				{ key: 'idle/memory', value: memory, unit: 'MB' },
				{ key: 'idle/programs', value: programs, unit: 'programs' },
				{ key: 'idle/cpu-tapped', value: tappedPercent, unit: '% of a core' },
				{ key: 'idle/memory-tapped', value: tappedMemory, unit: 'MB' },
			],
			curves: [],
		};
	},
};

/** Resolves when no further program was attached for a while. */
async function attached(pid: number): Promise<void> {
	const deadlineMs = performance.now() + attachLimitMs;
	let before = -1;
	for (let held = programsOf(pid); held !== before || held === 0; held = programsOf(pid)) {
		if (performance.now() > deadlineMs) throw new Error(`${held} programs are attached, and more are still to come`);
		before = held;
		await sleep(settleMs);
	}
}

function watchedSeconds({ rounds, seconds }: { rounds: number; seconds: number }): number {
	return Math.max(leastWatchedSeconds, rounds * seconds);
}

async function cpuPercentOf(pid: number, seconds: number): Promise<number> {
	const before = cpuSecondsOf(pid);
	await sleep(seconds * 1000);
	return ((cpuSecondsOf(pid) - before) / seconds) * 100;
}
