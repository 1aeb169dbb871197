// `npm test`: sets up, then runs every test: C++ under sanitizers, then TypeScript on real interfaces and processes.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildNativeTests, toolEnvironment } from './setup/build.mjs';
import { asRoot } from './setup/os-packages.mjs';
import { runScript, setUp } from './setup/setup.mjs';
import { root } from './setup/stamps.mjs';

const suite = 'test';

await runScript(async () => {
	await setUp('test');
	await buildNativeTests(suite, 'address,undefined');

	const native = await runSuite(
		'C++ tests',
		['ctest', '--test-dir', join('build', suite), '--output-on-failure', '-j2'],
		countCtest,
	);
	const typescript = await runSuite('TypeScript tests', ['ava', 'test/!(e2e)/**'], countAva);
	// One at a time: they load the machine, and each has its own `podwire up`.
	const endToEnd = await runSuite('End-to-end tests', ['ava', '--concurrency', '1', 'test/e2e/**'], countAva);

	const suites = [native, typescript, endToEnd];
	const passed = suites.reduce((sum, suite) => sum + suite.passed, 0);
	const failed = suites.reduce((sum, suite) => sum + suite.failed, 0);
	process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
	return failed === 0 && passed > 0 ? 0 : 1;
});

/** Runs a suite as root, shows its output, and counts. A suite that fails without a failed test counts as one. */
async function runSuite(title, commandLine, count) {
	process.stdout.write(`\n${title}\n`);
	const [command, ...args] = asRoot(['env', `PATH=${toolEnvironment.PATH}`, ...commandLine]);
	const { output, code } = await run(command, args);
	const counts = count(output);
	if (code !== 0 && counts.failed === 0) counts.failed = 1;
	return counts;
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
	});
}

function countCtest(output) {
	const [, failed = '0', total = '0'] = /(\d+) tests? failed out of (\d+)/.exec(output) ?? [];
	return { passed: Number(total) - Number(failed), failed: Number(failed) };
}

function countAva(output) {
	const number = (pattern) => Number(pattern.exec(output)?.[1] ?? 0);
	const uncaught = number(/(\d+) uncaught exceptions?/) + number(/(\d+) unhandled rejections?/);
	// ava tells how many passed only when all did.
	return { passed: output.match(/^ +✔ /gm)?.length ?? 0, failed: number(/(\d+) tests? failed/) + uncaught };
}
