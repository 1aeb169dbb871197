/** Runs a compiler, says that it goes on, and on failure what it printed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Log } from './daemon.ts';

const HEARTBEAT_MS = 15_000;
const KEPT_OUTPUT_CHARACTERS = 16_384;

/** The message says what to do. */
export class ProgramBuildError extends Error {}

export interface BuildContext {
	readonly log: Log;
	/** Ends the compiler. */
	readonly signal: AbortSignal | undefined;
}

export interface BuildPlan {
	readonly command: readonly string[];
	readonly cwd: string;
	readonly env?: NodeJS.ProcessEnv;
}

/** Rejects with ProgramBuildError, or AbortError when it is given up. */
export async function runBuild(title: string, plan: BuildPlan, { log, signal }: BuildContext): Promise<void> {
	const startMs = performance.now();
	const seconds = () => Math.round((performance.now() - startMs) / 1000);
	log(title);
	const heartbeat = setInterval(() => log(`${title} … ${seconds()} s`), HEARTBEAT_MS);
	try {
		const { code, output } = await run(plan, signal);
		if (code === 0) log(`${title} took ${seconds()} s`);
		else throw new ProgramBuildError(`${title} failed (${code}): ${plan.command.join(' ')} in ${plan.cwd}\n${output}`);
	} finally {
		clearInterval(heartbeat);
	}
}

async function run({ command, cwd, env }: BuildPlan, signal?: AbortSignal): Promise<{ code: unknown; output: string }> {
	// It ends with this process; Ctrl-C reaches it by the signal alone.
	const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
		cwd,
		env,
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: true,
		...(signal === undefined ? {} : { signal }),
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => {
			output = (output + text).slice(-KEPT_OUTPUT_CHARACTERS);
		});
	}
	const [code, killedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
	return { code: code ?? killedBy, output: output.trim() };
}
