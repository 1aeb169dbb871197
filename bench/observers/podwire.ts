import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startPodwireUp } from '../../scripts/podwire-process.ts';
import { cpuSecondsOf, descendantsOf } from '../process-cpu.ts';
import { sequencePattern } from '../workloads/keep-alive.ts';
import type { Observer } from './observer.ts';

/** The built command line. */
export const podwireMain = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The whole way: kernel, agent, NATS, control plane, and a `podwire tap` that writes every exchange to a file. */
export function podwire(name: string, flags: readonly string[]): Observer {
	return {
		name,
		async start(_network, pod, directory) {
			const socket = join(directory, 'run', 'control-plane.sock');
			const up = await startPodwireUp(['--socket', socket, '--node', 'bench']);
			const shownPath = join(directory, 'shown');
			const tap = spawn(process.execPath, [podwireMain, 'tap', `netns/${pod.netns}`, '--socket', socket, ...flags], {
				stdio: ['ignore', openSync(shownPath, 'w'), 'pipe'],
			});
			const said = collect(tap);
			await until(
				() => said().includes('Tapping'),
				() => new Error(`podwire tap did not begin: ${said()}`),
			);
			return {
				async stop() {
					const cpuSeconds = cpuByProcess(up.child.pid ?? 0, tap.pid ?? 0);
					tap.kill('SIGINT');
					await once(tap, 'exit');
					await up.stop();
					return { shown: await countShown(shownPath), losses: said().trimEnd().split('\n').at(-1) ?? '', cpuSeconds };
				},
			};
		},
	};
}

function collect(child: ChildProcess): () => string {
	let text = '';
	child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
		text += chunk;
	});
	return () => text;
}

async function until(condition: () => boolean, failure: () => Error): Promise<void> {
	const deadlineMs = performance.now() + 10_000;
	while (!condition()) {
		if (performance.now() > deadlineMs) throw failure();
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}

function cpuByProcess(upPid: number, tapPid: number): Record<string, number> {
	const seconds: Record<string, number> = { tap: cpuSecondsOf(tapPid) };
	for (const { pid, name } of descendantsOf(upPid)) seconds[name] = (seconds[name] ?? 0) + cpuSecondsOf(pid);
	return seconds;
}

async function countShown(path: string): Promise<number> {
	const numbers = new Set<string>();
	for await (const line of createInterface({ input: createReadStream(path) })) {
		const number = sequencePattern.exec(line)?.[1];
		if (number !== undefined) numbers.add(number);
	}
	return numbers.size;
}
