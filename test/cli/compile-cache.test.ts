import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

function home(t: ExecutionContext): string {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-cache-'));
	t.teardown(() => rmSync(directory, { recursive: true }));
	return directory;
}

/** Runs `podwire completion bash`, which loads the command line's own modules. */
function run(t: ExecutionContext, env: NodeJS.ProcessEnv): void {
	const { NODE_COMPILE_CACHE: _, XDG_CACHE_HOME: __, ...others } = process.env;
	const args = ['--no-warnings=ExperimentalWarning', main, 'completion', 'bash'];
	const { status, stderr } = spawnSync(process.execPath, args, { env: { ...others, ...env }, encoding: 'utf8' });
	t.is(status, 0);
	t.is(stderr, '');
}

test('compiled code is kept among the user’s caches, for nobody else to write', (t) => {
	const HOME = home(t);
	mkdirSync(join(HOME, '.cache'));
	run(t, { HOME });
	const folder = join(HOME, '.cache', 'podwire');
	t.is(statSync(folder).mode & 0o777, 0o700);
	const files = execFileSync('find', [folder, '-type', 'f'], { encoding: 'utf8' });
	t.not(files, '');
});

test('nothing is made where the user keeps no caches, or where others may write', (t) => {
	const HOME = home(t);
	run(t, { HOME });
	t.false(existsSync(join(HOME, '.cache')));
	const shared = join(HOME, 'shared');
	mkdirSync(shared);
	chmodSync(shared, 0o777);
	run(t, { HOME, XDG_CACHE_HOME: shared });
	t.false(existsSync(join(shared, 'podwire')));
});

test('what others may write is not used though it is there', (t) => {
	const HOME = home(t);
	const folder = join(HOME, '.cache', 'podwire');
	mkdirSync(folder, { recursive: true });
	chmodSync(folder, 0o777);
	run(t, { HOME });
	t.is(execFileSync('find', [folder, '-type', 'f'], { encoding: 'utf8' }), '');
});
