/** A child process that is started again when it ends, with back-off, until it is told to stop. */
import type { ChildProcess } from 'node:child_process';

export interface ChildExit {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
}

export interface SupervisedChildOptions {
	/** In words, for messages: `the agent`. */
	readonly name: string;
	/** Starts the child and resolves when it is ready to work; rejects when it cannot be. */
	readonly start: () => Promise<ChildProcess>;
	/** Told when a running child ended by itself, and when a new one is ready. */
	readonly onExit: (exit: ChildExit) => void;
	readonly onRestarted: () => void;
	/** Told when a new start failed; the next try follows. */
	readonly onRestartFailed: (error: unknown) => void;
}

const firstDelayMs = 100;
const longestDelayMs = 5_000;
/** A child that lived this long has recovered: the next restart begins with the shortest delay again. */
const steadyMs = 10_000;
const killAfterMs = 5_000;

export class SupervisedChild {
	readonly #options: SupervisedChildOptions;
	#child: ChildProcess | undefined;
	#starting: Promise<void> | undefined;
	#stopping = false;
	#delayMs = firstDelayMs;
	#restartTimer: NodeJS.Timeout | undefined;

	constructor(options: SupervisedChildOptions) {
		this.#options = options;
	}

	/** The first start; its failure is the caller's. */
	async start(): Promise<void> {
		this.#watch(await this.#options.start());
	}

	/** Asks the child to end, then kills it when it does not. Resolves when it is gone. */
	async stop(): Promise<void> {
		this.#stopping = true;
		clearTimeout(this.#restartTimer);
		await this.#starting;
		const child = this.#child;
		if (child === undefined || hasEnded(child)) return;
		const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
		child.kill('SIGTERM');
		const killTimer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
		await ended;
		clearTimeout(killTimer);
	}

	#watch(child: ChildProcess): void {
		this.#child = child;
		const startedMs = performance.now();
		const onExit = (code: number | null, signal: NodeJS.Signals | null) => {
			if (this.#stopping) return;
			if (performance.now() - startedMs > steadyMs) this.#delayMs = firstDelayMs;
			this.#options.onExit({ code, signal });
			this.#restartLater();
		};
		if (hasEnded(child)) onExit(child.exitCode, child.signalCode);
		else child.once('exit', onExit);
	}

	#restartLater(): void {
		this.#restartTimer = setTimeout(() => {
			this.#starting = this.#restart();
		}, this.#delayMs);
		this.#delayMs = Math.min(this.#delayMs * 2, longestDelayMs);
	}

	async #restart(): Promise<void> {
		try {
			const child = await this.#options.start();
			this.#watch(child);
			this.#options.onRestarted();
		} catch (error) {
			if (this.#stopping) return;
			this.#options.onRestartFailed(error);
			this.#restartLater();
		}
	}
}

function hasEnded(child: ChildProcess): boolean {
	return child.exitCode !== null || child.signalCode !== null;
}
