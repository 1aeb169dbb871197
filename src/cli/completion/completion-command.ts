/** `podwire completion SHELL`: prints the script that makes the shell ask `podwire __complete`. */
import { readFileSync } from 'node:fs';
import { SHELLS, type Shell } from '../commands.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { CommandEnvironment } from '../environment.ts';
import { UsageError } from '../usage-error.ts';

/** Throws UsageError. */
export async function runCompletion(args: readonly string[], { stdout }: CommandEnvironment): Promise<number> {
	const script = completionScript(shellOf(args));
	await new Promise<void>((resolve) => {
		stdout.write(script, () => resolve());
	});
	return 0;
}

export function completionScript(shell: Shell): string {
	return readFileSync(new URL(`../../../completion/podwire.${shell}`, import.meta.url), 'utf8');
}

function shellOf(args: readonly string[]): Shell {
	const [word, ...others] = args;
	const shell = SHELLS.find((each) => each === word);
	if (shell !== undefined && others.length === 0) return shell;
	const got = word === undefined ? 'nothing' : `"${args.join(' ')}"`;
	throw new UsageError(`completion: expected bash, zsh or fish, got ${got}${didYouMean(word ?? '', SHELLS)}`);
}
