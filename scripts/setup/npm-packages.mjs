// The npm packages, exactly as the lock file has them.
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { runStep, SetupError } from './progress.mjs';
import { root, whenChanged } from './stamps.mjs';

const npmEnvironment = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' };

export async function installNpmPackages() {
	const folder = lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false });
	if (folder?.isSymbolicLink()) {
		throw new SetupError('node_modules is a symbolic link, and npm ci would empty what it leads to: remove the link');
	}
	const step = {
		inputs: ['package-lock.json', 'package.json'],
		outputs: ['node_modules/.package-lock.json', 'node_modules/.bin/node', 'node_modules/.bin/tsc'],
	};
	await whenChanged('npm-packages', step, () =>
		runStep('installing npm packages', 'npm', ['ci'], { cwd: root, env: { ...process.env, ...npmEnvironment } }),
	);
}
