/**
 * A running `podwire up` on namespaces that stand for pods, for one test. Everything it starts ends with it.
 * What it runs is the built program, as a user would.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { type Pod, PodNetwork } from '../../scripts/pod-network/pod-network.ts';
import { clsactProgramIdsIn, programsInKernel, tcxLinksOf } from '../agent/attached-programs.ts';

/** The built program. */
export const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const waitLimitMs = 30_000;
const pollMs = 20;

export interface ProcessResult {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
}

/** A program with its output collected. */
export class RunningProgram {
	readonly child: ChildProcess;
	stdout = '';
	stderr = '';
	readonly ended: Promise<ProcessResult>;

	constructor(child: ChildProcess) {
		this.child = child;
		child.stdout?.setEncoding('utf8').on('data', (text: string) => {
			this.stdout += text;
		});
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			this.stderr += text;
		});
		this.ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
	}

	get pid(): number {
		if (this.child.pid === undefined) throw new Error('the program did not start');
		return this.child.pid;
	}

	get lines(): string[] {
		return this.stdout.split('\n').filter((line) => line !== '');
	}

	/** The last line on stderr. */
	get truth(): string {
		return this.stderr.trimEnd().split('\n').at(-1) ?? '';
	}

	get hasEnded(): boolean {
		return this.child.exitCode !== null || this.child.signalCode !== null;
	}

	signal(signal: NodeJS.Signals): void {
		this.child.kill(signal);
	}

	/** Ctrl-C, and its end. */
	async interrupt(): Promise<ProcessResult> {
		this.signal('SIGINT');
		return this.ended;
	}
}

/** Waits until a condition holds; fails with what `describe` says when it never does. */
export async function until(condition: () => boolean | Promise<boolean>, describe: () => string): Promise<void> {
	const deadlineMs = performance.now() + waitLimitMs;
	while (!(await condition())) {
		if (performance.now() > deadlineMs) throw new Error(`waited ${waitLimitMs / 1000} s: ${describe()}`);
		await new Promise((resolve) => setTimeout(resolve, pollMs));
	}
}

export class Lab {
	readonly network = PodNetwork.create();
	readonly directory = mkdtempSync(join(tmpdir(), 'podwire-e2e-'));
	readonly socket = join(this.directory, 'run', 'control-plane.sock');
	readonly #programs: RunningProgram[] = [];
	readonly #byPod = new Map<Pod, RunningProgram[]>();
	readonly #programsSeen = new Set<number>();
	#pods: { pod: Pod; workload: string }[] = [];
	up: RunningProgram | undefined;

	/** Made for one test, and removed after it, however it ends. */
	static for(t: ExecutionContext): Lab {
		const lab = new Lab();
		t.teardown(() => lab.remove());
		return lab;
	}

	/** A pod of deploy/APP in namespace `shop`, labelled app=APP. */
	addPod(app: string): Pod {
		const pod = this.network.addPod(`${app}-7d4-x2x`);
		this.#pods.push({ pod, workload: `deploy/${app}` });
		return pod;
	}

	/** Starts `podwire up` with the pods so far as its inventory; resolves when it is up. */
	async startUp(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<RunningProgram> {
		const inventory = this.writeInventory();
		const up = this.podwire(['up', '--inventory', inventory, '--node', 'lab', ...args], env);
		this.up = up;
		await until(
			() => up.stderr.includes('Podwire is up') || up.hasEnded,
			() => `podwire up did not say that it is up: ${up.stderr}`,
		);
		if (up.hasEnded) throw new Error(`podwire up ended: ${up.stderr}`);
		return up;
	}

	/** The pods so far, as a file. */
	writeInventory(): string {
		const inventory = join(this.directory, 'pods.yaml');
		writeFileSync(inventory, this.#inventory());
		return inventory;
	}

	/** Runs `podwire ARGS` against this lab's socket. */
	podwire(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningProgram {
		const child = spawn(process.execPath, [main, ...args], {
			env: { ...process.env, NO_COLOR: '1', KUBECONFIG: '/dev/null', PODWIRE_SOCKET: this.socket, ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		return this.keep(child);
	}

	/** A tap, once it has said that it taps. */
	async tap(...args: string[]): Promise<RunningProgram> {
		const tap = this.podwire(['tap', ...args]);
		await until(
			() => tap.stderr.includes('Tapping') || tap.hasEnded,
			() => `podwire tap did not begin: ${tap.stderr}`,
		);
		return tap;
	}

	/** Starts a program in a pod. */
	run(pod: Pod, command: string, args: readonly string[], options: SpawnOptions = {}): RunningProgram {
		const program = this.keep(
			this.network.spawn(pod, command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options }),
		);
		this.#byPod.set(pod, [...this.programsIn(pod), program]);
		return program;
	}

	/** What `run`, `start` and `serve` started in a pod. */
	programsIn(pod: Pod): readonly RunningProgram[] {
		return this.#byPod.get(pod) ?? [];
	}

	/** Starts one of ./programs in a pod and waits until it says `ready`. */
	async serve(pod: Pod, program: string, args: readonly string[] = []): Promise<RunningProgram> {
		const server = this.run(pod, process.execPath, [programPath(program), ...args]);
		await until(
			() => server.stdout.includes('ready') || server.hasEnded,
			() => `${program} is not ready: ${server.stderr}`,
		);
		if (server.hasEnded) throw new Error(`${program} ended: ${server.stderr}`);
		return server;
	}

	/** Starts one of ./programs in a pod. */
	start(pod: Pod, program: string, args: readonly string[] = []): RunningProgram {
		return this.run(pod, process.execPath, [programPath(program), ...args]);
	}

	/** The process id of a child of `podwire up`: agent, control-plane or nats-server. */
	pidOf(name: 'agent' | 'control-plane' | 'nats-server'): number {
		const pid =
			this.up === undefined ? undefined : childrenOf(this.up.pid).find((child) => commandLine(child).includes(name));
		if (pid === undefined) throw new Error(`podwire up has no child ${name}`);
		return pid;
	}

	/**
	 * Ids of the programs that are attached now or were at an earlier call and that the kernel still has: what the agent
	 * holds by tcx links, and what hangs in clsact filters of the pods, whoever holds that.
	 */
	attached(): number[] {
		for (const pid of this.#agents()) for (const { programId } of tcxLinksOf(pid)) this.#programsSeen.add(programId);
		for (const { netns } of this.#livePods()) for (const id of clsactProgramIdsIn(netns)) this.#programsSeen.add(id);
		const alive = programsInKernel();
		return [...this.#programsSeen].filter((id) => alive.has(id));
	}

	#agents(): number[] {
		if (this.up === undefined || this.up.hasEnded) return [];
		return childrenOf(this.up.pid).filter((pid) => commandLine(pid).includes(' agent '));
	}

	#livePods(): Pod[] {
		return this.#pods.map(({ pod }) => pod).filter(({ netns }) => existsSync(`/run/netns/${netns}`));
	}

	async remove(): Promise<void> {
		if (this.up !== undefined && !this.up.hasEnded) {
			this.up.signal('SIGTERM');
			await this.up.ended;
		}
		for (const program of this.#programs) {
			if (!program.hasEnded) program.signal('SIGKILL');
			await program.ended;
		}
		await this.network.remove();
		rmSync(this.directory, { recursive: true, force: true });
	}

	/** Collects a child's output, and ends it with the lab. */
	keep(child: ChildProcess): RunningProgram {
		const program = new RunningProgram(child);
		this.#programs.push(program);
		return program;
	}

	#inventory(): string {
		const entries = this.#pods.map(
			({ pod, workload }) =>
				`  - name: ${pod.name}\n    namespace: shop\n    labels: { app: ${workload.slice(7)} }\n    workload: ${workload}\n    netns: ${pod.netns}\n`,
		);
		return entries.length === 0 ? 'pods: []\n' : `pods:\n${entries.join('')}`;
	}
}

function programPath(name: string): string {
	return fileURLToPath(new URL(`programs/${name}`, import.meta.url));
}

function childrenOf(pid: number): number[] {
	return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

function commandLine(pid: number): string {
	return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
}
