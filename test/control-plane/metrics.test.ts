/** What a control plane tells Prometheus of its taps, agents and NATS. */
import test from 'ava';
import { CONTROL_PLANE_METRICS } from '../../src/messaging/metric-table.ts';
import { wire } from '../../src/messaging/wire.ts';
import { eventually } from '../messaging/eventually.ts';
import { scrape } from '../messaging/scrape.ts';
import { ask, Lab } from './lab.ts';
import { BatchSource, exchange } from './wire-agent.ts';

const prefix = 'podwire_control_plane_';

test('taps, exchanges and losses, also of taps that are over', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const port = controlPlane.metricsPort;
	const value = async (name: string) => (await scrape(port)).samples.get(`${prefix}${name}`);

	const idle = await scrape(port);
	t.deepEqual(idle.strange, []);
	t.deepEqual([...idle.types.keys()], Object.keys(CONTROL_PLANE_METRICS));
	t.is(idle.samples.get(`${prefix}losses_total{cause="nats"}`), 0);
	t.false([...idle.samples.keys()].some((key) => key.includes('informer') || key.includes('certificate')));
	await eventually(async () => (await value('agents{state="live"}')) === 1, 'the agent is heard');

	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	const source = new BatchSource(client.id, agent.podsOf(client.id)[0]?.pod ?? {});
	const first = source.next([exchange('/1'), exchange('/2')]);
	agent.publish(first);
	source.next([exchange('/3'), exchange('/4'), exchange('/5')]); // never comes
	agent.publish(source.next([exchange('/6')]));
	await eventually(() => client.paths.length === 3, 'three exchanges arrive');

	const tapping = (await scrape(port)).samples;
	t.is(tapping.get(`${prefix}taps{kind="netns"}`), 1);
	t.is(tapping.get(`${prefix}tapped_pods`), 1);
	t.is(tapping.get(`${prefix}taps_begun_total`), 1);
	t.is(tapping.get(`${prefix}connections`), 1);
	t.is(tapping.get(`${prefix}received_exchanges_total`), 3);
	t.is(tapping.get(`${prefix}forwarded_exchanges_total`), 3);
	t.is(tapping.get(`${prefix}losses_total{cause="nats"}`), 3);
	t.is(tapping.get(`${prefix}losses_total{cause="client_too_slow"}`), 0);
	// The tag of each of the three exchanges and what is in it are among them.
	const least = 3 * wire.Exchange.encode(exchange('/1')).finish().length;
	t.true((tapping.get(`${prefix}forwarded_bytes_total`) ?? 0) > least);

	client.destroy();
	await eventually(async () => (await value('tapped_pods')) === 0, 'the tap ends');
	t.is((await ask(controlPlane.socketPath, 'taps/t-00000000', 'DELETE')).status, 404);
	await eventually(async () => (await value('requests_total{code="404"}')) === 1, 'the request is counted');
	t.is((await ask(controlPlane.socketPath, '//healthz')).status, 200);
	const after = (await scrape(port)).samples;
	t.is(after.get(`${prefix}forwarded_exchanges_total`), 3);
	t.is(after.get(`${prefix}losses_total{cause="nats"}`), 3);
	t.is(after.get(`${prefix}requests_total{code="200"}`), 1, 'the tap, and not the probe');

	agent.connection.publish('podwire.v1.nodes.node1.status', Buffer.from('no status'));
	await eventually(async () => (await value('refused_messages_total{kind="statuses"}')) === 1, 'it is counted');
	agent.fallSilent();
	agent.sendStatus({ stopping: true });
	await eventually(async () => (await value('agents{state="stopped"}')) === 1, 'it took its leave');
	t.is(await value('agents{state="live"}'), 0);
});

test('a NATS that is lost is told, and the tap that a client resumes loses no count', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const port = controlPlane.metricsPort;
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	const source = new BatchSource(client.id, agent.podsOf(client.id)[0]?.pod ?? {});
	agent.publish(source.next([exchange('/1')]));
	await eventually(() => client.paths.length === 1, 'it arrives');
	const again = await (await lab.tap(controlPlane, `watch/netns/blue/tap?tap=${client.id}`)).begin();
	agent.publish(source.next([exchange('/2')]));
	await eventually(() => again.paths.length === 1, 'it arrives at the new stream');
	const { samples } = await scrape(port);
	t.is(samples.get(`${prefix}forwarded_exchanges_total`), 2);
	t.is(samples.get(`${prefix}taps_begun_total`), 2);
	t.is(samples.get(`${prefix}tapped_pods`), 1);

	t.is(samples.get('podwire_nats_connected'), 1);
	await lab.nats.kill();
	await eventually(async () => (await scrape(port)).samples.get('podwire_nats_connected') === 0, 'it is lost');
	const lost = (await scrape(port)).samples;
	t.is(lost.get('podwire_nats_disconnections_total'), 1);
	t.is(lost.get(`${prefix}ready`), 0);
});
