// Runs one step of the set-up, shows that it is going on, and on failure what the command printed.
import { spawn } from 'node:child_process';

const refreshMs = 250;
const heartbeatMs = 15_000;
const keptBytes = 256 * 1024;

/** A step failed; `message` says which, and what would mend it. */
export class SetupError extends Error {}

/**
 * Runs a command quietly under a title. Rejects with SetupError that carries the command and the end of its output.
 * `mend`: the command a person would type to do it by hand.
 */
export async function runStep(title, command, args, { env = process.env, cwd, mend } = {}) {
	const startedMs = Date.now();
	const seconds = () => Math.round((Date.now() - startedMs) / 1000);
	const tty = process.stderr.isTTY;
	if (!tty) process.stderr.write(`podwire: ${title}\n`);
	const timer = tty
		? setInterval(() => process.stderr.write(`\rpodwire: ${title} … ${seconds()} s `), refreshMs)
		: setInterval(() => process.stderr.write(`podwire: ${title} … ${seconds()} s\n`), heartbeatMs);
	const { code, output } = await run(command, args, { env, cwd });
	clearInterval(timer);
	if (code === 0) {
		if (tty) process.stderr.write(`\rpodwire: ${title}, ${seconds()} s        \n`);
		return;
	}
	if (tty) process.stderr.write('\n');
	const tail = output.trimEnd().split('\n').slice(-40).join('\n');
	throw new SetupError(
		`${tail}\n\npodwire: ${title} failed (${code}). To do it by hand: ${mend ?? [command, ...args].join(' ')}`,
	);
}

function run(command, args, { env, cwd }) {
	return new Promise((resolve) => {
		const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
		let output = '';
		const keep = (chunk) => {
			output = (output + chunk).slice(-keptBytes);
		};
		child.stdout.on('data', keep);
		child.stderr.on('data', keep);
		child.on('error', (error) => resolve({ code: error.code ?? 1, output: `${output}${error.message}` }));
		child.on('close', (code, signal) => resolve({ code: code ?? signal, output }));
	});
}
