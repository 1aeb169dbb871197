// `npm run test:cluster`: brings up a two-node cluster, installs Podwire in it as a user would, runs the scenarios and
// leaves nothing behind. `-- NAME…` runs only those scenarios, `-- --kubeconfig FILE` those that any cluster can have.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolEnvironment } from './setup/build.mjs';
import { installOsPackages } from './setup/os-packages.mjs';
import { SetupError } from './setup/progress.mjs';
import { runScript, setUp, setUpCluster } from './setup/setup.mjs';
import { root } from './setup/stamps.mjs';
import { closeSuites, countAva, runSuite } from './suites.mjs';

const runner = ['node', '--no-warnings=ExperimentalWarning', join('test', 'cluster', 'scenarios', 'run.ts')];

await runScript(async () => {
	const args = process.argv.slice(2);
	await installOsPackages('test');
	await setUp('run');
	if (args.includes('--kubeconfig')) return scenarios(args);
	await setUpCluster();
	const folder = mkdtempSync(join(tmpdir(), 'podwire-image-'));
	try {
		const image = join(folder, 'podwire.tar');
		buildImage(image);
		return await scenarios(['--image', image, ...args]);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});

async function scenarios(args) {
	return closeSuites([await runSuite('Scenarios on a cluster', [...runner, ...args], countAva)]);
}

function buildImage(output) {
	const script = join(root, 'scripts', 'image.mjs');
	const { status } = spawnSync(process.execPath, [script, '--output', output], {
		env: toolEnvironment,
		stdio: 'inherit',
	});
	if (status !== 0) throw new SetupError('podwire: the image could not be built');
}
