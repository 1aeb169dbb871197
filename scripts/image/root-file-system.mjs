// The image's file system in a folder: the same from the Dockerfile and without Docker, and the same bytes each time.
import { spawnSync } from 'node:child_process';
import {
	chmodSync,
	copyFileSync,
	cpSync,
	existsSync,
	lstatSync,
	lutimesSync,
	mkdirSync,
	readdirSync,
	realpathSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { copyrightFiles } from './copyright-files.mjs';
import { productionPackages } from './production-packages.mjs';
import { sharedLibraries } from './shared-libraries.mjs';
import { DIRECTORIES, MERGED_USR, SYSTEM_FILES } from './system-files.mjs';

/** Where the package lies in the image. */
const PACKAGE = 'usr/lib/podwire';
const ADDON = 'build/Release/podwire.node';

/** Of the package, beside node_modules and the addon. */
const PACKAGE_PARTS = ['dist', 'completion', 'generated', 'proto', 'package.json'];

/** Of daemonset/, for `podwire install`. */
const MANIFEST_PARTS = ['kustomization.yaml', 'base', 'overlays'];

/** What Node.js never reads of a package: declarations and sources in TypeScript, source maps, and texts that are no licence. */
const NOT_READ = /\.(ts|mts|cts|map|h|flow|tsbuildinfo)$|(^|\/)(?!licen[cs]e|copying|notice)[^/]*\.(md|markdown)$/i;

/** Where servers are installed; a user's own path often lacks them. */
const PROGRAM_FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin'];

/**
 * Fills the folder `image`, which must be empty or absent, from a built tree at `root`. `mtimeSeconds`: of every file in it.
 */
export function assembleRoot(root, image, mtimeSeconds) {
	if (existsSync(image) && readdirSync(image).length > 0) throw new Error(`${image} is not empty`);
	for (const directory of DIRECTORIES) mkdirSync(join(image, directory), { recursive: true });
	for (const [link, target] of Object.entries(MERGED_USR)) symlinkSync(target, join(image, link));
	for (const [path, text] of Object.entries(SYSTEM_FILES)) writeFileSync(join(image, path), text);

	copyPackage(root, join(image, PACKAGE));
	const programs = copyPrograms(root, image);
	const loaded = [...programs, join(root, ADDON)];
	const libraries = sharedLibraries(loaded);
	for (const library of libraries) copyTo(image, realpathSync(library), library);
	for (const [name, path] of copyrightFiles([...programs, ...libraries])) {
		copyTo(image, realpathSync(path), `usr/share/doc/${name}/copyright`);
	}
	normalise(image, mtimeSeconds);
	chmodSync(join(image, 'tmp'), 0o1777);
}

function copyPackage(root, target) {
	for (const part of PACKAGE_PARTS) cpSync(join(root, part), join(target, part), { recursive: true, filter: isRead });
	for (const part of MANIFEST_PARTS) {
		cpSync(join(root, 'daemonset', part), join(target, 'daemonset', part), { recursive: true });
	}
	for (const folder of productionPackages(root)) {
		// A package's own node_modules hold packages that are listed themselves, or are not run.
		const nested = join(root, folder, 'node_modules');
		const filter = (path) => !path.startsWith(nested) && isRead(path);
		cpSync(join(root, folder), join(target, folder), { recursive: true, filter });
	}
	copyTo(target, join(root, ADDON), ADDON);
	strip(join(target, ADDON));
}

function isRead(path) {
	return !NOT_READ.test(path);
}

/** Returns the paths that they were copied from. */
function copyPrograms(root, image) {
	const node = join(root, 'node_modules/node/bin/node');
	copyTo(image, node, 'usr/bin/node');
	strip(join(image, 'usr/bin/node'));
	const others = ['nats-server', 'setpriv'].map(programPath);
	for (const path of others) copyTo(image, path, join('usr/bin', basename(path)));
	const start = join(image, 'usr/bin/podwire');
	writeFileSync(start, `#!/usr/bin/node\nimport('/${PACKAGE}/dist/cli/main.js');\n`);
	chmodSync(start, 0o755);
	return [node, ...others];
}

function programPath(name) {
	const path = PROGRAM_FOLDERS.map((folder) => join(folder, name)).find((candidate) => existsSync(candidate));
	if (path === undefined) throw new Error(`${name} is not installed: apt-get install nats-server util-linux`);
	return path;
}

function copyTo(image, from, to) {
	const target = join(image, to);
	mkdirSync(dirname(target), { recursive: true });
	copyFileSync(from, target);
}

/** Symbols for debuggers are left out; those that the loader and probes use stay. */
function strip(path) {
	const { status, stderr, error } = spawnSync('strip', ['--strip-unneeded', path], { encoding: 'utf8' });
	if (status !== 0) throw new Error(`strip ${path} failed: ${error?.message ?? stderr.trim()}`);
}

/** One time and two modes for everything, whatever the mask and the clock were. */
function normalise(path, mtimeSeconds) {
	const status = lstatSync(path);
	if (status.isDirectory()) {
		for (const name of readdirSync(path)) normalise(join(path, name), mtimeSeconds);
		chmodSync(path, 0o755);
	} else if (status.isFile()) {
		chmodSync(path, (status.mode & 0o111) === 0 ? 0o644 : 0o755);
	}
	lutimesSync(path, mtimeSeconds, mtimeSeconds);
}
