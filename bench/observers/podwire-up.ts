/** A `podwire up` of the bench's own: NATS, agent and control plane, away from any other on this machine. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type CollectedProgram, collected, endGently, type Ground, until } from '../ground.ts';
import { descendantsOf, type NamedProcess, ringBuffersOf } from '../process-figures.ts';
import { podwireMain, ringPosition } from '../programs.ts';

/** A pod that taps may name: deploy/bench in the namespace bench. */
export interface InventoryPod {
	readonly name: string;
	readonly netns: string;
}

/** No cluster of this machine's user is asked, and nothing is coloured. */
export const podwireEnvironment = { ...process.env, KUBECONFIG: '/dev/null', NO_COLOR: '1' };

export class PodwireUp {
	readonly socket: string;
	readonly #program: CollectedProgram;

	private constructor(socket: string, program: CollectedProgram) {
		this.socket = socket;
		this.#program = program;
	}

	static async start(ground: Ground, inventory: readonly InventoryPod[] = []): Promise<PodwireUp> {
		const socket = ground.path('run/control-plane.sock');
		// In a folder of its own: the control plane watches it, and what a tap shows is written elsewhere.
		const pods = ground.path('inventory/pods.yaml');
		mkdirSync(dirname(pods), { recursive: true });
		writeFileSync(pods, inventoryText(inventory));
		const args = [podwireMain, 'up', '--socket', socket, '--node', 'bench', '--inventory', pods];
		const program = collected(
			// Out of reach of Ctrl-C: it is ended when what it observes is.
			ground.spawn(process.execPath, args, {
				stdio: ['ignore', 'ignore', 'pipe'],
				env: podwireEnvironment,
				detached: true,
				gentle: true,
			}),
		);
		await until(
			() => program.stderr().includes('Podwire is up') || program.child.exitCode !== null,
			() => `podwire up did not say that it is up: ${program.stderr()}`,
		);
		if (program.child.exitCode !== null) throw new Error(`podwire up ended: ${program.stderr()}`);
		return new PodwireUp(socket, program);
	}

	/** agent, control-plane and nats-server. */
	processes(): readonly NamedProcess[] {
		return descendantsOf(this.#program.child.pid ?? 0);
	}

	get agentPid(): number {
		return pidOf(this.processes(), 'agent');
	}

	stop(): Promise<void> {
		return endGently(this.#program.child);
	}
}

export function pidOf(processes: readonly NamedProcess[], name: string): number {
	const found = processes.find((process) => process.name === name);
	if (found === undefined) throw new Error(`${name} does not run`);
	return found.pid;
}

/** What the kernel's programs wrote into the rings of an agent since it began. */
export function bytesCopiedTo(agentPid: number): number {
	const rings = ringBuffersOf(agentPid).map(String);
	return Number(execFileSync(ringPosition, rings, { encoding: 'utf8' }));
}

function inventoryText(pods: readonly InventoryPod[]): string {
	const entries = pods.map(
		({ name, netns }) => `  - { name: ${name}, namespace: bench, workload: deploy/bench, netns: ${netns} }\n`,
	);
	return entries.length === 0 ? 'pods: []\n' : `pods:\n${entries.join('')}`;
}
