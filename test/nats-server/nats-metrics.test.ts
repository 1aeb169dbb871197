/** What the NATS role tells Prometheus of its server. */
import test from 'ava';
import { NATS_SERVER_METRICS } from '../../src/messaging/metric-table.ts';
import { eventually } from '../messaging/eventually.ts';
import { scrape } from '../messaging/scrape.ts';
import { identityForLocalhost, signIn } from './identity.ts';
import { filesOf, MountedSecret } from './mounted-secret.ts';
import { NatsRole } from './nats-role.ts';

test('clients, messages and bytes as nats-server counts them', async (t) => {
	const cluster = await identityForLocalhost();
	const mounted = new MountedSecret(filesOf(cluster.secret('podwire-nats-server')));
	t.teardown(() => mounted.remove());
	const role = new NatsRole({ files: mounted.directory, env: { PODWIRE_NATS_METRICS: '127.0.0.1:0' } });
	t.teardown(() => role.stop('SIGKILL').then(() => undefined));
	const { clients, metrics = 0 } = await role.ready;
	const idle = await scrape(metrics);
	t.deepEqual(idle.strange, []);
	t.deepEqual([...idle.types.keys()], Object.keys(NATS_SERVER_METRICS));
	t.is(idle.samples.get('podwire_nats_server_up'), 1);
	t.is(idle.samples.get('podwire_nats_server_connections'), 0);

	const password = cluster.text('podwire-nats-agent', 'password');
	const agent = await signIn({ ports: [clients], user: 'agent', password, authority: mounted.path('ca.crt') });
	t.teardown(() => agent.close());
	for (let message = 0; message < 5; message += 1) {
		t.is(agent.publish('podwire.v1.nodes.node1.status', Buffer.alloc(100)), 'published');
	}
	t.true(await agent.flush(5000));
	const read = async (name: string) => (await scrape(metrics)).samples.get(`podwire_nats_server_${name}`);
	await eventually(async () => (await read('messages_total{direction="in"}')) === 5, 'five messages are counted');
	t.is(await read('bytes_total{direction="in"}'), 500);
	t.is(await read('connections'), 1);
	t.is(await read('connections_total'), 1);
	t.is(await read('slow_consumers_total'), 0);
	t.true(((await read('resident_memory_bytes')) ?? 0) > 1e6);
	t.false((await scrape(metrics)).text.includes(password));
});
