// Everything between a fresh clone and a program that runs. Quick when nothing has changed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildAddon, buildTypeScript, generateWire, toolEnvironment } from './build.mjs';
import { installNpmPackages } from './npm-packages.mjs';
import { asRoot, installOsPackages } from './os-packages.mjs';
import { runStep, SetupError } from './progress.mjs';
import { root } from './stamps.mjs';

/** Sets up for a purpose: run, test or benchmark. */
export async function setUp(purpose) {
	await installOsPackages(purpose);
	await installNpmPackages();
	await generateWire();
	await buildAddon();
	await buildTypeScript();
}

/** What the cluster of the tests needs; its programs are built when it starts. */
export async function setUpCluster() {
	await installOsPackages('cluster');
	await installNpmPackages();
}

/** The same with its programs, which take minutes the first time. */
export async function buildCluster() {
	await setUpCluster();
	const builder = join(root, 'test', 'cluster', 'run.ts');
	const [command, ...args] = asRoot(['env', `PATH=${toolEnvironment.PATH}`, 'node', builder, '--build']);
	await runStep('building the Kubernetes of the tests', command, args, { env: toolEnvironment });
}

/** Whether that can be built. */
export function hasGo() {
	const path = `${process.env.PATH ?? ''}:/usr/local/go/bin`;
	return spawnSync('go', ['version'], { env: { ...process.env, PATH: path } }).status === 0;
}

/** Runs `main` and turns a failed set-up into words and exit code 1. */
export async function runScript(main) {
	try {
		process.exitCode = await main();
	} catch (error) {
		if (!(error instanceof SetupError)) throw error;
		process.stderr.write(`${error.message}\n`);
		process.exitCode = 1;
	}
}
