// `npm run cluster`: sets up, then keeps a Kubernetes of two nodes up until Ctrl-C. `-- --down` takes away what a killed one left.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { toolEnvironment } from './setup/build.mjs';
import { asRoot } from './setup/os-packages.mjs';
import { runScript, setUpCluster } from './setup/setup.mjs';
import { root } from './setup/stamps.mjs';

await runScript(async () => {
	await setUpCluster();
	const node = join(root, 'node_modules', '.bin', 'node');
	const script = join(root, 'test', 'cluster', 'run.ts');
	// When this process is killed, the cluster is taken down.
	const run = ['setpriv', '--pdeathsig', 'TERM', node, script, ...process.argv.slice(2)];
	const [command, ...args] = asRoot(['env', `PATH=${toolEnvironment.PATH}`, ...run]);
	const child = spawn(command, args, { stdio: 'inherit' });
	// The whole process group gets Ctrl-C; this process waits until the others have cleaned up.
	process.on('SIGINT', () => undefined);
	for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'));
	const [code] = await once(child, 'exit');
	return code ?? 1;
});
