/** What a tap outlives: NATS that dies, a control plane that dies, a client that does not read. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { wire } from '../../src/messaging/wire.ts';
import { eventually } from '../messaging/eventually.ts';
import { ask, Lab } from './lab.ts';
import { BatchSource, exchange } from './wire-agent.ts';

const POD = { namespace: 'local', name: 'blue', node: 'node1' };

test('NATS is killed and comes back: the tap goes on, and both are told', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	const source = new BatchSource(client.id, POD);
	agent.publish(source.next([exchange('/before')]));
	await eventually(() => client.paths.length === 1, 'a batch arrives');

	await lab.nats.kill();
	await eventually(() => client.words.some((text) => text.startsWith('NATS is lost')), 'the loss is told');
	source.next([exchange('/lost'), exchange('/lost')]);
	const seen = agent.received.length;
	await lab.nats.restart();
	await eventually(() => client.words.some((text) => text.startsWith('NATS is back after')), 'the return is told');
	await eventually(
		() => agent.received.slice(seen).some(({ taps }) => taps[0]?.id === client.id),
		'the agent is told again',
	);
	agent.publish(source.next([exchange('/after')]));
	await eventually(() => client.paths.includes('/after'), 'batches arrive again');
	const lost = client.notices.find(({ kind }) => kind === wire.NoticeKind.NOTICE_KIND_MESSAGES_LOST);
	t.is(lost?.loss?.count, 2);
	t.false(
		client.words.some((text) => text.includes('agent on node1 is silent')),
		'nobody is blamed for the silence',
	);
});

test('a tap that ends while NATS is gone ends at once', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	await lab.nats.kill();
	await eventually(() => client.words.some((text) => text.startsWith('NATS is lost')), 'the loss is told');
	t.is((await ask(controlPlane.socketPath, `taps/${client.id}`, 'DELETE')).status, 200);
	await eventually(() => client.ended, 'it ends');
	t.is(client.ended?.reason, wire.EndReason.END_REASON_STOPPED);
});

test('a control plane is killed: another goes on with the same tap and the same numbers', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const first = await lab.startControlPlane();
	const client = await (await lab.tap(first, 'watch/netns/blue/tap?path=/')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	const source = new BatchSource(client.id, POD);
	agent.publish(source.next([exchange('/1')]));
	await eventually(() => client.paths.length === 1, 'a batch arrives');
	await first.end('SIGKILL');
	await eventually(() => client.closed, 'the stream breaks');
	agent.publish(source.next([exchange('/2'), exchange('/3')]));

	const second = await lab.startControlPlane();
	const resumed = await (await lab.tap(second, `watch/netns/blue/tap?path=/&tap=${client.id}`)).begin();
	t.is(resumed.id, client.id);
	t.true(resumed.started?.resumed);
	await eventually(
		() => agent.assignments.size === 2 && agent.podsOf(client.id).length === 2,
		'both controllers want it',
	);
	const specs = [...agent.assignments.values()].map(({ taps }) => taps[0]?.spec);
	t.deepEqual(specs[0], specs[1]);
	agent.publish(source.next([exchange('/4')]));
	await eventually(() => resumed.paths.length === 1, 'batches arrive');
	t.like(resumed.batches[0], { number: 3, firstExchange: 3, epoch: source.epoch });
	t.deepEqual(resumed.words, [], 'what came between is for the client to compare');
	source.next([exchange('/lost')]);
	agent.publish(source.next([exchange('/6')]));
	await eventually(() => resumed.paths.includes('/6'), 'batches arrive');
	t.is(resumed.notices.find(({ loss }) => loss)?.loss?.count, 1);
});

test('a client that comes back to the same control plane takes over its tap', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	const again = await (await lab.tap(controlPlane, `watch/netns/blue/tap?tap=${client.id}`)).begin();
	await eventually(() => client.closed, 'the former stream is closed');
	t.is(client.ended, null);
	agent.publish(new BatchSource(client.id, POD).next([exchange('/1')]));
	await eventually(() => again.paths.length === 1, 'the new stream gets the batches');
	t.true(
		agent.received
			.slice(agent.received.findIndex(({ taps }) => taps.length > 0))
			.every(({ taps }) => taps.length === 1),
	);
});

test('a planned end says so, ends in order, and takes leave of the nodes', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	const source = new BatchSource(client.id, POD);
	agent.publish(source.next([exchange('/1')]));
	await eventually(() => client.paths.length === 1, 'a batch arrives');
	const ending = controlPlane.end('SIGTERM');
	await eventually(() => agent.taps.length === 0, 'the agent is told');
	agent.publish(source.next([exchange('/last')], { last: true }));
	t.is(await ending, 0);
	await eventually(() => client.closed, 'the stream ends');
	t.is(client.ended?.reason, wire.EndReason.END_REASON_SHUTTING_DOWN);
	t.deepEqual(client.paths, ['/1', '/last']);
	await eventually(() => agent.received.at(-1)?.leaseMs === 0, 'it takes leave');
});

test('a client that does not read costs a bounded queue, and is told exactly what it missed', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const slow = await lab.tap(controlPlane, 'watch/netns/blue/tap');
	const [id = ''] = await eventually(() => (agent.taps.length > 0 ? agent.taps : null), 'the agent is told');
	const source = new BatchSource(id, POD);
	const before = residentBytes(controlPlane.child.pid);
	const body = { content: new Uint8Array(60_000) };
	const response = { status: 200, body };
	const batches = 5000; // 300 MB
	for (let sent = 0; sent < batches; sent += 1) {
		agent.publish(source.next([exchange('/big', { response })]));
		if (sent % 50 === 0) await agent.connection.flush();
	}
	await agent.connection.flush();
	const dropped = await eventually(async () => {
		const { taps } = JSON.parse((await ask(controlPlane.socketPath, 'status')).body) as {
			taps: { exchanges: number; losses: Record<string, number> }[];
		};
		return taps[0]?.exchanges === batches ? taps[0].losses['client too slow'] : null;
	}, 'everything came to the control plane');
	t.true(residentBytes(controlPlane.child.pid) - before < 200 * 1024 * 1024, 'it holds less than came');
	await slow.begin();
	await eventually(() => slow.notices.some(({ loss }) => loss), 'the loss is told once it reads');
	const told = slow.notices.filter(({ loss }) => loss?.cause === wire.LossCause.LOSS_CAUSE_CONTROL_PLANE_QUEUE_FULL);
	t.is(
		told.reduce((sum, { loss }) => sum + (loss?.count ?? 0), 0),
		dropped,
	);
	t.is(slow.paths.length + dropped, batches);
	agent.publish(source.next([exchange('/after')], { last: true }));
	await eventually(() => slow.paths.includes('/after'), 'it goes on');
	t.is((await ask(controlPlane.socketPath, `taps/${id}`, 'DELETE')).status, 200);
	await eventually(() => slow.ended, 'it ends');
	t.deepEqual(
		slow.ended?.losses?.map(({ cause, count }) => [cause, count]),
		[[wire.LossCause.LOSS_CAUSE_CONTROL_PLANE_QUEUE_FULL, dropped]],
	);
});

function residentBytes(pid: number | undefined): number {
	const kib = /^VmRSS:\s+([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
	return Number(kib) * 1024;
}

test('a NATS that does not let the control plane read batches ends the tap with a sentence', async (t) => {
	const permissions = '{ publish: ">", subscribe: { deny: "podwire.v1.pods.>" } }';
	const lab = await Lab.for(
		t,
		`authorization { users: [{ user: a, password: b, permissions: ${permissions} }] }`,
		'a:b',
	);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap')).begin();
	await eventually(() => client.ended, 'it ends');
	t.is(client.ended?.reason, wire.EndReason.END_REASON_FAILED);
	t.regex(client.ended?.text ?? '', /does not permit this user to subscribe to podwire\.v1\.pods\./);
	await eventually(() => agent.taps.length === 0, 'nothing is wanted of the agent');
});
