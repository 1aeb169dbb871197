/**
 * What a run stands on: two pods on a network of their own, a folder, and every process that was started. `remove`
 * takes all of it away, also in the middle of a run.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Pod, PodNetwork } from '../scripts/pod-network/pod-network.ts';

/** For those that have children of their own or something to take down. */
const gentleEndMs = 15_000;

export class Ground {
	readonly network: PodNetwork;
	/** Where the load comes from, and who answers it. */
	readonly client: Pod;
	readonly server: Pod;
	readonly directory: string;
	readonly #gentle = new Set<ChildProcess>();
	readonly #others = new Set<ChildProcess>();
	#removed: Promise<void> | null = null;

	private constructor() {
		this.directory = mkdtempSync(join(tmpdir(), 'podwire-bench-'));
		this.network = PodNetwork.create();
		this.server = this.network.addPod('server');
		this.client = this.network.addPod('client');
	}

	static create(): Ground {
		return new Ground();
	}

	path(name: string): string {
		return join(this.directory, name);
	}

	/** Starts a program in a pod. */
	spawnIn(pod: Pod, command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
		this.#requireHere();
		return this.network.spawn(pod, command, args, options);
	}

	/** Starts a program of this machine. `gentle`: it is told to end by SIGTERM and waited for. */
	spawn(command: string, args: readonly string[], options: SpawnOptions & { gentle?: boolean } = {}): ChildProcess {
		this.#requireHere();
		const { gentle = false, ...spawning } = options;
		return this.keep(spawn(command, args, spawning), gentle);
	}

	/** Ends a child with this ground that somebody else started. */
	keep(child: ChildProcess, gentle = false): ChildProcess {
		const set = gentle ? this.#gentle : this.#others;
		set.add(child);
		child.once('exit', () => set.delete(child));
		return child;
	}

	/** Runs a short command in a pod; rejects with what it said when it fails. */
	async runIn(pod: Pod, command: string, args: readonly string[]): Promise<string> {
		const program = collected(this.spawnIn(pod, command, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
		const code = await program.ended;
		if (code === 0) return program.stdout();
		throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${program.stderr().trim()}`);
	}

	/** Once, however often it is called. */
	remove(): Promise<void> {
		this.#removed ??= this.#takeDown();
		return this.#removed;
	}

	async #takeDown(): Promise<void> {
		const gentle = [...this.#gentle].map(endGently);
		const others = [...this.#others].map(ended);
		for (const child of this.#others) child.kill('SIGKILL');
		await Promise.all([...gentle, ...others]);
		await this.network.remove();
		rmSync(this.directory, { recursive: true, force: true });
	}

	#requireHere(): void {
		if (this.#removed !== null) throw new Error('the bench is being taken down');
	}
}

/** SIGTERM, and SIGKILL when that does not end it. */
export async function endGently(child: ChildProcess): Promise<void> {
	const gone = ended(child);
	if (hasEnded(child)) return;
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), gentleEndMs);
	await gone;
	clearTimeout(timer);
}

/** Resolves to the exit code when the child is gone; null when a signal ended it. */
export function ended(child: ChildProcess): Promise<number | null> {
	if (hasEnded(child)) return Promise.resolve(child.exitCode);
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', (code) => resolve(code));
	});
}

function hasEnded(child: ChildProcess): boolean {
	return child.exitCode !== null || child.signalCode !== null;
}

export interface CollectedProgram {
	readonly child: ChildProcess;
	stdout(): string;
	stderr(): string;
	/** The exit code, once all it said is here. */
	readonly ended: Promise<number | null>;
}

/** Collects what a child says, as far as its stdio is piped. */
export function collected(child: ChildProcess): CollectedProgram {
	const said = { stdout: '', stderr: '' };
	for (const stream of ['stdout', 'stderr'] as const) {
		child[stream]?.setEncoding('utf8').on('data', (text: string) => {
			said[stream] += text;
		});
	}
	const closed = new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code) => resolve(code));
	});
	closed.catch(() => undefined); // told to who waits for it
	return { child, stdout: () => said.stdout, stderr: () => said.stderr, ended: closed };
}

const pollMs = 10;

/** Waits for a condition; rejects with what `failure` says when it does not come about in time. */
export async function until(condition: () => boolean, failure: () => string, limitMs = 30_000): Promise<void> {
	const deadlineMs = performance.now() + limitMs;
	while (!condition()) {
		if (performance.now() > deadlineMs) throw new Error(failure());
		await new Promise((resolve) => setTimeout(resolve, pollMs));
	}
}

export function sleep(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
