/** The archive as GNU tar and sha256sum see it. */
import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { imageScripts } from './image-scripts.ts';

const LONG = 'a'.repeat(120);
const MTIME_SECONDS = 86_400;
const settings = { Entrypoint: ['/usr/bin/program', 'ä'], User: '65532:65532' };

function makeFolder(base: string, name: string): string {
	const folder = join(base, name);
	mkdirSync(join(folder, 'tmp'), { recursive: true });
	mkdirSync(join(folder, LONG, LONG), { recursive: true });
	for (const each of ['b', 'a']) writeFileSync(join(folder, each), `${each}\n`, { mode: 0o755 });
	writeFileSync(join(folder, LONG, LONG, 'deep'), 'deep\n');
	symlinkSync('a', join(folder, 'link'));
	chmodSync(join(folder, 'tmp'), 0o1777);
	return folder;
}

function tar(...args: string[]): string {
	return execFileSync('tar', args, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' } });
}

test('an archive holds its manifest, the configuration and the layer, each under its own digest', async (t) => {
	const { writeDockerArchive } = await imageScripts();
	const base = mkdtempSync(join(tmpdir(), 'podwire-archive-'));
	t.teardown(() => rmSync(base, { recursive: true, force: true }));
	const output = join(base, 'made', 'image.tar');
	writeDockerArchive({
		image: makeFolder(base, 'root'),
		output,
		tag: 'thing:1.2',
		settings,
		mtimeSeconds: MTIME_SECONDS,
	});

	const names = tar('-tf', output).trim().split('\n');
	const content = join(base, 'content');
	mkdirSync(content);
	tar('-xf', output, '-C', content);
	const json = (name: string) => JSON.parse(readFileSync(join(content, name), 'utf8'));
	const [{ Config, RepoTags, Layers }, ...others] = json('manifest.json') as [
		{ Config: string; RepoTags: string[]; Layers: string[] },
	];
	t.deepEqual(others, []);
	t.deepEqual(RepoTags, ['thing:1.2']);
	t.deepEqual(names, ['manifest.json', Config, ...Layers]);

	const digest = (name: string) => execFileSync('sha256sum', [join(content, name)], { encoding: 'utf8' }).slice(0, 64);
	t.is(Config, `${digest(Config)}.json`);
	const config = json(Config);
	t.deepEqual(config.rootfs, { type: 'layers', diff_ids: [`sha256:${digest(Layers[0] as string)}`] });
	t.deepEqual(config.config, settings);
	t.is(config.os, 'linux');
	t.is(config.architecture, execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim());
	t.is(config.created, '1970-01-02T00:00:00.000Z');

	const layer = join(content, Layers[0] as string);
	const lines = tar('-tvf', layer, '--numeric-owner').trim().split('\n');
	t.true(lines.every((line) => / 0\/0 .* 1970-01-02 00:00 /.test(line)));
	const listed = lines.map((line) => [line.slice(0, 10), line.split(' 1970-01-02 00:00 ')[1]]);
	t.deepEqual(listed, [
		['drwxr-xr-x', './'],
		['-rwxr-xr-x', './a'],
		['drwxr-xr-x', `./${LONG}/`],
		['drwxr-xr-x', `./${LONG}/${LONG}/`],
		['-rw-r--r--', `./${LONG}/${LONG}/deep`],
		['-rwxr-xr-x', './b'],
		['lrwxrwxrwx', './link -> a'],
		['drwxrwxrwt', './tmp/'],
	]);
	t.is(tar('-xOf', layer, `./${LONG}/${LONG}/deep`), 'deep\n');
	t.deepEqual(readdirSync(join(base, 'made')), ['image.tar'], 'something was left beside it');
});

test('the same files give the same bytes, whenever and in whichever order they were made', async (t) => {
	const { writeDockerArchive } = await imageScripts();
	const base = mkdtempSync(join(tmpdir(), 'podwire-archive-'));
	t.teardown(() => rmSync(base, { recursive: true, force: true }));
	const sums = ['first', 'second'].map((name, index) => {
		const image = makeFolder(base, name);
		if (index === 1) {
			rmSync(join(image, 'a'));
			writeFileSync(join(image, 'a'), 'a\n', { mode: 0o755 });
			utimesSync(join(image, 'b'), 1, 1);
		}
		const output = join(base, `${name}.tar`);
		writeDockerArchive({ image, output, tag: 'thing:1', settings, mtimeSeconds: 0 });
		return execFileSync('sha256sum', [output], { encoding: 'utf8' }).slice(0, 64);
	});
	t.is(sums[0], sums[1]);
});

test('a folder that cannot be packed leaves no archive behind', async (t) => {
	const { writeDockerArchive } = await imageScripts();
	const base = mkdtempSync(join(tmpdir(), 'podwire-archive-'));
	t.teardown(() => rmSync(base, { recursive: true, force: true }));
	const made = join(base, 'made');
	const image = join(base, 'absent');
	t.throws(() => writeDockerArchive({ image, output: join(made, 'x.tar'), tag: 'x:1', settings, mtimeSeconds: 0 }), {
		message: /tar failed: .*absent/s,
	});
	t.deepEqual(readdirSync(made), []);
});
