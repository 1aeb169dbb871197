import test, { type ExecutionContext } from 'ava';
import {
	COALESCE_MS,
	IDLE_INTERVAL_MS,
	type StatusContent,
	StatusReporter,
	TAPPING_INTERVAL_MS,
} from '../../src/agent/status-reporter.ts';
import { systemClock } from '../../src/messaging/clock.ts';
import { connectNats, type NatsConnection } from '../../src/messaging/nats-connection.ts';
import { natsSettings } from '../../src/messaging/nats-settings.ts';
import { STATUS_OF_ALL_NODES } from '../../src/messaging/subjects.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import { eventually } from '../messaging/eventually.ts';
import { NatsServer } from '../messaging/nats-server.ts';

interface Received {
	readonly subject: string;
	readonly status: podwire.v1.NodeStatus;
	readonly atMs: number;
}

interface Setup {
	readonly server: NatsServer;
	readonly connection: NatsConnection;
	readonly received: Received[];
	readonly state: { tapping: boolean; content: StatusContent };
	readonly reporter: StatusReporter;
}

async function setUp(t: ExecutionContext): Promise<Setup> {
	const server = await NatsServer.start();
	t.teardown(() => server.remove());
	const settings = natsSettings(server.url, {});
	const connection = await connectNats({ settings, name: 'test', clock: systemClock, random: Math.random });
	t.teardown(() => connection.close());
	const received: Received[] = [];
	connection.subscribe(STATUS_OF_ALL_NODES, (bytes, subject) => {
		received.push({ subject, status: wire.NodeStatus.decode(bytes), atMs: performance.now() });
	});
	const state = { tapping: false, content: {} as StatusContent };
	const reporter = new StatusReporter({
		node: 'node1',
		version: '1.2.3',
		connection,
		clock: systemClock,
		random: () => 0.5,
		content: () => state.content,
		isTapping: () => state.tapping,
	});
	t.teardown(() => reporter.stop());
	return { server, connection, received, state, reporter };
}

test('the first status comes at the start, the last one says that the agent stops', async (t) => {
	const { received, reporter, state } = await setUp(t);
	state.content = { attachMode: 'tcx', limitations: ['No BTF.'], malformedMessages: 3 };
	reporter.start();
	await eventually(() => received.length === 1, 'the first status arrives');
	reporter.stop();
	await eventually(() => received.length === 2, 'the last status arrives');
	const [first, last] = received.map(({ status }) => status);
	t.is(received[0]?.subject, 'podwire.v1.nodes.node1.status');
	t.is(first?.node, 'node1');
	t.is(first?.version, '1.2.3');
	t.is(first?.epoch, 2 ** 31);
	t.is(first?.number, 1);
	t.is(first?.attachMode, 'tcx');
	t.deepEqual(first?.limitations, ['No BTF.']);
	t.is(first?.malformedMessages, 3);
	t.false(first?.stopping);
	t.is(last?.number, 2);
	t.true(last?.stopping);
});

test('changes are told at once and together; the last of them is never left out', async (t) => {
	const { received, reporter, state } = await setUp(t);
	reporter.start();
	for (let change = 1; change <= 200; change++) {
		state.content = { malformedMessages: change };
		reporter.changed();
		await new Promise((resolve) => setTimeout(resolve, 1));
	}
	await eventually(() => received.at(-1)?.status.malformedMessages === 200, 'the last change is told');
	const spanMs = (received.at(-1)?.atMs ?? 0) - (received[0]?.atMs ?? 0);
	// Between two of them lies the time within which changes are told together.
	t.true(received.length <= spanMs / COALESCE_MS + 2, `${received.length} in ${spanMs} ms`);
	t.deepEqual(
		received.map(({ status }) => status.number),
		received.map((_, index) => index + 1),
	);
});

test('while tapping it is repeated each second, otherwise every five', async (t) => {
	const { received, reporter, state } = await setUp(t);
	state.tapping = true;
	reporter.start();
	await eventually(() => received.length === 3, 'two repetitions arrive');
	const apart = (index: number) => (received[index]?.atMs ?? 0) - (received[index - 1]?.atMs ?? 0);
	t.true(apart(1) > TAPPING_INTERVAL_MS * 0.8 && apart(1) < IDLE_INTERVAL_MS * 0.8, `${apart(1)}`);
	state.tapping = false;
	await eventually(() => received.length === 5, 'the idle repetition arrives');
	t.true(apart(4) > IDLE_INTERVAL_MS * 0.8, `${apart(4)}`);
});

test('after NATS was away the next status goes on with the numbers', async (t) => {
	const { connection, received, reporter, server } = await setUp(t);
	reporter.start();
	await eventually(() => received.length === 1, 'the first status arrives');
	await server.kill();
	await eventually(() => !connection.isConnected, 'the loss is noticed');
	reporter.changed();
	await server.restart();
	await eventually(() => connection.isConnected, 'the connection is back');
	reporter.changed();
	await eventually(() => received.length === 2, 'a status arrives');
	t.is(received[1]?.status.number, 2);
});
