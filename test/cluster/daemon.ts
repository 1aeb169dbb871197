/** One long-running program of a cluster: started, watched, stopped and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { childrenOf, identityOf, type ProcessIdentity, signal } from './process-identity.ts';
import type { StateDirectory } from './state-directory.ts';
import { HopelessError, waitUntil } from './wait-until.ts';

const STOP_LIMIT_MS = 15_000;
const SHOWN_LOG_LINES = 15;
/** Where servers are installed; a user's own path often lacks them. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export type Log = (line: string) => void;

export interface DaemonOptions {
	/** For people: `kubelet of node1`. */
	readonly title: string;
	readonly command: readonly string[];
	/** What enters the namespaces it runs in; the program is then the last of a chain of child processes. */
	readonly enter: readonly string[];
	/** Children that `enter` itself forks before the program. */
	readonly forks: number;
	readonly environment?: Readonly<Record<string, string>>;
	/** Everything that the program prints is appended here. */
	readonly logPath: string;
	readonly state: StateDirectory;
	readonly log: Log;
	/** File descriptors of this process that become 3, 4 … of the program. */
	readonly inherited?: readonly number[];
}

/** Throws HopelessError when everything is being taken away. */
export function assertOpen(state: StateDirectory): void {
	if (state.isClosing) throw new HopelessError('the cluster is being taken down');
}

/** The kernel ends a child whose parent ends: nothing runs on when this process is killed. */
const WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL'];

export class Daemon {
	readonly title: string;
	readonly #options: DaemonOptions;
	#child: ChildProcess | null = null;
	#stopping = false;

	constructor(options: DaemonOptions) {
		this.#options = options;
		this.title = options.title;
	}

	/** Starts it, unless it runs. It may not be ready yet. Throws HopelessError when everything is being taken away. */
	start(): void {
		if (this.#child !== null) return;
		assertOpen(this.#options.state);
		const { command, enter, environment, logPath, state, inherited = [] } = this.#options;
		const output = openSync(logPath, 'a');
		const inner = enter.length === 0 ? [] : [...enter, ...WITH_PARENT];
		const [program = '', ...args] = [...WITH_PARENT, ...inner, ...command];
		this.#stopping = false;
		// A session of its own: Ctrl-C is for the process that stops the cluster in order.
		const child = spawn(program, args, {
			stdio: ['ignore', output, output, ...inherited],
			detached: true,
			// Not the caller's: a proxy for its web traffic is none for a cluster's.
			env: { PATH: `${process.env.PATH ?? ''}:${SYSTEM_PATH}`, ...environment },
		});
		closeSync(output);
		this.#child = child;
		if (child.pid !== undefined) {
			const identity = identityOf(child.pid);
			if (identity !== null) state.recordProcess(identity);
		}
		child.once('error', (error) => this.#ended(child, error.message));
		child.once('exit', (code, name) => this.#ended(child, String(code ?? name)));
	}

	get isRunning(): boolean {
		return this.#child !== null;
	}

	/** The program itself, as this process sees it; null until it runs. */
	get identity(): ProcessIdentity | null {
		let pid = this.#child?.pid;
		for (let fork = 0; fork < this.#options.forks && pid !== undefined; fork += 1) pid = childrenOf(pid)[0];
		return pid === undefined ? null : identityOf(pid);
	}

	/** Asks it to end (SIGTERM), after a limit ends it. Resolves when it is gone. */
	async stop(): Promise<void> {
		const child = this.#child;
		if (child === null) return;
		this.#signal('SIGTERM');
		const limit = setTimeout(() => this.#signal('SIGKILL'), STOP_LIMIT_MS);
		await this.#gone(child);
		clearTimeout(limit);
	}

	/** Ends it at once (SIGKILL). Resolves when it is gone. */
	async kill(): Promise<void> {
		const child = this.#child;
		if (child === null) return;
		this.#signal('SIGKILL');
		await this.#gone(child);
	}

	/** Throws HopelessError with the end of its output when it has ended. */
	assertRunning(): void {
		if (this.#child === null) throw new HopelessError(`${this.title} has ended:\n${this.lastLines()}`);
	}

	lastLines(): string {
		return readFileSync(this.#options.logPath, 'utf8').trimEnd().split('\n').slice(-SHOWN_LOG_LINES).join('\n');
	}

	#signal(name: NodeJS.Signals): void {
		this.#stopping = true;
		const identity = this.identity;
		if (identity !== null) signal(identity, name);
	}

	async #gone(child: ChildProcess): Promise<void> {
		if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
		await waitUntil(`the end of ${this.title}`, STOP_LIMIT_MS, () => this.#child !== child || undefined);
	}

	#ended(child: ChildProcess, how: string): void {
		if (this.#child !== child) return;
		this.#child = null;
		const { state, log } = this.#options;
		if (!this.#stopping && !state.isClosing) log(`${this.title} has ended by itself (${how}):\n${this.lastLines()}`);
	}
}
