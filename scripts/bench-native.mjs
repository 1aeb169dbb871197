// `npm run bench:native`: builds and runs the Google Benchmark programs of the native side.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildNativeBenchmarks } from './setup/build.mjs';
import { runScript, setUp } from './setup/setup.mjs';
import { root } from './setup/stamps.mjs';

await runScript(async () => {
	await setUp('benchmark');
	const directory = join(root, await buildNativeBenchmarks());
	const programs = readdirSync(directory).filter((name) => name.endsWith('_benchmark'));
	const codes = programs.map(
		(name) => spawnSync(join(directory, name), process.argv.slice(2), { stdio: 'inherit' }).status,
	);
	return codes.every((code) => code === 0) ? 0 : 1;
});
