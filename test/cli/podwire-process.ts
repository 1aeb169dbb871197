/** The command line as its users have it: a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const WAIT_MS = 30_000;

export interface Outcome {
	readonly status: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
}

export interface PodwireProcessOptions {
	readonly env?: NodeJS.ProcessEnv;
	/** False: nobody reads it. */
	readonly readStdout?: boolean;
	/** The test writes its stdin; otherwise it is empty. */
	readonly pipeStdin?: boolean;
}

export class PodwireProcess {
	readonly child: ChildProcess;
	stdout = '';
	stderr = '';
	readonly #exited: Promise<Outcome>;

	constructor(args: readonly string[], options: PodwireProcessOptions = {}) {
		const { NO_COLOR: _, FORCE_COLOR: __, PODWIRE_SOCKET: ___, ...inherited } = process.env;
		this.child = spawn(process.execPath, [MAIN, ...args], {
			stdio: [options.pipeStdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
			// No cluster of the machine that the test runs on.
			env: { ...inherited, KUBECONFIG: '/dev/null', KUBERNETES_SERVICE_HOST: '', ...options.env },
		});
		if (options.readStdout !== false) {
			this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
				this.stdout += text;
			});
		}
		this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			this.stderr += text;
		});
		this.#exited = once(this.child, options.readStdout === false ? 'exit' : 'close').then(([status, signal]) => ({
			status,
			signal,
			stdout: this.stdout,
			stderr: this.stderr,
		}));
	}

	/** Rejects, with all that was said, when it does not come to that. */
	async until(condition: (process: this) => boolean, what: string): Promise<void> {
		const deadlineMs = performance.now() + WAIT_MS;
		while (!condition(this)) {
			if (performance.now() > deadlineMs || this.child.exitCode !== null) {
				throw new Error(`not ${what}; stdout: ${this.stdout}; stderr: ${this.stderr}`);
			}
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
	}

	async exit(): Promise<Outcome> {
		const timer = setTimeout(() => this.child.kill('SIGKILL'), WAIT_MS);
		try {
			return await this.#exited;
		} finally {
			clearTimeout(timer);
		}
	}

	/** For a test's end: it is gone then, whatever it did. */
	async dispose(): Promise<void> {
		this.child.kill('SIGKILL');
		await this.#exited;
	}
}
