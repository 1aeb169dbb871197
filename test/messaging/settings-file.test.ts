import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { agentConfig } from '../../src/agent/config.ts';
import type { PodwireError } from '../../src/messaging/errors.ts';
import { readSettingsFile } from '../../src/messaging/settings-file.ts';

function fileWith(t: ExecutionContext, text: string): string {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-settings-'));
	t.teardown(() => rmSync(directory, { recursive: true, force: true }));
	const path = join(directory, 'config.yaml');
	writeFileSync(path, text);
	return path;
}

test('settings of both daemons, by name; a key without value is none', async (t) => {
	const path = fileWith(
		t,
		'node: box\nagent:\n  rings: 2\n  attach:\ncontrolPlane:\nredaction:\n  headers: [x-a, x-b-*]\n',
	);
	const file = await readSettingsFile(path, {}, []);
	t.is(file?.path, path);
	t.deepEqual(
		[...(file?.values ?? [])],
		[
			['node', 'box'],
			['agent.rings', 2],
			['redaction.headers', ['x-a', 'x-b-*']],
		],
	);
});

test('--config wins over PODWIRE_CONFIG, and that over the usual places, of which the first that exists is read', async (t) => {
	const [flag, variable, usual] = ['flag', 'variable', 'usual'].map((node) => fileWith(t, `node: ${node}\n`));
	const nodeOf = async (...args: Parameters<typeof readSettingsFile>) =>
		(await readSettingsFile(...args))?.values.get('node');
	const env = { PODWIRE_CONFIG: variable };
	t.is(await nodeOf(flag, env, [`${usual}`]), 'flag');
	t.is(await nodeOf(undefined, env, [`${usual}`]), 'variable');
	t.is(await nodeOf(undefined, { PODWIRE_CONFIG: '' }, ['/nowhere/config.yaml', `${usual}`, `${flag}`]), 'usual');
	t.is(await readSettingsFile(undefined, {}, ['/nowhere/config.yaml']), null);
});

test('a file of comments sets nothing', async (t) => {
	const path = fileWith(t, '# agent:\n\n  #   rings: x\n');
	t.deepEqual(await readSettingsFile(path, {}, []), { path, values: new Map() });
	const empty = fileWith(t, '---\n');
	t.deepEqual(await readSettingsFile(empty, {}, []), { path: empty, values: new Map() });
});

const refused: readonly (readonly [yaml: string, sentence: string])[] = [
	['agent:\n  rings: x\n', 'agent.rings: expected a number from 1 to 64, "x" came (in FILE)'],
	['agent:\n  rings: [1]\n', 'agent.rings: expected a number from 1 to 64, a list came (in FILE)'],
	['agent:\n  ring: 1\n', 'agent.ring: no such setting (did you mean agent.rings?) (in FILE)'],
	['rings: 1\n', 'rings: no such setting (did you mean agent.rings?) (in FILE)'],
	['agnet:\n  rings: 1\n', 'agnet: no such setting (did you mean agent?) (in FILE)'],
	['frobnicate: 1\n', 'frobnicate: no such setting (in FILE)'],
	['agent: 3\n', 'agent: expected settings as KEY: VALUE, 3 came (in FILE)'],
	['- a\n', 'FILE: expected settings as KEY: VALUE, a list came'],
	['nats:\n  password: 1234\n', 'nats.password: expected text, a number that is not shown came (in FILE)'],
	['nats.user: a\nnats:\n  user: b\n', 'nats.user: expected it once (in FILE)'],
	['redaction:\n  bodies: no\n', 'redaction.bodies: expected allowed or forbidden, "no" came (in FILE)'],
	[
		'redaction:\n  headers: [x y]\n',
		'redaction.headers: expected a list of header names such as x-internal-*, at most 256 of 1 to 256 bytes, a list came (in FILE)',
	],
	[
		'controlPlane:\n  listen: here\n',
		'controlPlane.listen: expected HOST:PORT such as 0.0.0.0:8443, "here" came (in FILE)',
	],
];

for (const [yaml, sentence] of refused) {
	test(`refused: ${JSON.stringify(yaml)}`, async (t) => {
		const path = fileWith(t, yaml);
		const error = await t.throwsAsync<PodwireError>(readSettingsFile(path, {}, []), { name: 'PodwireError' });
		t.is(error.code, 'CONFIGURATION');
		t.is(error.message, sentence.replace('FILE', path));
	});
}

test('all that is wrong with a file is told at once, a line each', async (t) => {
	const path = fileWith(
		t,
		'nats: here\nagent:\n  rings: x\n  ring: 1\n  attach: tcx\nredaction:\n  bodies: no\nfrobnicate:\n  a: 1\nagent.rings: 2\n',
	);
	const error = await t.throwsAsync<PodwireError>(readSettingsFile(path, {}, []), { code: 'CONFIGURATION' });
	t.deepEqual(error.message.split('\n'), [
		`nats: expected settings as KEY: VALUE, "here" came (in ${path})`,
		`agent.rings: expected a number from 1 to 64, "x" came (in ${path})`,
		`agent.ring: no such setting (did you mean agent.rings?) (in ${path})`,
		`redaction.bodies: expected allowed or forbidden, "no" came (in ${path})`,
		`frobnicate: no such setting (in ${path})`,
		`agent.rings: expected it once (in ${path})`,
	]);
	const many = fileWith(t, Array.from({ length: 23 }, (_, index) => `unknown-${index}: 1\n`).join(''));
	const { message } = await t.throwsAsync<PodwireError>(readSettingsFile(many, {}, []));
	t.is(message.split('\n').length, 21);
	t.is(message.split('\n').at(-1), 'and 3 more');
});

test('all flags and variables that are wrong are told at once', (t) => {
	const error = t.throws<PodwireError>(
		() => agentConfig({ rings: 'x' }, { PODWIRE_BODIES: 'no', PODWIRE_RING_BYTES: '3' }, { hostName: 'box', cpus: 1 }),
		{ code: 'CONFIGURATION' },
	);
	t.deepEqual(
		error.message
			.split('\n')
			.map((line) => line.split(':')[0])
			.sort(),
		['--rings', 'PODWIRE_BODIES', 'PODWIRE_RING_BYTES'],
	);
});

test('what is no YAML is refused with its place', async (t) => {
	const path = fileWith(t, 'agent:\n  rings: 1\n  rings: 2\n');
	const error = await t.throwsAsync<PodwireError>(readSettingsFile(path, {}, []), { code: 'MALFORMED_FILE' });
	t.true(error.message.startsWith(`${path}:3:3: `), error.message);
});

test('a file that was named and is not there, cannot be read, or is too large', async (t) => {
	const message = async (flag: string | undefined, env = {}) =>
		(await t.throwsAsync<PodwireError>(readSettingsFile(flag, env, []), { code: 'CONFIGURATION' })).message;
	t.is(await message('/nowhere'), '--config: expected a file that exists, "/nowhere" came');
	t.is(
		await message(undefined, { PODWIRE_CONFIG: '/nowhere' }),
		'PODWIRE_CONFIG: expected a file that exists, "/nowhere" came',
	);
	t.is(await message('/proc/self'), 'The configuration /proc/self cannot be read: EISDIR');
	const large = fileWith(t, '#'.repeat(1024 * 1024 + 1));
	t.is(
		await message(large),
		`The configuration ${large} cannot be read: it has 1048577 bytes, at most 1048576 are possible`,
	);
});
