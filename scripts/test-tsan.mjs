// `npm run test:tsan`: the C++ tests of what runs on several threads, under thread sanitizer. As root, as other tests.
import { spawnSync } from 'node:child_process';
import { buildThreadTests, generateWire, toolEnvironment } from './setup/build.mjs';
import { installNpmPackages } from './setup/npm-packages.mjs';
import { asRoot, installOsPackages } from './setup/os-packages.mjs';
import { runScript } from './setup/setup.mjs';
import { root } from './setup/stamps.mjs';

await runScript(async () => {
	await installOsPackages('test');
	await installNpmPackages();
	await generateWire();
	const results = (await buildThreadTests()).map(passes);
	return results.every(Boolean) ? 0 : 1;
});

/**
 * A data race ends its program with another exit code than 0. Without random addresses, since the sanitizer of some
 * compilers has no room for those of newer kernels.
 */
function passes(program) {
	process.stdout.write(`\n${program}\n`);
	const environment = [`PATH=${toolEnvironment.PATH}`, 'TSAN_OPTIONS=second_deadlock_stack=1'];
	const [command, ...args] = asRoot(['env', ...environment, 'setarch', '-R', program, '--gtest_brief=1']);
	return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;
}
