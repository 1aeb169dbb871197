/** The agent and the control plane as children of `podwire up`. */
import { type ChildProcess, fork } from 'node:child_process';
import { PodwireError } from '../../messaging/errors.ts';

const readyTimeoutMs = 15_000;
/**
 * Of Node.js, by command. What an agent allocates is gone at once, and it is to be small beside the pods of its node: its young
 * objects get megabytes less than they would take.
 */
const nodeFlags: Readonly<Record<string, readonly string[]>> = { agent: ['--max-semi-space-size=2'] };

/**
 * Starts `podwire COMMAND …` and resolves when it has sent `{ready: true}`. It ends when this process does: the
 * channel between them closes. It has a process group of its own, so that Ctrl-C reaches `podwire up` alone.
 */
export function startDaemon(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<ChildProcess> {
	const main = process.argv[1];
	if (main === undefined) throw new PodwireError('INTERNAL', 'podwire up was not started as a program');
	const child = fork(main, [command, ...args], {
		env: { ...env, PODWIRE_PARENT: 'ipc' },
		execArgv: [...process.execArgv, ...(nodeFlags[command] ?? [])],
		stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
		detached: true,
	});
	return whenReady(command, child);
}

function whenReady(command: string, child: ChildProcess): Promise<ChildProcess> {
	return new Promise((resolve, reject) => {
		let said = '';
		const keep = (text: Buffer) => {
			said = (said + text.toString()).slice(-4000);
		};
		child.stderr?.on('data', keep);
		const settle = (finish: () => void) => {
			clearTimeout(timer);
			child.stderr?.off('data', keep);
			child.off('message', onMessage);
			child.off('exit', onExit);
			finish();
		};
		const onMessage = (message: unknown) => {
			if ((message as { ready?: boolean }).ready !== true) return;
			settle(() => {
				child.stderr?.pipe(process.stderr, { end: false });
				resolve(child);
			});
		};
		const onExit = (code: number | null, signal: NodeJS.Signals | null) =>
			settle(() =>
				reject(new PodwireError('UNAVAILABLE', said.trim() || `podwire ${command} ended with ${signal ?? code}`)),
			);
		const timer = setTimeout(() => {
			child.kill('SIGKILL');
			settle(() =>
				reject(new PodwireError('UNAVAILABLE', `podwire ${command} was not ready after ${readyTimeoutMs / 1000} s`)),
			);
		}, readyTimeoutMs);
		child.on('message', onMessage);
		child.once('exit', onExit);
	});
}
