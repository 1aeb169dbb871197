// `npm run captures [-- NAME…]`: makes the captures of test/captures/recorded anew, from real programs.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { toolEnvironment } from './setup/build.mjs';
import { installNpmPackages } from './setup/npm-packages.mjs';
import { asRoot, installOsPackages } from './setup/os-packages.mjs';
import { runScript } from './setup/setup.mjs';
import { root } from './setup/stamps.mjs';

await runScript(async () => {
	await installOsPackages('captures');
	await installNpmPackages();
	const node = join(root, 'node_modules', '.bin', 'node');
	const script = join(root, 'test', 'captures', 'make', 'main.ts');
	const [command, ...args] = asRoot(['env', `PATH=${toolEnvironment.PATH}`, node, script, ...process.argv.slice(2)]);
	return spawnSync(command, args, { stdio: 'inherit' }).status ?? 1;
});
