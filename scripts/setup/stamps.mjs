// Remembers what a step was made from, so that an unchanged step is not made again.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const stampDir = join(root, 'build', 'stamps');

/** A digest of the contents of files and folders, given relative to the root. */
export function digestOf(inputs) {
	const hash = createHash('sha256').update(process.arch);
	for (const input of inputs) addPath(hash, join(root, input));
	return hash.digest('hex');
}

function addPath(hash, path) {
	if (!existsSync(path)) return;
	if (statSync(path).isDirectory()) {
		for (const name of readdirSync(path).sort()) if (name !== 'node_modules') addPath(hash, join(path, name));
		return;
	}
	hash.update(`\0${path.slice(root.length)}\0`).update(readFileSync(path));
}

/** Runs `make` unless the inputs are those of its last success and every output is there. */
export async function whenChanged(name, { inputs, outputs }, make) {
	const stamp = join(stampDir, name);
	const digest = digestOf(inputs);
	const fresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
	if (fresh && outputs.every((output) => existsSync(join(root, output)))) return;
	rmSync(stamp, { force: true });
	await make();
	mkdirSync(dirname(stamp), { recursive: true });
	writeFileSync(stamp, digest);
}
