// `npm run bench`: sets up, then measures what a tap costs. Its flags are bench/run.ts's: npm run bench -- --help
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildBenchmarkPrograms, buildNativeBenchmarks, toolEnvironment } from './setup/build.mjs';
import { asRoot } from './setup/os-packages.mjs';
import { runScript, setUp } from './setup/setup.mjs';
import { root } from './setup/stamps.mjs';

/** Measurements that run the Google Benchmark programs, which take minutes to build. */
const needNativeBenchmarks = ['native', 'flows', '--all'];

await runScript(async () => {
	const args = process.argv.slice(2);
	await setUp('benchmark');
	await buildBenchmarkPrograms();
	if (args.some((word) => needNativeBenchmarks.includes(word))) await buildNativeBenchmarks();
	const node = join(root, 'node_modules', '.bin', 'node');
	const script = join(root, 'bench', 'run.ts');
	return run(
		asRoot(['env', `PATH=${toolEnvironment.PATH}`, node, '--no-warnings=ExperimentalWarning', script, ...args]),
	);
});

/** Resolves to the exit status. A signal ends the bench, which takes down what it made; this waits for it. */
function run([command, ...args]) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { stdio: 'inherit' });
		child.on('error', reject);
		child.on('exit', (code) => resolve(code ?? 1));
		// A terminal interrupts the whole group.
		for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
		process.on('SIGTERM', () => child.kill('SIGTERM'));
	});
}
