// `npm run bench`: sets up, then measures what a tap costs.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { toolEnvironment } from './setup/build.mjs';
import { asRoot } from './setup/os-packages.mjs';
import { runScript, setUp } from './setup/setup.mjs';
import { root } from './setup/stamps.mjs';

await runScript(async () => {
	await setUp('benchmark');
	const node = join(root, 'node_modules', '.bin', 'node');
	const script = join(root, 'bench', 'run.ts');
	const [command, ...args] = asRoot(['env', `PATH=${toolEnvironment.PATH}`, node, script, ...process.argv.slice(2)]);
	return spawnSync(command, args, { stdio: 'inherit' }).status ?? 1;
});
