import test, { type ExecutionContext } from 'ava';
import { pino } from 'pino';
import type { NativeBatch } from '../../src/addon/addon.ts';
import { BatchPublisher } from '../../src/agent/batch-publisher.ts';
import { systemClock } from '../../src/messaging/clock.ts';
import { connectNats, MAX_UNCONFIRMED_BYTES, type NatsConnection } from '../../src/messaging/nats-connection.ts';
import { natsSettings } from '../../src/messaging/nats-settings.ts';
import { batchesOfTap, podTapSubject } from '../../src/messaging/subjects.ts';
import { eventually } from '../messaging/eventually.ts';
import { NatsServer } from '../messaging/nats-server.ts';

const WEB = { namespace: 'shop', name: 'web' };
const WEB_T1 = podTapSubject('shop', 'web', 't1');
const WEB_T2 = podTapSubject('shop', 'web', 't2');
const WEBSITE_T1 = podTapSubject('shop', 'website', 't1');

const silent = pino({ level: 'silent' });

function batch(subject: string, exchanges: number, bytes = 10): NativeBatch {
	return { subject, exchanges, bytes: new Uint8Array(bytes).fill(exchanges) };
}

async function connected(t: ExecutionContext, server: NatsServer): Promise<NatsConnection> {
	const settings = natsSettings(server.url, {});
	const connection = await connectNats({ settings, name: 'test', clock: systemClock, random: Math.random });
	t.teardown(() => connection.close());
	return connection;
}

test('batches arrive on their subjects, byte for byte and in order', async (t) => {
	const server = await NatsServer.start();
	t.teardown(() => server.remove());
	const [connection, other] = [await connected(t, server), await connected(t, server)];
	const got: string[] = [];
	other.subscribe(batchesOfTap('t1'), (bytes, subject) => got.push(`${subject} ${Buffer.from(bytes).toString('hex')}`));
	t.true(await other.flush(5000));
	const publisher = new BatchPublisher(connection, silent);
	publisher.publish([batch(WEB_T1, 1, 2), batch(WEB_T2, 2, 2)]);
	publisher.publish([batch(WEBSITE_T1, 3, 2), batch(WEB_T1, 4, 2)]);
	await eventually(() => got.length === 3, 'the batches of t1 arrive');
	t.deepEqual(got, [`${WEB_T1} 0101`, `${WEBSITE_T1} 0303`, `${WEB_T1} 0404`]);
	t.is(publisher.exchangesLost(WEB), 0);
});

test('without a server whole batches are dropped and counted by tap and by pod', async (t) => {
	const server = await NatsServer.start();
	t.teardown(() => server.remove());
	const connection = await connected(t, server);
	const publisher = new BatchPublisher(connection, silent);
	await server.kill();
	await eventually(() => !connection.isConnected, 'the loss is noticed');

	publisher.publish([batch(WEB_T1, 7), batch(WEB_T2, 5), batch(WEB_T1, 1), batch(WEBSITE_T1, 100), batch(WEB_T1, 0)]);
	t.deepEqual(publisher.dropsOfTap(WEB_T1), { batches: 3, exchanges: 8 });
	t.deepEqual(publisher.dropsOfTap(WEB_T2), { batches: 1, exchanges: 5 });
	t.is(publisher.exchangesLost(WEB), 13);
	t.is(publisher.exchangesLost({ namespace: 'shop', name: 'website' }), 100);
	t.is(publisher.exchangesLost({ namespace: 'shop', name: 'db' }), 0);

	publisher.keepOnly([WEB]);
	t.is(publisher.exchangesLost(WEB), 13);
	t.is(publisher.exchangesLost({ namespace: 'shop', name: 'website' }), 0);
	t.is(publisher.exchangesLostEver, 7 + 5 + 1 + 100, 'that of forgotten pods too');

	await server.restart();
	await eventually(() => connection.isConnected, 'the connection is back');
	publisher.publish([batch(WEB_T1, 9)]);
	t.true(await connection.flush(5000));
	t.is(publisher.exchangesLost(WEB), 13);
});

test('what a server that takes nothing cannot hold, and what it never takes, is counted', async (t) => {
	const server = await NatsServer.start('max_payload: 65536');
	t.teardown(() => server.remove());
	const connection = await connected(t, server);
	const publisher = new BatchPublisher(connection, silent);
	publisher.publish([batch(WEB_T1, 3, 65_537)]);
	t.deepEqual(publisher.dropsOfTap(WEB_T1), { batches: 1, exchanges: 3 });

	process.kill(server.pid, 'SIGSTOP');
	t.teardown(() => process.kill(server.pid, 'SIGCONT'));
	const fitting = MAX_UNCONFIRMED_BYTES / 65_536;
	publisher.publish(Array.from({ length: fitting + 2 }, () => batch(WEB_T2, 10, 65_536)));
	t.deepEqual(publisher.dropsOfTap(WEB_T2), { batches: 2, exchanges: 20 });
});
