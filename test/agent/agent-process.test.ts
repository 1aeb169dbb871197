/** The agent as a process of its own, with the native addon. Needs root and the built addon. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { wire } from '../../src/messaging/wire.ts';
import { eventually } from '../messaging/eventually.ts';
import { NODE, pod, tap } from './assignments.ts';
import { clsactProgramsIn, programExists, tcxLinksOf } from './attached-programs.ts';
import { compiledAgent } from './compiled-program.ts';
import { Controller } from './controller.ts';
import { NamespacePair } from './namespace-pair.ts';

const PROGRAM = fileURLToPath(new URL('run-agent.ts', import.meta.url));
const { POD_STATE_ATTACHED } = wire.PodState;

async function startProcess(
	t: ExecutionContext,
	controller: Controller,
	env: object = {},
	program: string = PROGRAM,
): Promise<ChildProcess> {
	const child = fork(program, {
		stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
		execArgv: ['--no-warnings=ExperimentalWarning'],
		env: {
			...process.env,
			PODWIRE_NATS_URL: controller.server.url,
			PODWIRE_NODE: NODE,
			PODWIRE_LOG_LEVEL: 'warn',
			PODWIRE_PARENT: 'ipc',
			PODWIRE_RING_BYTES: '1MiB',
			...env,
		},
	});
	t.teardown(() => child.kill('SIGKILL'));
	const [message] = (await once(child, 'message')) as [unknown];
	t.deepEqual(message, { ready: true });
	return child;
}

/** Attaches to a pod; returns what tells whether any of its programs is still there. */
async function attachedPod(t: ExecutionContext, controller: Controller, child: ChildProcess): Promise<() => boolean> {
	const pair = new NamespacePair(t);
	controller.assign({ taps: [tap('t1')], pods: [pod('web', ['t1'], { name: pair.server })] });
	await controller.podIn('web', POD_STATE_ATTACHED);
	const programs = tcxLinksOf(child.pid ?? 0).map(({ programId }) => programId);
	const areThere = () => programs.some(programExists) || clsactProgramsIn(pair.server).length > 0;
	t.true(areThere());
	return areThere;
}

test.serial('idle it takes less than 80 MB', async (t) => {
	const controller = await Controller.start(t);
	const child = await startProcess(t, controller, {}, await compiledAgent(t));
	await eventually(() => controller.lastStatus, 'the agent says hello');
	const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]);
	t.log(`${kilobytes} kB`);
	t.true(kilobytes > 0 && kilobytes < 80 * 1000, `${kilobytes} kB`);
});

test.serial('SIGTERM: it detaches, says that it stops, and exits with 0', async (t) => {
	const controller = await Controller.start(t);
	const child = await startProcess(t, controller);
	const areThere = await attachedPod(t, controller, child);
	const exited = once(child, 'exit');
	child.kill('SIGTERM');
	t.deepEqual(await exited, [0, null]);
	t.false(areThere());
	await eventually(() => controller.lastStatus?.stopping, 'the last status arrives');
});

test.serial('the end of its parent: the same', async (t) => {
	const controller = await Controller.start(t);
	const child = await startProcess(t, controller);
	const areThere = await attachedPod(t, controller, child);
	const exited = once(child, 'exit');
	child.disconnect();
	t.deepEqual(await exited, [0, null]);
	t.false(areThere());
});

for (const attach of ['tcx', 'clsact']) {
	test.serial(`killed while attached by ${attach}: nothing stays, or the next agent sweeps it`, async (t) => {
		const controller = await Controller.start(t);
		const child = await startProcess(t, controller, { PODWIRE_ATTACH: attach });
		const areThere = await attachedPod(t, controller, child);
		t.is(controller.lastStatus?.attachMode, attach);
		const exited = once(child, 'exit');
		child.kill('SIGKILL');
		await exited;
		if (attach === 'clsact') {
			t.true(areThere());
			await startProcess(t, controller);
		}
		await eventually(() => !areThere(), 'the programs are gone');
		t.pass();
	});
}
