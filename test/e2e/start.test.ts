/** `npm start` on a set-up tree: the demonstration shows real exchanges, and leaves nothing behind. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { RunningProgram, until } from './lab.ts';

const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));

function start(args: readonly string[] = []): RunningProgram {
	const env = { ...process.env, NO_COLOR: '1' };
	// A process group of its own, so that Ctrl-C can be sent to all of it as a terminal does.
	return new RunningProgram(
		spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true }),
	);
}

function namespacesOf(run: RunningProgram): string[] {
	if (!existsSync('/run/netns')) return [];
	const pids = new Set(run.stderr.match(/podwire-lab-\d+/g) ?? []);
	return readdirSync('/run/netns').filter((name) => [...pids].some((prefix) => name.startsWith(`${prefix}-`)));
}

function demoDirectories(): string[] {
	return readdirSync(tmpdir()).filter((name) => name.startsWith('podwire-demo-'));
}

test.serial('the demonstration', async (t) => {
	const before = new Set(demoDirectories());
	const run = start();
	t.teardown(() => run.signal('SIGKILL'));
	const product = /GET +\/api\/products\/17 +200/;
	await until(
		() => (run.lines.length >= 6 && product.test(run.stdout)) || run.hasEnded,
		() => `shown: ${run.stdout}\n${run.stderr}`,
	);
	process.kill(-run.pid, 'SIGINT');
	t.is((await run.ended).code, 0, run.stderr);
	t.regex(run.stdout, /frontend-7d4-x2x → backend:8080|ingress-6c-9pq → frontend-7d4-x2x/);
	t.regex(run.stdout, product);
	// The visitor keeps its connections alive: the first exchange on one that is older than the tap is told so.
	t.regex(run.truth, /shown, none lost(; not all was seen of some \(joined late \d+\))?\.$/);
	t.deepEqual(namespacesOf(run), []);
	t.deepEqual(
		demoDirectories().filter((name) => !before.has(name)),
		[],
	);
});

test.serial('npm start -- COMMAND runs that command', async (t) => {
	const run = start(['--version']);
	t.is((await run.ended).code, 0);
	t.regex(run.stdout, /\d+\.\d+\.\d+/);
});
