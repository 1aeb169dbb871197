/** The settings of the daemons as a program is given them, without being root. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

function podwire(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
	const { PATH } = process.env;
	return spawnSync(process.execPath, ['--no-warnings', MAIN, ...args], { encoding: 'utf8', env: { PATH, ...env } });
}

function fileWith(t: ExecutionContext, text: string): string {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-print-'));
	t.teardown(() => rmSync(directory, { recursive: true, force: true }));
	const path = join(directory, 'config.yaml');
	writeFileSync(path, text);
	return path;
}

test('--print-config of both daemons: flag, variable, file and default', (t) => {
	const config = fileWith(t, 'node: of-file\nagent:\n  rings: 3\ncontrolPlane:\n  socket: /of/file\n');
	const env = { PODWIRE_CONFIG: config, PODWIRE_RING_BYTES: '1MiB', PODWIRE_NATS_TOKEN: 'hidden' };
	const agent = podwire(['agent', '--print-config', '--attach', 'clsact'], env);
	t.is(agent.status, 0, agent.stderr);
	t.is(agent.stderr, '');
	for (const line of [
		`^node: of-file +# ${config}$`,
		'^  token: \\(set\\) +# PODWIRE_NATS_TOKEN$',
		'^  attach: clsact +# --attach$',
		`^  rings: 3 +# ${config}$`,
		'^  ringBytes: 1MiB +# PODWIRE_RING_BYTES$',
		'^  # health: +# default: nowhere$',
	]) {
		t.regex(agent.stdout, new RegExp(line, 'm'));
	}
	t.notRegex(agent.stdout, /hidden/);
	const controlPlane = podwire(['control-plane', '--print-config', '--config', config]);
	t.is(controlPlane.status, 0, controlPlane.stderr);
	t.regex(controlPlane.stdout, new RegExp(`^  socket: /of/file +# ${config}$`, 'm'));
});

test('a mistake in the file is one sentence, from every command that reads it', (t) => {
	const config = fileWith(t, 'agent:\n  rings: x\n');
	for (const command of ['agent', 'control-plane', 'up']) {
		const { status, stdout, stderr } = podwire([command, '--config', config]);
		t.is(status, 1, command);
		t.is(stdout, '');
		t.is(stderr.replace(/^podwire: /, ''), `agent.rings: expected a number from 1 to 64, "x" came (in ${config})\n`);
	}
});
