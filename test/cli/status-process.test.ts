/** `podwire status` against real control planes on a real NATS server, and the words of what is not in order. */
import test, { type ExecutionContext } from 'ava';
import { agoText, lossesText } from '../../src/cli/status/report-words.ts';
import { tableLines, wrapped } from '../../src/cli/text-table.ts';
import type { StatusJson } from '../../src/messaging/status-json.ts';
import { wire } from '../../src/messaging/wire.ts';
import { StreamServer } from '../client/stream-server.ts';
import { type ControlPlaneProcess, Lab } from '../control-plane/lab.ts';
import { eventually } from '../messaging/eventually.ts';
import { type Outcome, PodwireProcess } from './podwire-process.ts';

const { LOSS_CAUSE_KERNEL_RING_FULL, LOSS_CAUSE_NATS } = wire.LossCause;
type Report = StatusJson & { readonly problems: readonly string[]; readonly place: object };

function status(t: ExecutionContext, socket: string, ...args: string[]): Promise<Outcome> {
	const podwire = new PodwireProcess(['status', '--socket', socket, ...args]);
	t.teardown(() => podwire.dispose());
	return podwire.exit();
}

async function report(t: ExecutionContext, { socketPath }: ControlPlaneProcess): Promise<Report> {
	return JSON.parse((await status(t, socketPath, '-o', 'json')).stdout) as Report;
}

test('what runs, what is attached and what was lost', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap?publish=shop')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	agent.fallSilent(); // its own heartbeats would replace what is said next
	const losses = [
		{ cause: LOSS_CAUSE_KERNEL_RING_FULL, count: 31 },
		{ cause: LOSS_CAUSE_NATS, count: 1 },
	];
	const limitations = ['this kernel has no tcx'];
	agent.sendStatus({ losses, limitations, uptimeMs: 3 * 3_600_000 + 12 * 60_000, malformedMessages: 2 });
	agent.connection.publish('podwire.v1.nodes.node1.status', Buffer.from('\xff'));
	await agent.connection.flush();
	const read = await eventually(async () => {
		const now = await report(t, controlPlane);
		return now.controllers[0]?.refused.statuses === 1 ? now : null;
	}, 'all of it has arrived');
	t.like(read, {
		place: { kind: 'local', socket: controlPlane.socketPath },
		problems: [],
		answeredBy: read.controllers[0]?.controller,
		agents: [{ node: 'node1', state: 'live', losses: { 'kernel ring full': 31, NATS: 1 }, malformedMessages: 2 }],
		taps: [{ id: client.id, user: null, target: 'netns/blue', publishedAs: 'shop', pods: 1, losses: {} }],
	});
	agent.sendStatus({ losses, limitations, uptimeMs: 3 * 3_600_000 + 12 * 60_000, malformedMessages: 2 });
	const { stdout, stderr, status: exit } = await status(t, controlPlane.socketPath);
	t.is(exit, 0);
	t.is(stderr, `Using the local Podwire (${controlPlane.socketPath}).\n`);
	t.regex(stdout, /^CONTROL PLANE +VERSION +UP +NATS\n\S+ +0\.1\.0 +\d+s +nats:\/\/127\.0\.0\.1:\d+\n/);
	t.regex(stdout, /^ {2}\S+ refused: 1 malformed status of an agent$/m);
	t.regex(
		stdout,
		/^NODE {3}AGENT {2}VERSION {2}UP {5}ATTACH {2}PODS {2}LOST\nnode1 {2}live {3}0\.1\.0 {4}3h12m {2}tcx {5}1 {5}32$/m,
	);
	t.regex(stdout, /^ {2}node1 lost since its start: 31 packets \(kernel ring full\), 1 exchange \(NATS\)$/m);
	t.regex(stdout, /^ {2}node1: this kernel has no tcx$/m);
	t.regex(stdout, /^ {2}node1 refused: 2 malformed assignments$/m);
	t.regex(stdout, /^TAP +TARGET +PODS +EXCHANGES +FOR +LOST\nt-[0-9a-f]{8} +netns\/blue +1 +0 +\d+s +none$/m);
	t.regex(stdout, /is published as shop$/m);
	t.regex(stdout, /\n✓ Everything that is needed runs\.\n$/);
});

test('what is down is said, with exit 1: an agent that is silent, none at all, NATS, the control plane', async (t) => {
	const lab = await Lab.for(t);
	const controlPlane = await lab.startControlPlane();
	const none = await status(t, controlPlane.socketPath);
	t.is(none.status, 1);
	t.regex(none.stdout, /^No agent answers\.$/m);
	t.regex(none.stdout, /\n✗ no agent answers: start podwire agent on the nodes, or podwire up\n$/);

	const agent = await lab.agent('node2');
	const stopping = await lab.agent('node1');
	await eventually(async () => (await report(t, controlPlane)).agents.length === 2, 'they are heard');
	stopping.fallSilent();
	stopping.sendStatus({ stopping: true });
	await eventually(
		async () => (await report(t, controlPlane)).agents[0]?.state === 'stopped',
		'its last word is heard',
	);
	t.is((await status(t, controlPlane.socketPath)).status, 0, 'one that was told to stop is not missed');
	agent.fallSilent();
	const silent = await eventually(async () => {
		const outcome = await status(t, controlPlane.socketPath);
		return outcome.status === 1 ? outcome : null;
	}, 'it is missed');
	t.regex(silent.stdout, /^node2 +silent/m);
	t.regex(silent.stdout, /\n✗ the agent of node2 is silent: nothing was heard of it for \d+s\n$/);

	await lab.nats.kill();
	const lost = await eventually(async () => {
		const outcome = await status(t, controlPlane.socketPath);
		return outcome.stdout.includes('lost: nats://') ? outcome : null;
	}, 'NATS is lost');
	t.is(lost.status, 1);
	t.regex(lost.stdout, /^ {2}what follows of agents is from before NATS was lost$/m);
	t.regex(lost.stdout, /^✗ control plane \S+: NATS is lost$/m);

	await controlPlane.end();
	const gone = await status(t, controlPlane.socketPath);
	t.is(gone.status, 1);
	t.is(gone.stdout, '');
	t.regex(gone.stderr, /^podwire: no Podwire runs on this machine/);
});

test('what answers something else is no status', async (t) => {
	const server = new StreamServer({ onStream: (stream) => stream.end() });
	await server.listen();
	t.teardown(() => server.dispose());
	const { status: exit, stderr } = await status(t, server.socketPath);
	t.is(exit, 1);
	t.regex(stderr, /^podwire: .*\n$/);
	t.notRegex(stderr, /should not have happened/);
});

test('tables keep within the terminal while one column can give, and text wraps at its words', (t) => {
	const node = 'ip-198-18-0-1.eu-central-1.compute.internal';
	const table = {
		headings: ['NODE', 'STATE'],
		flexible: 0,
		rows: [
			[node, 'live'],
			['b\u001b[2J', 'silent'],
		],
	};
	t.deepEqual(tableLines(table, 30), [
		'NODE                    STATE',
		'ip-198-18-0…e.internal  live',
		'b\\x1b[2J                silent',
	]);
	t.deepEqual(wrapped('one two three', 9, '✗ ', '  '), ['✗ one two', '  three']);
	t.deepEqual(wrapped('one two three', Number.POSITIVE_INFINITY, '', ''), ['one two three']);
	t.is(agoText(59_999), '59s');
	t.is(agoText(26 * 3_600_000), '1d2h');
	t.is(lossesText({ 'IP fragment': 2, 'from the future': 1 }), '2 packets (IP fragment), 1 exchange (from the future)');
});
