/** `podwire tap`: shows live exchanges until it is ended. */
import type { FlagValues } from './command-line.ts';
import type { CommandEnvironment } from './environment.ts';
import { chosenForm } from './output-form.ts';
import { beginTap } from './tap-start.ts';

/** Resolves with the exit status. Throws PodwireError when the tap cannot begin. */
export async function runTap(
	args: readonly string[],
	flags: FlagValues,
	environment: CommandEnvironment,
): Promise<number> {
	const { stdout, env } = environment;
	const terminal = stdout.isTTY === true;
	const form = await chosenForm(flags, { terminal, stdout, env });
	const begun = await beginTap({ args, flags, environment, paced: terminal, omitsHeaders: form.omitsHeaders });
	const [format, { StreamDisplay }, { runTapSession }] = await Promise.all([
		form.load(),
		import('./stream-display.ts'),
		import('./tap-session.ts'),
	]);
	return runTapSession(begun, (circumstances) => new StreamDisplay(stdout, format, circumstances));
}
