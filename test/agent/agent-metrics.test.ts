/** What an agent tells Prometheus of real traffic. Needs root and the built addon. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { AGENT_METRICS } from '../../src/messaging/metric-table.ts';
import { wire } from '../../src/messaging/wire.ts';
import { eventually } from '../messaging/eventually.ts';
import { type Scrape, scrape } from '../messaging/scrape.ts';
import { NODE, pod, tap } from './assignments.ts';
import { Controller } from './controller.ts';
import { NamespacePair } from './namespace-pair.ts';

const PROGRAM = fileURLToPath(new URL('run-agent.ts', import.meta.url));
const RING_BYTES = 1024 * 1024;

async function startAgent(t: ExecutionContext, controller: Controller): Promise<{ child: ChildProcess; port: number }> {
	const child = fork(PROGRAM, {
		stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
		execArgv: ['--no-warnings=ExperimentalWarning'],
		env: {
			...process.env,
			PODWIRE_NATS_URL: controller.server.url,
			PODWIRE_NODE: NODE,
			PODWIRE_LOG_LEVEL: 'warn',
			PODWIRE_PARENT: 'ipc',
			PODWIRE_RING_BYTES: String(RING_BYTES),
			PODWIRE_RINGS: '1',
			PODWIRE_AGENT_METRICS: '127.0.0.1:0',
		},
	});
	t.teardown(() => child.kill('SIGKILL'));
	const [{ metrics }] = (await once(child, 'message')) as [{ readonly metrics: number }];
	return { child, port: metrics };
}

function outcomes(name: string, { samples }: Scrape): Record<string, number> {
	const found = [...samples].filter(([key]) => key.startsWith(`${name}{`));
	return Object.fromEntries(found.map(([key, value]) => [/outcome="([^"]*)"/.exec(key)?.[1] ?? '', value]));
}

test.serial('everything of the table is there, and tells what passed, also after the tap', async (t) => {
	const controller = await Controller.start(t);
	const { port } = await startAgent(t, controller);
	const idle = await scrape(port);
	t.is(idle.status, 200);
	t.deepEqual(idle.strange, []);
	t.deepEqual([...idle.types.keys()], Object.keys(AGENT_METRICS));
	t.is(idle.samples.get('podwire_agent_attached_interfaces'), 0);
	t.is(idle.samples.get('podwire_nats_connected'), 1);
	t.is(idle.samples.get('podwire_agent_losses_total{cause="kernel_ring_full",unit="packets"}'), 0);
	t.is(idle.samples.get('podwire_agent_ring_size_bytes{ring="0"}'), undefined, 'nothing is in the kernel');

	const pair = new NamespacePair(t);
	await pair.serve();
	const taps = [tap('all'), tap('posts', { methods: ['POST'] })];
	controller.assign({ taps, pods: [pod('web', ['all', 'posts'], { name: pair.server })] });
	await controller.podIn('web', wire.PodState.POD_STATE_ATTACHED);
	// Each on a connection of its own, which curl closes.
	for (const path of ['/1', '/2', '/3']) t.is(await pair.get(path), 'hello');
	const published = async () => outcomes('podwire_agent_exchanges_total', await scrape(port));
	// The other tap judges the same three, and filters them out; one that shows nothing tells its counts once a second.
	await eventually(async () => {
		const { published: shown, filtered } = await published();
		return shown === 3 && filtered === 3;
	}, 'three exchanges are counted by both');
	t.deepEqual(await published(), { published: 3, filtered: 3, skipped: 0, unjudged: 0 });

	await eventually(async () => {
		const { samples } = await scrape(port);
		return samples.get('podwire_agent_publish_lag_seconds_count') && samples.get('podwire_agent_flows') === 0;
	}, 'the batches are published and the connections closed');
	const tapping = await scrape(port);
	const { samples } = tapping;
	t.is(samples.get('podwire_agent_pods{state="attached"}'), 1);
	t.is(samples.get('podwire_agent_attached_interfaces'), 2, 'eth0 and lo');
	t.is(samples.get('podwire_agent_taps'), 2);
	t.is(samples.get('podwire_agent_controllers'), 1);
	t.is(samples.get('podwire_agent_ring_size_bytes{ring="0"}'), RING_BYTES);
	t.true((samples.get('podwire_agent_ring_used_bytes{ring="0"}') ?? -1) >= 0);
	t.deepEqual(outcomes('podwire_agent_assignments_total', tapping), { applied: 1, outdated: 0, malformed: 0 });
	// At least three times `GET /1 HTTP/1.1` and `hello`.
	t.true((samples.get('podwire_agent_copied_bytes_total') ?? 0) > 3 * 20);
	const batches = outcomes('podwire_agent_batches_total', tapping);
	t.true((batches.published ?? 0) >= (samples.get('podwire_agent_publish_lag_seconds_count') ?? 0));
	t.true((samples.get('podwire_agent_publish_lag_seconds_count') ?? 0) <= 3, 'at most one batch for each exchange');
	t.true((samples.get('podwire_agent_publish_lag_seconds_sum') ?? 0) < 30);
	t.is(
		samples.get('podwire_agent_publish_lag_seconds_bucket{le="+Inf"}'),
		samples.get('podwire_agent_publish_lag_seconds_count'),
	);

	controller.assign({ taps: [], pods: [] });
	await eventually(
		async () => (await scrape(port)).samples.get('podwire_agent_attached_interfaces') === 0,
		'it detaches',
	);
	const after = await scrape(port);
	t.deepEqual(outcomes('podwire_agent_exchanges_total', after), { published: 3, filtered: 3, skipped: 0, unjudged: 0 });
	t.is(after.samples.get('podwire_agent_flows'), 0);
	t.is(after.samples.get('podwire_agent_taps'), 0);
	const packets = outcomes('podwire_agent_packets_total', after);
	// SYN, SYN-ACK, request, response, FIN and FIN of each at the least.
	t.true((packets.copied ?? 0) >= 3 * 6, JSON.stringify(packets));
	t.is(packets.ring_full, 0);
	t.is(after.samples.get('podwire_nats_disconnections_total'), 0);
});

test.serial('without NATS it answers too, and says so', async (t) => {
	const controller = await Controller.start(t);
	const { port } = await startAgent(t, controller);
	await controller.server.kill();
	await eventually(async () => (await scrape(port)).samples.get('podwire_nats_connected') === 0, 'NATS is lost');
	t.is((await scrape(port)).samples.get('podwire_nats_disconnections_total'), 1);
});
