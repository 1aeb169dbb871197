// `npm run cluster`: sets up, then keeps a Kubernetes of two nodes up until Ctrl-C, with Podwire and a small shop in it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { withImageFile } from './image-file.mjs';
import { toolEnvironment } from './setup/build.mjs';
import { asRoot } from './setup/os-packages.mjs';
import { runScript, setUp, setUpCluster } from './setup/setup.mjs';
import { root } from './setup/stamps.mjs';

const BARE = '--bare';

await runScript(async () => {
	const args = process.argv.slice(2);
	await setUpCluster();
	const withoutPodwire = [BARE, '--down', '--build', '--help'].some((option) => args.includes(option));
	if (withoutPodwire) return runCluster(args.filter((arg) => arg !== BARE));
	await setUp('run');
	return withImageFile((image) => runCluster(['--image', image, ...args]));
});

async function runCluster(options) {
	const node = join(root, 'node_modules', '.bin', 'node');
	const script = join(root, 'test', 'cluster', 'run.ts');
	// When this process is killed, the cluster is taken down.
	const run = ['setpriv', '--pdeathsig', 'TERM', node, script, ...options];
	const [command, ...args] = asRoot(['env', `PATH=${toolEnvironment.PATH}`, ...run]);
	const child = spawn(command, args, { stdio: 'inherit' });
	// The whole process group gets Ctrl-C; this process waits until the others have cleaned up.
	process.on('SIGINT', () => undefined);
	for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'));
	const [code] = await once(child, 'exit');
	return code ?? 1;
}
