/** Starts the built `podwire` as child processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** Runs `podwire ARGS` on this terminal; resolves to its exit code. SIGTERM or SIGHUP to this process ends it too. */
export async function runPodwire(args: readonly string[]): Promise<number> {
	const child = spawn(process.execPath, [main, ...args], { stdio: 'inherit' });
	const passOn = () => child.kill('SIGTERM');
	process.on('SIGTERM', passOn).on('SIGHUP', passOn);
	const [code] = (await once(child, 'exit')) as [number | null];
	process.off('SIGTERM', passOn).off('SIGHUP', passOn);
	return code ?? 1;
}

/** `podwire up` ended before it was up; the message is what it said. */
export class PodwireUpFailed extends Error {}

/** Runs a script; when `podwire up` could not start, says why and exits 1. */
export async function runScript(main: () => Promise<number>): Promise<void> {
	try {
		process.exitCode = await main();
	} catch (error) {
		if (!(error instanceof PodwireUpFailed)) throw error;
		process.stderr.write(`${error.message}\n`);
		process.exitCode = 1;
	}
}

export interface PodwireUp {
	readonly child: ChildProcess;
	/** Ends it; resolves when everything of it is gone. */
	stop(): Promise<void>;
}

/** Starts `podwire up ARGS` out of reach of Ctrl-C; resolves when it is up, rejects with what it said otherwise. */
export async function startPodwireUp(args: readonly string[]): Promise<PodwireUp> {
	const child = spawn(process.execPath, [main, 'up', ...args], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
	const exited = once(child, 'exit');
	await new Promise<void>((resolve, reject) => {
		let said = '';
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			said = (said + text).slice(-8192);
			if (said.includes('Podwire is up')) resolve();
		});
		child.once('error', reject);
		child.once('exit', () => reject(new PodwireUpFailed(said.trim() || 'podwire up ended at once')));
	});
	child.stderr.removeAllListeners('data');
	child.stderr.pipe(process.stderr, { end: false });
	const stop = async () => {
		if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
		await exited;
	};
	return { child, stop };
}
