// `npm run lint`: formatting, types and import arrows, of TypeScript and C++ alike.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nativeIncludeProblems } from './lint/native-includes.mjs';
import { generateWire, toolEnvironment } from './setup/build.mjs';
import { installNpmPackages } from './setup/npm-packages.mjs';
import { installOsPackages } from './setup/os-packages.mjs';
import { SetupError } from './setup/progress.mjs';
import { runScript } from './setup/setup.mjs';
import { root } from './setup/stamps.mjs';

await runScript(async () => {
	if (process.argv.length > 2)
		throw new SetupError(`npm run lint takes no arguments, got ${process.argv.slice(2).join(' ')}`);
	await installOsPackages('lint');
	await installNpmPackages();
	await generateWire();
	const results = [
		passes('biome', ['ci', '--error-on-warnings', '.']),
		passes('tsc', ['-p', '.']),
		passes('clang-format', ['--dry-run', '-Werror', ...cppFiles()]),
		includesAreAllowed(),
	];
	return results.every(Boolean) ? 0 : 1;
});

function passes(command, args) {
	return spawnSync(command, args, { cwd: root, env: toolEnvironment, stdio: 'inherit' }).status === 0;
}

function cppFiles() {
	return ['native', 'test/native', 'test/fuzz', 'bench/native', 'bench/programs'].flatMap((folder) =>
		readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
			.filter((entry) => entry.isFile() && /\.(cc|h)$/.test(entry.name))
			.map((entry) => join(entry.parentPath, entry.name)),
	);
}

function includesAreAllowed() {
	const problems = nativeIncludeProblems(root);
	for (const problem of problems) process.stderr.write(`${problem}, against the way of the data\n`);
	return problems.length === 0;
}
