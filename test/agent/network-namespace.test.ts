import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { findNamespace, lookAgain, NamespaceNotFound, SYSTEM_ROOTS } from '../../src/agent/network-namespace.ts';

const SELF = `/proc/${process.pid}/ns/net`;

test('the agent’s own namespace is recognised, by path and by process', (t) => {
	const byPath = findNamespace({ path: SELF });
	t.deepEqual(byPath.source, { kind: 'path', path: SELF });
	t.true(byPath.ofAgent);
	const byProcess = findNamespace({ pid: process.pid });
	t.deepEqual(byProcess, byPath);
});

test('a named namespace is looked for where ip netns keeps them, in turn', async (t) => {
	const directory = await mkdtemp(join(tmpdir(), 'podwire-netns-'));
	t.teardown(() => rm(directory, { recursive: true }));
	await symlink(SELF, join(directory, 'mine'));
	const roots = { proc: '/proc', namedNamespaces: ['/nowhere/netns', directory] };
	t.deepEqual(findNamespace({ name: 'mine' }, roots).source, { kind: 'path', path: join(directory, 'mine') });
	t.throws(() => findNamespace({ name: 'other' }, roots), {
		instanceOf: NamespaceNotFound,
		message: 'there is no network namespace other: ip netns list shows those there are',
	});
});

test('another namespace is told apart from the agent’s own', (t) => {
	const name = `podwire-id-${process.pid}`;
	execFileSync('ip', ['netns', 'add', name]);
	t.teardown(() => execFileSync('ip', ['netns', 'delete', name]));
	const found = findNamespace({ name });
	t.false(found.ofAgent);
	t.not(found.identity, findNamespace({ path: SELF }).identity);
	t.deepEqual(found.source, { kind: 'path', path: `/run/netns/${name}` });
});

test('a process that ended is a sentence', async (t) => {
	const child = spawn('true');
	const { pid } = child;
	await once(child, 'exit');
	const error = t.throws(() => findNamespace({ pid: pid ?? 0 }), { instanceOf: NamespaceNotFound });
	t.is(error.message, `there is no process ${pid} on this node: it has ended, or the id is of another PID namespace`);
});

test('an interface is passed on by its name', (t) => {
	t.deepEqual(findNamespace({ interface: 'eth0' }), {
		source: { kind: 'interface', name: 'eth0' },
		identity: null,
		ofAgent: false,
	});
});

test('what cannot be a name never becomes a path', (t) => {
	for (const name of ['', '.', '..', '../../etc', 'a/b', 'a\0b']) {
		t.throws(() => findNamespace({ name }), {
			instanceOf: NamespaceNotFound,
			message: /cannot be the name of a network/,
		});
	}
	for (const device of ['', 'a/b', 'a b', 'sixteen-letters-']) {
		t.throws(() => findNamespace({ interface: device }), { message: /cannot be the name of an interface/ });
	}
	t.throws(() => findNamespace({ podUid: '../1' }), { message: '"../1" is not the UID of a pod' });
	t.throws(() => findNamespace({ path: '/nowhere' }), { message: 'there is no network namespace at /nowhere' });
});

test('a pod that does not run here, and a pod without any source', (t) => {
	const podUid = '00000000-0000-4000-8000-000000000000';
	t.throws(() => findNamespace({ podUid }, SYSTEM_ROOTS), { message: `no process of pod ${podUid} runs on this node` });
	for (const nothing of [null, {}]) {
		t.throws(() => findNamespace(nothing), { message: /did not say how to find this pod/ });
	}
});

test('a named namespace that was made anew is another one; one that only lost its name is the same', (t) => {
	const name = `podwire-again-${process.pid}`;
	const add = () => execFileSync('ip', ['netns', 'add', name]);
	const remove = () => execFileSync('ip', ['netns', 'delete', name]);
	add();
	// Keeps the first one alive, so that the second cannot get its number.
	const inside = spawn('ip', ['netns', 'exec', name, 'sleep', '60']);
	t.teardown(() => inside.kill('SIGKILL'));
	const found = findNamespace({ name });
	t.is(lookAgain(found, { name }), found);
	remove();
	t.is(lookAgain(found, { name }), found);
	add();
	t.teardown(remove);
	t.is(lookAgain(found, { name }), 'it has another network now');
});

test('a process that ends takes its pod with it', async (t) => {
	const child = spawn('sleep', ['60']);
	const pid = child.pid ?? 0;
	const found = findNamespace({ pid });
	t.is(lookAgain(found, { pid }), found);
	child.kill('SIGKILL');
	await once(child, 'exit');
	t.regex(String(lookAgain(found, { pid })), new RegExp(`^there is no process ${pid} `));
});
