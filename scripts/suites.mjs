// Suites of tests: run as root with their output shown, and counted by what their runners print.
import { spawn } from 'node:child_process';
import { toolEnvironment } from './setup/build.mjs';
import { asRoot } from './setup/os-packages.mjs';
import { root } from './setup/stamps.mjs';

/** Runs a suite, shows its output, and counts. A suite that fails without a failed test counts as one. */
export async function runSuite(title, commandLine, count) {
	process.stdout.write(`\n${title}\n`);
	const [command, ...args] = asRoot(['env', `PATH=${toolEnvironment.PATH}`, ...commandLine]);
	const { output, code } = await run(command, args);
	const counts = count(output);
	if (code !== 0 && counts.failed === 0) counts.failed = 1;
	return counts;
}

/** Prints the sum alone on the last line; the exit status. */
export function closeSuites(suites) {
	const passed = suites.reduce((sum, suite) => sum + suite.passed, 0);
	const failed = suites.reduce((sum, suite) => sum + suite.failed, 0);
	process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
	return failed === 0 && passed > 0 ? 0 : 1;
}

function run(command, args) {
	return new Promise((resolve) => {
		const child = spawn(command, args, { cwd: root, env: toolEnvironment, stdio: ['ignore', 'pipe', 'inherit'] });
		let output = '';
		child.stdout.on('data', (chunk) => {
			process.stdout.write(chunk);
			output += chunk;
		});
		child.on('error', (error) => resolve({ output: `${error}`, code: 1 }));
		child.on('close', (code) => resolve({ output, code }));
		// A terminal interrupts the whole group: the suite takes down what it made, and this waits for it.
		for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
		process.on('SIGTERM', () => child.kill('SIGTERM'));
	});
}

export function countCtest(output) {
	const [, failed = '0', total = '0'] = /(\d+) tests? failed out of (\d+)/.exec(output) ?? [];
	return { passed: Number(total) - Number(failed), failed: Number(failed) };
}

/** Of one run or several. ava tells how many passed only when all did. */
export function countAva(output) {
	const sum = (pattern) => [...output.matchAll(pattern)].reduce((total, [, number]) => total + Number(number), 0);
	const uncaught = sum(/(\d+) uncaught exceptions?/g) + sum(/(\d+) unhandled rejections?/g);
	return { passed: output.match(/^ +✔ /gm)?.length ?? 0, failed: sum(/(\d+) tests? failed/g) + uncaught };
}
