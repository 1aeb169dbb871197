/** Taps from a client's socket to the messages on NATS and back. */
import test from 'ava';
import { wire } from '../../src/messaging/wire.ts';
import { eventually } from '../messaging/eventually.ts';
import { ask, FRAMES, Lab } from './lab.ts';
import { BatchSource, DESTINATION, exchange } from './wire-agent.ts';

test('a tap becomes an assignment, its batches reach the client as they are, and its end is in order', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap?method=get&port=80&status=4xx')).begin();
	t.regex(client.id, /^t-[0-9a-f]{8}$/);
	t.is(client.started?.description, 'netns/blue');
	t.falsy(client.started?.resumed);

	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	const [assigned] = agent.podsOf(client.id);
	t.is(assigned?.networkNamespace?.name, 'blue');
	t.is(assigned?.pod?.node, 'node1');
	t.deepEqual(agent.spec(client.id)?.methods, ['GET']);
	t.deepEqual(agent.spec(client.id)?.ports, [80]);
	t.like(agent.spec(client.id)?.statuses?.[0], { first: 400, last: 499 });

	const source = new BatchSource(client.id, assigned?.pod ?? {});
	agent.publish(source.next([exchange('/1'), exchange('/2')]));
	agent.publish(source.next([exchange('/3')]));
	await eventually(() => client.paths.length === 3, 'three exchanges arrive');
	t.deepEqual(client.paths, ['/1', '/2', '/3']);
	t.deepEqual(
		client.batches.map(({ number, firstExchange }) => [number, firstExchange]),
		[
			[1, 0],
			[2, 2],
		],
	);

	const stopping = ask(controlPlane.socketPath, `taps/${client.id}`, 'DELETE');
	await eventually(() => !agent.taps.includes(client.id), 'the agent is told that it ends');
	agent.publish(source.next([exchange('/last')], { last: true }));
	t.is((await stopping).status, 200);
	await eventually(() => client.ended && client.closed, 'the stream ends');
	t.is(client.paths.at(-1), '/last');
	t.is(client.ended?.reason, wire.EndReason.END_REASON_STOPPED);
	t.deepEqual(client.ended?.losses ?? [], []);
	t.is((await ask(controlPlane.socketPath, `taps/${client.id}`, 'DELETE')).status, 404);
});

test('headers are left out for a client that does without them, but not of what is published', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	for (const [query, omitted] of [
		['omitHeaders=true', true],
		['', false],
		['omitHeaders=true&publish=shop', false],
	] as const) {
		const client = await (await lab.tap(controlPlane, `watch/netns/blue/tap?${query}`)).begin();
		await eventually(() => agent.taps.includes(client.id), 'the agent is told');
		t.is(agent.spec(client.id)?.omitHeaders ?? false, omitted, query);
	}
});

test('headers come once a batch for a client that says it takes them so, and as they are for all others', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	for (const [query, accept, shared] of [
		['', `${FRAMES}; headers=shared`, true],
		['', `text/plain, ${FRAMES};HEADERS=shared;q=0.5`, true],
		['', FRAMES, false],
		['', `${FRAMES}; headers=whole`, false],
		['?publish=shop', `${FRAMES}; headers=shared`, false],
	] as const) {
		const client = await (await lab.tap(controlPlane, `watch/netns/blue/tap${query}`, accept)).begin();
		await eventually(() => agent.taps.includes(client.id), 'the agent is told');
		t.is(agent.spec(client.id)?.sharedHeaders ?? false, shared, `${query} ${accept}`);
	}
});

test('names are told once a stream, and the tapped pod is local', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	agent.addresses.set('local/blue', [DESTINATION]);
	const controlPlane = await lab.startControlPlane();
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	agent.sendStatus();
	const source = new BatchSource(client.id, { namespace: 'local', name: 'blue', node: 'node1' });
	agent.publish(source.next([exchange('/1')]));
	agent.publish(source.next([exchange('/2')]));
	await eventually(() => client.batches.length === 2, 'both batches arrive');
	const [first, second] = client.batches;
	t.deepEqual(
		first?.names.map(({ ip, kind, name }) => [ip?.join('.'), kind, name || null]),
		[
			['198.18.0.1', wire.EndpointKind.ENDPOINT_KIND_REMOTE, null],
			['198.18.0.2', wire.EndpointKind.ENDPOINT_KIND_LOCAL, 'blue'],
		],
	);
	t.deepEqual(second?.names, []);
});

test('a gap is told with the number of exchanges in it, a repetition is not passed on', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	const source = new BatchSource(client.id, { namespace: 'local', name: 'blue', node: 'node1' });
	const first = source.next([exchange('/1')]);
	agent.publish(first);
	agent.publish(first);
	source.next([exchange('/lost'), exchange('/lost'), exchange('/lost')]);
	agent.publish(source.next([exchange('/5')]));
	await eventually(() => client.paths.includes('/5'), 'the batch after the gap arrives');
	t.deepEqual(client.paths, ['/1', '/5']);
	const lost = client.notices.filter(({ kind }) => kind === wire.NoticeKind.NOTICE_KIND_MESSAGES_LOST);
	t.deepEqual(
		lost.map(({ loss }) => [loss?.cause, loss?.count]),
		[[wire.LossCause.LOSS_CAUSE_NATS, 3]],
	);
	t.regex(lost[0]?.text ?? '', /^3 exchanges of blue lost/);
	// An agent that started anew, whose first message was lost.
	source.epoch += 1;
	source.number = 0;
	source.published = 0;
	source.next([exchange('/lost')]);
	agent.publish(source.next([exchange('/new')]));
	await eventually(() => client.paths.includes('/new'), 'the batch of the new epoch arrives');
	t.is(client.notices.filter(({ loss }) => loss?.count === 1).length, 1);
	t.is((await ask(controlPlane.socketPath, `taps/${client.id}`, 'DELETE')).status, 200);
	await eventually(() => client.ended, 'it ends');
	t.deepEqual(
		client.ended?.losses?.map(({ cause, count }) => [cause, count]),
		[[wire.LossCause.LOSS_CAUSE_NATS, 4]],
	);
});

test('garbage on every subject harms nobody and is counted', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	const garbage = [
		new Uint8Array(),
		Uint8Array.of(0xff),
		Uint8Array.of(0x0a, 0x7f, 1),
		Buffer.alloc(5000, 0x5a),
		Buffer.from('{}'),
	];
	for (const bytes of garbage) {
		agent.connection.publish(`podwire.v1.pods.local.blue.${client.id}`, bytes);
		agent.connection.publish(`podwire.v1.pods.other.pod.${client.id}`, bytes);
		agent.connection.publish('podwire.v1.nodes.node1.status', bytes);
	}
	const source = new BatchSource(client.id, { namespace: 'local', name: 'blue', node: 'node1' });
	agent.publish({ ...source.next([exchange('/of another tap')]), tap: 't-00000000' });
	agent.connection.publish(
		`podwire.v1.pods.local.blue.${client.id}`,
		wire.TapBatch.encode({
			...source.next([exchange('/of a pod that is not tapped')]),
			pod: { namespace: 'x', name: 'y' },
		}).finish(),
	);
	const good = new BatchSource(client.id, source.pod);
	agent.publish(good.next([exchange('/good')]));
	await eventually(() => client.paths.length > 0, 'the good batch arrives');
	t.deepEqual(client.paths, ['/good']);
	const { controllers } = JSON.parse((await ask(controlPlane.socketPath, 'status')).body) as {
		controllers: { refused: Record<string, number> }[];
	};
	const refused = controllers[0]?.refused;
	t.true((refused?.batches ?? 0) >= 10, JSON.stringify(refused));
	t.true((refused?.statuses ?? 0) >= 3, JSON.stringify(refused));
	t.false(controlPlane.hasEnded);
});

test('two taps on one pod each get theirs, and the pod is assigned once', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const one = await (await lab.tap(controlPlane, 'watch/netns/blue/tap?path=/a')).begin();
	const two = await (await lab.tap(controlPlane, 'watch/netns/blue/tap?path=/b')).begin();
	await eventually(() => agent.taps.length === 2, 'both taps are assigned');
	const [assignment] = agent.assignments.values();
	t.is(assignment?.pods.length, 1);
	t.deepEqual([...(assignment?.pods[0]?.taps ?? [])].sort(), [one.id, two.id].sort());
	t.deepEqual([agent.spec(one.id)?.paths, agent.spec(two.id)?.paths], [['/a'], ['/b']]);
	const pod = { namespace: 'local', name: 'blue', node: 'node1' };
	agent.publish(new BatchSource(one.id, pod).next([exchange('/a')]));
	agent.publish(new BatchSource(two.id, pod).next([exchange('/b')]));
	await eventually(() => one.paths.length === 1 && two.paths.length === 1, 'both get a batch');
	t.deepEqual([one.paths, two.paths], [['/a'], ['/b']]);
	one.destroy();
	await eventually(() => agent.taps.length === 1, 'the tap of a client that went is taken back');
	t.deepEqual(agent.taps, [two.id]);
});

test('a pod that cannot be tapped ends its tap with the reason', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	agent.failures.set('local/nowhere', 'there is no network namespace nowhere');
	const controlPlane = await lab.startControlPlane();
	const client = await (await lab.tap(controlPlane, 'watch/netns/nowhere/tap')).begin();
	await eventually(() => client.ended, 'it ends');
	t.is(client.ended?.reason, wire.EndReason.END_REASON_FAILED);
	t.is(client.ended?.text, 'nowhere cannot be tapped: there is no network namespace nowhere');
});

test('an agent that falls silent, comes back, and stops is told', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	agent.fallSilent();
	await eventually(() => client.words.some((text) => text.includes('the agent on node1 is silent')), 'silence is told');
	agent.speak();
	await eventually(() => client.words.includes('the agent on node1 is back'), 'the return is told');
	// Another start of the agent is told what it does not know, at once.
	const before = agent.received.length;
	agent.assignments.clear();
	agent.epoch += 1;
	agent.sendStatus();
	await eventually(() => agent.taps.includes(client.id) && agent.received.length > before, 'a new agent is told');
	t.true(client.words.includes('the agent on node1 started anew: what passed meanwhile was not seen'));
	agent.fallSilent();
	agent.sendStatus({ stopping: true });
	await eventually(() => client.words.some((text) => text.includes('the agent on node1 stopped')), 'the stop is told');
	t.false(client.closed);
});

test('alive is said every second, and what was seen instead of traffic after ten', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap?path=/x')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	const source = new BatchSource(client.id, { namespace: 'local', name: 'blue', node: 'node1' });
	const unreadable = [{ ip: DESTINATION, port: 8443, cause: wire.LossCause.LOSS_CAUSE_TLS, connections: 14 }];
	const byFilter = [{ filter: wire.Filter.FILTER_PATH, filtered: 24 }];
	agent.publish(source.next([], { counters: { seen: 24, filtered: 24, packets: 100, unreadable, byFilter } }));
	await eventually(() => client.words.some((text) => /TLS/.test(text)), 'TLS is told');
	t.true(
		client.words.includes('198.18.0.2:8443 is TLS: 14 connections not shown (podwire check says what can be read)'),
	);
	await eventually(
		() => client.words.some((text) => text.includes('24 exchanges seen, none shown: --path /x left out 24')),
		'quiet is told',
	);
	t.true(client.alive >= 5);
	t.is(client.words.filter((text) => /TLS/.test(text)).length, 1);
});
