// A docker-archive of one layer, as `docker load`, `ctr images import` and `podman load` read it.
// Format: https://github.com/moby/docker-image-spec (v1.2, "Combined Image JSON + Filesystem Changeset Format").
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

const CHUNK_BYTES = 1024 * 1024;

/** What GOARCH calls what Node.js calls process.arch. */
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };

/**
 * Packs the folder `image` into `output`. `settings` is the config's `config` object: Entrypoint, Env, User, Labels … `tag`:
 * NAME:TAG. The same folder gives the same bytes.
 */
export function writeDockerArchive({ image, output, tag, settings, mtimeSeconds }) {
	const target = resolve(output);
	mkdirSync(dirname(target), { recursive: true });
	// Beside its target, so that the last step is a rename.
	const work = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
	try {
		const layer = join(work, 'layer.tar');
		pack(image, layer, ['.'], mtimeSeconds);
		const layerDigest = sha256OfFile(layer);
		const config = JSON.stringify(imageConfig(layerDigest, settings, mtimeSeconds));
		const configName = `${createHash('sha256').update(config).digest('hex')}.json`;
		const layerName = `${layerDigest}/layer.tar`;

		const content = join(work, 'content');
		mkdirSync(join(content, layerDigest), { recursive: true });
		renameSync(layer, join(content, layerName));
		writeFileSync(join(content, configName), config);
		const manifest = [{ Config: configName, RepoTags: [tag], Layers: [layerName] }];
		writeFileSync(join(content, 'manifest.json'), JSON.stringify(manifest));
		pack(content, join(work, 'archive.tar'), ['manifest.json', configName, layerName], mtimeSeconds);
		renameSync(join(work, 'archive.tar'), target);
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

function imageConfig(layerDigest, settings, mtimeSeconds) {
	const created = new Date(mtimeSeconds * 1000).toISOString();
	return {
		created,
		architecture: imageArchitecture(),
		os: 'linux',
		config: settings,
		rootfs: { type: 'layers', diff_ids: [`sha256:${layerDigest}`] },
		history: [{ created, created_by: 'podwire: npm run image' }],
	};
}

export function imageArchitecture() {
	const name = ARCHITECTURES[process.arch];
	if (name === undefined) throw new Error(`images are made on x64 and arm64, this is ${process.arch}`);
	return name;
}

function pack(folder, output, names, mtimeSeconds) {
	const { status, stderr, error } = spawnSync(
		'tar',
		[
			'--create',
			`--file=${output}`,
			`--directory=${folder}`,
			'--format=gnu',
			'--sort=name',
			`--mtime=@${mtimeSeconds}`,
			'--owner=0',
			'--group=0',
			'--numeric-owner',
			'--mode=a+r',
			...names,
		],
		{ encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } },
	);
	if (status !== 0) throw new Error(`tar failed: ${error?.message ?? stderr.trim()}`);
}

function sha256OfFile(path) {
	const hash = createHash('sha256');
	const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
	const file = openSync(path, 'r');
	try {
		for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk))
			hash.update(chunk.subarray(0, count));
	} finally {
		closeSync(file);
	}
	return hash.digest('hex');
}
