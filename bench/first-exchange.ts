/** How long after the command the first exchange is on stdout, `podwire up` already running and traffic going on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pod, PodNetwork } from '../scripts/pod-network/pod-network.ts';
import { startPodwireUp } from '../scripts/podwire-process.ts';
import { podwireMain } from './observers/podwire.ts';
import { descendantsOf } from './process-cpu.ts';
import { runLoad } from './workloads/keep-alive.ts';

export interface FirstExchange {
	readonly delaysMs: readonly number[];
	/** Of the agent while nobody taps, before the first tap. */
	readonly idleAgentMegabytes: number;
}

const settleMs = 1000;

/** `taps` commands, one after the other, each ended by its first line. */
export async function measureFirstExchange(
	network: PodNetwork,
	client: Pod,
	server: Pod,
	directory: string,
	taps: number,
): Promise<FirstExchange> {
	const socket = join(directory, 'run', 'control-plane.sock');
	const up = await startPodwireUp(['--socket', socket, '--node', 'bench']);
	try {
		await new Promise((resolve) => setTimeout(resolve, settleMs));
		const idleAgentMegabytes = residentMegabytes(up.child.pid ?? 0);
		const load = runLoad(network, client, server, directory, taps, { connections: 1, pauseMs: 2 });
		const delaysMs: number[] = [];
		for (let tap = 0; tap < taps; tap += 1) delaysMs.push(await firstLine(socket, server));
		await load;
		return { delaysMs, idleAgentMegabytes };
	} finally {
		await up.stop();
	}
}

async function firstLine(socket: string, pod: Pod): Promise<number> {
	const startMs = performance.now();
	const args = [podwireMain, 'tap', `netns/${pod.netns}`, '--socket', socket, '--max-requests', '1'];
	const tap = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
	await once(tap.stdout, 'data');
	const delayMs = performance.now() - startMs;
	await once(tap, 'exit');
	return delayMs;
}

function residentMegabytes(up: number): number {
	const agent = descendantsOf(up).find(({ name }) => name === 'agent');
	const status = readFileSync(`/proc/${agent?.pid}/status`, 'utf8');
	return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
