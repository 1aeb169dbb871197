// `npm run test:cluster`: brings up a two-node cluster, installs Podwire in it as a user would, runs the scenarios and
// leaves nothing behind. `-- NAME…` runs only those scenarios, `-- --kubeconfig FILE` those that any cluster can have.
import { join } from 'node:path';
import { withImageFile } from './image-file.mjs';
import { installOsPackages } from './setup/os-packages.mjs';
import { buildCluster, runScript, setUp } from './setup/setup.mjs';
import { closeSuites, countAva, runSuite } from './suites.mjs';

const runner = ['node', '--no-warnings=ExperimentalWarning', join('test', 'cluster', 'scenarios', 'run.ts')];

await runScript(async () => {
	const args = process.argv.slice(2);
	await installOsPackages('test');
	await setUp('run');
	if (args.includes('--kubeconfig')) return scenarios(args);
	await buildCluster();
	return withImageFile((image) => scenarios(['--image', image, ...args]));
});

async function scenarios(args) {
	return closeSuites([await runSuite('Scenarios on a cluster', [...runner, ...args], countAva)]);
}
