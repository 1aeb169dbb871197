// The licences of what the image takes from the operating system.
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';

/** Their code is within the addon, by static linking. */
const LINKED_PACKAGES = ['libbpf-dev', 'libelf-dev', 'libzstd-dev', 'zlib1g-dev'];

/** [package, path of its copyright file] of every Debian package that one of the files belongs to, sorted. */
export function copyrightFiles(files) {
	const names = new Set([...LINKED_PACKAGES, ...files.flatMap(packagesOf)]);
	return [...names]
		.sort()
		.map((name) => [name, `/usr/share/doc/${name}/copyright`])
		.filter(([, path]) => existsSync(path));
}

/** dpkg knows a file by the path that its package has, with or without /usr. */
function packagesOf(file) {
	const real = realpathSync(file);
	const spellings = new Set([file, real, file.replace(/^\/usr/, ''), real.replace(/^\/usr/, '')]);
	const { stdout } = spawnSync('dpkg-query', ['-S', ...spellings], { encoding: 'utf8' });
	return (stdout ?? '').split('\n').flatMap((line) => /^([a-z0-9.+-]+)(?::[a-z0-9]+)?: /.exec(line)?.[1] ?? []);
}
