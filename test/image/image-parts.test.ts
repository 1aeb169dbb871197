/** What goes into the image, by the word of other programs: npm, readelf, and the Dockerfile. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import test from 'ava';
import { imageScripts, ROOT } from './image-scripts.ts';

test('the packages that run are those of npm ls --omit=dev, but for types and those of another runtime', async (t) => {
	const { productionPackages } = await imageScripts();
	const listing = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable', '--long'], {
		cwd: ROOT,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const expected = listing
		.trim()
		.split('\n')
		// PATH:NAME@VERSION, and a word for what is installed though nothing names it.
		.filter((line) => !line.includes(':EXTRANEOUS'))
		.map((line) => relative(ROOT, line.slice(0, line.indexOf(':'))))
		.filter((path) => path !== '' && !/node_modules\/(@types\/|undici-types$|csstype$|bare-)/.test(path));
	t.deepEqual([...productionPackages(ROOT)], expected.sort());
});

test('shared libraries are all that readelf finds needed, however far away', async (t) => {
	const { sharedLibraries } = await imageScripts();
	const program = join(ROOT, 'node_modules/node/bin/node');
	const found = sharedLibraries([program]);
	const byName = new Map(found.map((path) => [basename(path), path]));
	const needed = (path: string) =>
		[...execFileSync('readelf', ['-d', path], { encoding: 'utf8' }).matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(
			([, name]) => name as string,
		);
	const expected = new Set<string>();
	const waiting = needed(program);
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
		if (expected.has(name)) continue;
		expected.add(name);
		const path = byName.get(name);
		if (path === undefined) t.fail(`${name} is missing`);
		else waiting.push(...needed(realpathSync(path)));
	}
	const loader = /program interpreter: (.*)\]/.exec(
		execFileSync('readelf', ['-l', program], { encoding: 'utf8' }),
	)?.[1];
	t.deepEqual([...new Set([...byName.keys()])].sort(), [...new Set([...expected, basename(loader ?? '')])].sort());
});

test('a program with a library that is not installed is refused by name', async (t) => {
	const { sharedLibraries } = await imageScripts();
	const folder = mkdtempSync(join(tmpdir(), 'podwire-libraries-'));
	t.teardown(() => rmSync(folder, { recursive: true, force: true }));
	const [library, program] = ['libabsent.so', 'program'].map((name) => join(folder, name)) as [string, string];
	writeFileSync(join(folder, 'library.c'), 'int absent(void) { return 1; }\n');
	writeFileSync(join(folder, 'program.c'), 'int absent(void);\nint main(void) { return absent(); }\n');
	execFileSync('cc', ['-shared', '-fPIC', '-o', library, join(folder, 'library.c')]);
	execFileSync('cc', ['-o', program, join(folder, 'program.c'), library]);
	rmSync(library);
	t.throws(() => sharedLibraries([program]), { message: /program needs .*libabsent\.so/ });
});

test('the Dockerfile makes an image of the same settings', async (t) => {
	const { tag, settings } = (await imageScripts()).imageSettings(ROOT);
	const file = readFileSync(join(ROOT, 'daemonset/Dockerfile'), 'utf8');
	const final = file.slice(file.lastIndexOf('\nFROM ')).replaceAll('\\\n', ' ');
	const instructions = new Map(
		[...final.matchAll(/^([A-Z]+) +(.*)$/gm)].map(([, name, rest]) => [name, rest as string]),
	);
	t.is(instructions.get('FROM'), 'scratch');
	t.is(instructions.get('USER'), settings.User);
	t.is(instructions.get('WORKDIR'), settings.WorkingDir);
	t.deepEqual(JSON.parse(instructions.get('ENTRYPOINT') ?? ''), settings.Entrypoint);
	t.deepEqual([instructions.get('ENV')], [...settings.Env]);
	const labels = [...(instructions.get('LABEL') ?? '').matchAll(/([a-z.]+)="([^"]*)"/g)].map(([, key, value]) => [
		key,
		value,
	]);
	t.deepEqual(Object.fromEntries(labels), settings.Labels);
	const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
	t.is(tag, `podwire:${version}`);
	t.is(settings.Labels['org.opencontainers.image.version'], version);
});
