// Everything between a fresh clone and a program that runs. Quick when nothing has changed.
import { buildAddon, buildTypeScript, generateWire } from './build.mjs';
import { installNpmPackages } from './npm-packages.mjs';
import { installOsPackages } from './os-packages.mjs';
import { SetupError } from './progress.mjs';

/** Sets up for a purpose: run, test or benchmark. */
export async function setUp(purpose) {
	await installOsPackages(purpose);
	await installNpmPackages();
	await generateWire();
	await buildAddon();
	await buildTypeScript();
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
