/** The npm package as somebody installs it elsewhere: without root, compilers, the addon or what is only for development. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { wire } from '../../src/messaging/wire.ts';
import { KubeServer } from '../client/kube-server.ts';
import { batchFrame } from '../client/stream-server.ts';
import { CART, NAMES, POD } from './exchanges.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const started = { started: { tap: 't-0000abcd', description: 'deploy/frontend in shop', pods: [POD] } };
const ended = { ended: { reason: wire.EndReason.END_REASON_STOPPED } };

interface Outcome {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

async function run(
	command: string,
	args: readonly string[],
	cwd: string,
	env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
	const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
	let stdout = '';
	let stderr = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr += text;
	});
	const [status] = (await once(child, 'close')) as [number | null];
	return { status, stdout, stderr };
}

/** The tree's package with its sources compiled as they are now; returns the tarball. */
async function pack(directory: string): Promise<string> {
	const staging = join(directory, 'staging');
	mkdirSync(staging);
	for (const part of ['package.json', 'generated', 'proto', 'completion', 'daemonset', 'README.md']) {
		if (existsSync(join(ROOT, part))) cpSync(join(ROOT, part), join(staging, part), { recursive: true });
	}
	const compiled = await run('tsc', ['-p', 'tsconfig.build.json', '--outDir', join(staging, 'dist')], ROOT);
	if (!existsSync(join(staging, 'dist', 'cli', 'main.js'))) throw new Error(compiled.stdout + compiled.stderr);
	const writer = join(ROOT, 'scripts', 'reference', 'write-man-page.ts');
	const written = await run(process.execPath, [writer, join(staging, 'build', 'man', 'podwire.1')], ROOT);
	if (written.status !== 0) throw new Error(written.stderr);
	const packed = await run('npm', ['pack', '--ignore-scripts', '--offline', '--pack-destination', directory], staging);
	if (packed.status !== 0) throw new Error(packed.stderr);
	return join(directory, packed.stdout.trim().split('\n').at(-1) ?? '');
}

/** As `npm install --omit=dev --ignore-scripts TARBALL` does, with the tree's packages for those of a registry. */
async function install(tarball: string, directory: string): Promise<string> {
	const modules = join(directory, 'node_modules');
	const target = join(modules, 'podwire');
	mkdirSync(target, { recursive: true });
	const unpacked = await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', target], directory);
	if (unpacked.status !== 0) throw new Error(unpacked.stderr);
	const { dependencies } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as {
		dependencies: Record<string, string>;
	};
	for (const name of Object.keys(dependencies)) {
		mkdirSync(dirname(join(modules, name)), { recursive: true });
		symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
	}
	return target;
}

test('the package installs and taps a cluster', async (t) => {
	t.timeout(240_000);
	const directory = mkdtempSync(join(tmpdir(), 'podwire-package-'));
	t.teardown(() => rmSync(directory, { recursive: true, force: true }));
	const installed = await install(await pack(directory), directory);
	const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
	const node = { PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter), KUBECONFIG: '/dev/null' };
	const podwire = (args: readonly string[], env: NodeJS.ProcessEnv = {}, bin = 'podwire') =>
		run(process.execPath, [join(installed, manifest.bin[bin]), ...args], directory, { ...node, ...env });

	const help = await podwire(['--help']);
	t.is(help.status, 0, help.stderr);
	t.regex(help.stdout, /^ {2}tap TARGET…/m);
	t.is((await podwire(['--version'], {}, 'kubectl-podwire')).stdout, `podwire ${manifest.version}\n`);

	t.regex(readFileSync(join(installed, manifest.man), 'utf8'), /^\.TH PODWIRE 1 /);
	t.regex((await podwire(['completion', 'bash'])).stdout, /^complete -F _podwire podwire/m);
	const completed = await podwire(['tap', '-o', 'jsonp'], {}, 'kubectl_complete-podwire');
	t.is(completed.stdout, 'jsonpath=\n:6\n', completed.stderr);

	const server = await KubeServer.start(t, {
		tokens: { 'let-jane-in': 'jane' },
		onStream: (stream) => {
			const counters = { seen: 1, published: 1 };
			const batch = {
				tap: 't-0000abcd',
				pod: POD,
				epoch: 1,
				number: 1,
				exchanges: [CART],
				counters,
				last: true,
				names: NAMES,
			};
			stream.end(started, batchFrame(batch), ended);
		},
	});
	const loaded = join(directory, 'loaded');
	const recorder = join(directory, 'recorder.mjs');
	writeFileSync(
		recorder,
		`import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { appendFileSync(${JSON.stringify(loaded)}, url + '\\n'); return next(url, context); } });`,
	);
	const tapped = await podwire(['tap', 'deploy/frontend', '--utc'], {
		KUBECONFIG: server.kubeconfig({ token: 'let-jane-in' }, { namespace: 'shop' }),
		NODE_OPTIONS: `--import=${recorder}`,
	});
	t.is(tapped.status, 0, tapped.stderr);
	t.regex(tapped.stdout, /GET {2}\/api\/cart\?id=7 {2}200/);
	t.regex(tapped.stderr, /^Using cluster production \(context prod, .*\)\.\nTapping 1 pod of /);

	// What a tap loads is there on every operating system, and quick.
	const modules = readFileSync(loaded, 'utf8').trim().split('\n');
	t.true(modules.some((url) => url.endsWith('/dist/client/kubernetes-transport.js')));
	t.deepEqual(
		modules.filter((url) =>
			/\/dist\/(addon|agent|control-plane|identity|nats-server|cli\/up)\/|client-node|\.node$/.test(url),
		),
		[],
	);

	const read = await podwire(['read', join(installed, 'package.json')]);
	t.is(read.status, 1);
	t.is(
		read.stderr,
		"podwire: capture files are read by Podwire's native part, which is not here: it is in the container image and in a build of the source (npm run build), not in the npm package\n",
	);
});
