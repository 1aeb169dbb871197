// The shared objects that programs are loaded with, by the dynamic loader's own word.
import { spawnSync } from 'node:child_process';

/** `NAME => PATH (0x…)` and, for the loader itself, `PATH (0x…)`. */
const RESOLVED = /^\s*(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/;
const MISSING = /^\s*(\S+) => not found$/;

/** Paths of all objects that the files need, the loader included, sorted. Throws when one cannot be found. */
export function sharedLibraries(files) {
	const found = new Set();
	for (const file of files) {
		const { status, stdout, stderr, error } = spawnSync('ldd', [file], {
			encoding: 'utf8',
			env: { ...process.env, LC_ALL: 'C' },
		});
		if (error !== undefined || (status !== 0 && !/not a dynamic executable/.test(stderr))) {
			throw new Error(`ldd ${file} failed: ${error?.message ?? stderr.trim()}`);
		}
		for (const path of librariesOf(file, stdout)) found.add(path);
	}
	return [...found].sort();
}

function librariesOf(file, listing) {
	return listing.split('\n').flatMap((line) => {
		const missing = MISSING.exec(line)?.[1];
		if (missing !== undefined) throw new Error(`${file} needs ${missing}, which is not installed`);
		const path = RESOLVED.exec(line)?.[1];
		return path === undefined ? [] : [path];
	});
}
