/** The agent with the native addon on real interfaces. Needs root and the built addon. */
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { pino } from 'pino';
import { loadAddon } from '../../src/addon/addon.ts';
import { type RunningAgent, startAgent } from '../../src/agent/agent.ts';
import { agentConfig } from '../../src/agent/config.ts';
import { systemClock } from '../../src/messaging/clock.ts';
import { connectNats, type NatsConnection } from '../../src/messaging/nats-connection.ts';
import { assignmentSubject, podTapSubject } from '../../src/messaging/subjects.ts';
import { wire } from '../../src/messaging/wire.ts';
import { eventually } from '../messaging/eventually.ts';
import { NODE, pod, tap } from './assignments.ts';
import { type TcxLink, tcxLinksOf } from './attached-programs.ts';
import { Controller } from './controller.ts';
import { addNamespace, interfaceIndex, NamespacePair, removeNamespace } from './namespace-pair.ts';
import { PodGroup } from './pod-group.ts';

const { POD_STATE_ATTACHED, POD_STATE_FAILED, POD_STATE_GONE, POD_STATE_IDLE } = wire.PodState;

interface Live {
	readonly controller: Controller;
	readonly connection: NatsConnection;
	readonly agent: RunningAgent;
}

/** Of the one agent that runs in this process. */
function attached(): TcxLink[] {
	return tcxLinksOf(process.pid);
}

async function setUp(t: ExecutionContext): Promise<Live> {
	const controller = await Controller.start(t);
	const env = {
		PODWIRE_NATS_URL: controller.server.url,
		PODWIRE_NODE: NODE,
		PODWIRE_ATTACH: 'tcx',
		PODWIRE_RING_BYTES: '1MiB',
	};
	const config = agentConfig({}, env, { hostName: 'unused', cpus: 1 });
	const shared = { clock: systemClock, random: Math.random };
	const connection = await connectNats({ settings: config.nats, name: 'agent', ...shared });
	t.teardown(() => connection.close());
	const log = pino({ level: process.env.PODWIRE_LOG_LEVEL ?? 'silent' });
	const agent = await startAgent({ config, addon: loadAddon(), connection, log, ...shared });
	t.teardown(() => agent.stop());
	await eventually(() => controller.lastStatus, 'the agent says hello');
	return { controller, connection, agent };
}

test.serial('01 a tapped pod is attached, its exchanges arrive, and a lease that ends detaches it', async (t) => {
	const { controller } = await setUp(t);
	const pair = new NamespacePair(t);
	await pair.serve();
	t.deepEqual(attached(), []);

	const assigned = { taps: [tap('t1')], pods: [pod('web', ['t1'], { name: pair.server })] };
	controller.assign({ ...assigned, leaseMs: 60_000 });
	const status = await controller.podIn('web', POD_STATE_ATTACHED);
	t.deepEqual([...(status.interfaces ?? [])].sort(), ['eth0', 'lo']);
	t.deepEqual(status.taps, ['t1']);
	t.is(status.reason, '');
	t.deepEqual(
		status.addresses?.map((address) => Array.from(address).join('.')),
		[pair.serverAddress],
	);
	const indexes = attached().map((link) => link.interfaceIndex);
	t.true(indexes.includes(interfaceIndex(pair.server, 'eth0')), indexes.join());

	t.is(await pair.get('/cart?id=7'), 'hello');
	const subject = podTapSubject('shop', 'web', 't1');
	await eventually(() => controller.paths(subject).length > 0, 'the exchange arrives');
	t.deepEqual(controller.paths(subject), ['/cart?id=7']);
	const exchange = controller.batches.get(subject)?.flatMap(({ exchanges }) => exchanges)[0];
	t.is(exchange?.response?.status, 200);
	t.is(exchange?.direction, wire.Direction.DIRECTION_INBOUND);
	await eventually(() => (controller.lastStatus?.pods[0]?.packets ?? 0) > 0, 'the status counts packets');

	controller.assign({ ...assigned, leaseMs: 500 });
	await eventually(() => attached().length === 0, 'the programs are detached');
	await eventually(() => controller.lastStatus?.pods.length === 0, 'the status says so');
	await eventually(() => controller.batches.get(subject)?.at(-1)?.last, 'the last batch says so');
	const numbers = controller.batches.get(subject)?.map(({ number }) => number);
	t.deepEqual(
		numbers,
		numbers?.map((_, index) => index + 1),
	);
});

test.serial('02 two taps of one pod: one attachment, each its own; without taps it is idle', async (t) => {
	const { controller } = await setUp(t);
	const pair = new NamespacePair(t);
	await pair.serve();
	const network = { name: pair.server };
	const [a, b] = [tap('a', { paths: ['/a'] }), tap('b', { paths: ['/b'] })];
	controller.assign({ pods: [pod('web', [], network)] });
	const idle = await controller.podIn('web', POD_STATE_IDLE);
	t.deepEqual(
		idle.addresses?.map((address) => Array.from(address).join('.')),
		[pair.serverAddress],
	);
	t.deepEqual(attached(), []);

	controller.assign({ taps: [a], pods: [pod('web', ['a'], network)] });
	await controller.podIn('web', POD_STATE_ATTACHED);
	const alone = attached();
	controller.assign({ taps: [a, b], pods: [pod('web', ['a', 'b'], network)] });
	await eventually(() => controller.lastStatus?.pods[0]?.taps?.length === 2, 'both taps run');
	t.deepEqual(attached(), alone);

	for (const path of ['/a/1', '/b/1', '/c', '/a/2']) t.is(await pair.get(path), 'hello');
	const [subjectA, subjectB] = [podTapSubject('shop', 'web', 'a'), podTapSubject('shop', 'web', 'b')];
	await eventually(() => controller.paths(subjectA).length >= 2, 'the exchanges of a arrive');
	await eventually(() => controller.paths(subjectB).length >= 1, 'the exchange of b arrives');
	t.deepEqual(controller.paths(subjectA), ['/a/1', '/a/2']);
	t.deepEqual(controller.paths(subjectB), ['/b/1']);

	controller.assign({ pods: [pod('web', [], network)] });
	await controller.podIn('web', POD_STATE_IDLE);
	await eventually(() => attached().length === 0, 'the programs are detached');
});

test.serial('03 a namespace that is not there yet, goes, and comes back', async (t) => {
	const { controller } = await setUp(t);
	const name = `pwa-${process.pid % 100_000}-late`;
	controller.assign({ taps: [tap('t1')], pods: [pod('late', ['t1'], { name })] });
	const failed = await controller.podIn('late', POD_STATE_FAILED);
	t.is(failed.reason, `there is no network namespace ${name}: ip netns list shows those there are`);

	addNamespace(t, name);
	await controller.podIn('late', POD_STATE_ATTACHED);
	removeNamespace(name);
	const gone = await controller.podIn('late', POD_STATE_GONE);
	t.regex(gone.reason ?? '', /gone|no network namespace/);
	addNamespace(t, name);
	await controller.podIn('late', POD_STATE_ATTACHED);
});

test.serial('04 a pod found by one of its processes is gone when that ends', async (t) => {
	const { controller } = await setUp(t);
	const pair = new NamespacePair(t);
	const child = await pair.serve();
	const pid = child.pid ?? 0;
	controller.assign({ taps: [tap('t1')], pods: [pod('web', ['t1'], { pid })] });
	const status = await controller.podIn('web', POD_STATE_ATTACHED);
	t.true(attached().length > 0);
	t.true(status.interfaces?.includes('eth0'));
	child.kill('SIGKILL');
	const gone = await controller.podIn('web', POD_STATE_GONE);
	t.regex(gone.reason ?? '', new RegExp(`there is no process ${pid} `));
	await eventually(() => attached().length === 0, 'the programs are detached');
});

test.serial('05 garbage on the subject of assignments does no harm and is counted', async (t) => {
	const { controller } = await setUp(t);
	const pair = new NamespacePair(t);
	controller.assign({ taps: [tap('t1')], pods: [pod('web', ['t1'], { name: pair.server })] });
	await controller.podIn('web', POD_STATE_ATTACHED);
	const garbage = [
		Uint8Array.of(),
		Uint8Array.of(0xff),
		new TextEncoder().encode('{"pods": []}'),
		new Uint8Array(70_000),
	];
	for (const bytes of garbage) controller.connection.publish(assignmentSubject(NODE, 'c1'), bytes);
	await eventually(() => controller.lastStatus?.malformedMessages === garbage.length, 'all of it is counted');
	t.is(controller.lastStatus?.pods[0]?.state, POD_STATE_ATTACHED);
});

test.serial('06 filters that the native side refuses are told, and the other taps run', async (t) => {
	const { controller } = await setUp(t);
	const pair = new NamespacePair(t);
	await pair.serve();
	const bad = tap('bad', { headers: [{ name: 'x', regex: '(' }] });
	controller.assign({ taps: [bad, tap('good')], pods: [pod('web', ['bad', 'good'], { name: pair.server })] });
	const status = await controller.podIn('web', POD_STATE_ATTACHED);
	t.deepEqual(status.taps, ['good']);
	t.regex(status.reason ?? '', /^tap bad cannot be carried out: ./);
	t.is(await pair.get('/x'), 'hello');
	const subject = podTapSubject('shop', 'web', 'good');
	await eventually(() => controller.paths(subject).length > 0, 'the exchange arrives');
});

test.serial('07 when NATS dies the lease ends and all is detached; when it is back, assignments work', async (t) => {
	const { connection, controller } = await setUp(t);
	const pair = new NamespacePair(t);
	await pair.serve();
	const assigned = { taps: [tap('t1')], pods: [pod('web', ['t1'], { name: pair.server })] };
	controller.assign({ ...assigned, leaseMs: 2000 });
	await controller.podIn('web', POD_STATE_ATTACHED);
	t.true(attached().length > 0);
	await controller.server.kill();
	await eventually(() => attached().length === 0, 'the programs are detached');
	await controller.server.restart();
	await eventually(() => connection.isConnected && controller.connection.isConnected, 'both are back');
	await eventually(() => controller.lastStatus?.pods.length === 0, 'the status says that nothing is attached');
	controller.assign(assigned);
	await controller.podIn('web', POD_STATE_ATTACHED);
	t.is(await pair.get('/again'), 'hello');
	const subject = podTapSubject('shop', 'web', 't1');
	await eventually(() => controller.paths(subject).includes('/again'), 'the exchange arrives');
});

test.serial('08 stopping detaches, sends the last batches and says so', async (t) => {
	const { agent, controller } = await setUp(t);
	const pair = new NamespacePair(t);
	await pair.serve();
	controller.assign({ taps: [tap('t1')], pods: [pod('web', ['t1'], { name: pair.server })] });
	await controller.podIn('web', POD_STATE_ATTACHED);
	t.is(await pair.get('/last'), 'hello');
	await agent.stop();
	t.deepEqual(attached(), []);
	await eventually(() => controller.lastStatus?.stopping, 'the last status arrives');
	t.deepEqual(controller.lastStatus?.pods, []);
	const subject = podTapSubject('shop', 'web', 't1');
	await eventually(() => controller.batches.get(subject)?.at(-1)?.last, 'the last batch arrives');
	t.deepEqual(controller.paths(subject), ['/last']);
});

test.serial('09 a kernel that cannot be tapped is one sentence', async (t) => {
	const controller = await Controller.start(t);
	const shared = { clock: systemClock, random: Math.random };
	const config = agentConfig({}, { PODWIRE_NATS_URL: controller.server.url }, { hostName: NODE, cpus: 1 });
	const connection = await connectNats({ settings: config.nats, name: 'agent', ...shared });
	t.teardown(() => connection.close());
	const addon = {
		...loadAddon(),
		probeKernel: () => ({
			attachMode: null,
			kernelRelease: '4.9.0',
			failures: ['Too old.', 'No BTF.'],
			limitations: [],
		}),
	};
	await t.throwsAsync(startAgent({ config, addon, connection, log: pino({ level: 'silent' }), ...shared }), {
		name: 'PodwireError',
		message: 'Too old. No BTF.',
	});
});

test.serial(
	'10 a Kubernetes pod is found by its UID once it has processes, and again when its network is another',
	async (t) => {
		const { controller } = await setUp(t);
		const podUid = randomUUID();
		controller.assign({ taps: [tap('t1')], pods: [pod('web', ['t1'], { podUid })] });
		await eventually(() => controller.statuses.length > 2, 'the agent goes on');
		t.deepEqual(
			controller.statuses.flatMap(({ pods }) => pods),
			[],
			'nothing is said of a pod that is about to start',
		);

		const group = new PodGroup(t, podUid);
		const first = new NamespacePair(t);
		const child = await first.serve();
		group.add(child.pid ?? 0);
		await controller.podIn('web', POD_STATE_ATTACHED);
		t.is(await first.get('/first'), 'hello');

		child.kill('SIGKILL');
		await controller.podIn('web', POD_STATE_GONE);
		const second = new NamespacePair(t);
		const again = await second.serve();
		group.add(again.pid ?? 0);
		await controller.podIn('web', POD_STATE_ATTACHED);
		t.is(await second.get('/second'), 'hello');
		const subject = podTapSubject('shop', 'web', 't1');
		await eventually(() => controller.paths(subject).length >= 2, 'the exchanges arrive');
		t.deepEqual(controller.paths(subject), ['/first', '/second']);
		again.kill('SIGKILL');
		await once(again, 'exit');
	},
);

test.serial('11 a Kubernetes pod in the node’s own network is refused, unless only a helper is there', async (t) => {
	const { controller } = await setUp(t);
	const podUid = randomUUID();
	const helper = spawn('sleep', ['60']);
	t.teardown(() => helper.kill('SIGKILL'));
	const group = new PodGroup(t, podUid);
	group.add(helper.pid ?? 0);
	controller.assign({ taps: [tap('t1')], pods: [pod('web', ['t1'], { podUid })] });
	const refused = await controller.podIn('web', POD_STATE_FAILED);
	t.regex(refused.reason ?? '', /^it shares its node’s network/);
	t.deepEqual(attached(), []);

	const pair = new NamespacePair(t);
	const child = await pair.serve();
	group.add(child.pid ?? 0);
	const status = await controller.podIn('web', POD_STATE_ATTACHED);
	t.deepEqual([...(status.interfaces ?? [])].sort(), ['eth0', 'lo']);
	for (const each of [helper, child]) {
		each.kill('SIGKILL');
		await once(each, 'exit');
	}
});

test.serial('12 nothing of the tests is left', (t) => {
	t.deepEqual(attached(), []);
	const left = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });
	t.false(left.includes(`pwa-${process.pid % 100_000}-`), left);
});
