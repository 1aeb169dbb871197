// `npm start`: sets up, then shows the main job on real traffic. `npm start -- COMMAND …` runs that podwire command.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { toolEnvironment } from './setup/build.mjs';
import { asRoot } from './setup/os-packages.mjs';
import { runScript, setUp } from './setup/setup.mjs';
import { root } from './setup/stamps.mjs';

await runScript(async () => {
	await setUp('run');
	const args = process.argv.slice(2);
	const script = args.length === 0 ? 'scripts/demo/main.ts' : 'scripts/run-command.ts';
	const node = join(root, 'node_modules', '.bin', 'node');
	const [command, ...rest] = asRoot(['env', `PATH=${toolEnvironment.PATH}`, node, join(root, script), ...args]);
	// The whole process group gets Ctrl-C; this process waits until the others have cleaned up.
	process.on('SIGINT', () => undefined);
	return spawnSync(command, rest, { stdio: 'inherit' }).status ?? 1;
});
