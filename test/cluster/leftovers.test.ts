import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { idIn, takeDown, takeDownLeftovers } from './leftovers.ts';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';
import { formatIdentity, StateDirectory } from './state-directory.ts';

function stateBase(t: ExecutionContext): string {
	const base = mkdtempSync(join(tmpdir(), 'podwire-leftovers-'));
	t.teardown(() => rmSync(base, { recursive: true, force: true }));
	return base;
}

async function sleeper(t: ExecutionContext): Promise<{ child: ChildProcess; identity: ProcessIdentity }> {
	const child = spawn('sleep', ['600'], { stdio: 'ignore' });
	t.teardown(() => child.kill('SIGKILL'));
	await once(child, 'spawn');
	const identity = identityOf(child.pid ?? 0);
	if (identity === null) throw new Error('sleep has not started');
	return { child, identity };
}

async function endedProcess(t: ExecutionContext): Promise<ProcessIdentity> {
	const { child, identity } = await sleeper(t);
	child.kill('SIGKILL');
	await once(child, 'exit');
	return identity;
}

test('taking a cluster down ends its recorded processes and removes its folder', async (t) => {
	const state = StateDirectory.create(stateBase(t));
	const { child, identity } = await sleeper(t);
	state.recordProcess(identity);
	const exited = once(child, 'exit');
	await takeDown(state);
	t.deepEqual(await exited, [null, 'SIGKILL']);
	t.false(isAlive(identity));
	t.false(existsSync(state.path));
});

test('a later process with a recorded id is left alone', async (t) => {
	const state = StateDirectory.create(stateBase(t));
	const { identity } = await sleeper(t);
	state.recordProcess({ pid: identity.pid, startTicks: identity.startTicks - 1 });
	await takeDown(state);
	t.true(isAlive(identity));
});

test('leftovers are taken away when their owner has ended, and not while it runs', async (t) => {
	const base = stateBase(t);
	const running = StateDirectory.create(base);
	const left = StateDirectory.create(base);
	const { identity: orphan } = await sleeper(t);
	left.recordProcess(orphan);
	writeFileSync(left.file('owner'), formatIdentity(await endedProcess(t)));
	const { removed, running: stillRunning } = await takeDownLeftovers(base);
	t.true(removed.includes(left.id));
	t.true(stillRunning.includes(running.id));
	t.false(isAlive(orphan));
	t.false(existsSync(left.path));
	t.true(existsSync(running.path));
});

test('a folder whose owner was killed before it could write its name is taken away', async (t) => {
	const base = stateBase(t);
	const { pid } = await endedProcess(t);
	const state = StateDirectory.open(base, `${pid}-1`);
	state.folder('credentials');
	t.deepEqual((await takeDownLeftovers(base)).removed, [`${pid}-1`]);
	t.false(existsSync(state.path));
});

test('the base goes with the last cluster, but not what is no cluster of ours', async (t) => {
	const base = stateBase(t);
	writeFileSync(join(base, 'notes'), '');
	await takeDownLeftovers(base);
	t.true(existsSync(join(base, 'notes')));
	rmSync(join(base, 'notes'));
	await takeDownLeftovers(base);
	t.false(existsSync(base));
});

test('a name tells its cluster', (t) => {
	t.is(idIn('podwire-cluster-4711-2-node1'), '4711-2');
	t.is(idIn('podwire-cluster-4711-node1'), null);
	t.is(idIn('podwire-lab-4711-2-node1'), null);
});
