import { createHash } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { KeptBatches } from '../../bench/observers/kept-batches.ts';
import { subscribeRaw } from '../../bench/observers/raw-subscription.ts';
import { systemClock } from '../../src/messaging/clock.ts';
import { connectNats } from '../../src/messaging/nats-connection.ts';
import { eventually } from '../messaging/eventually.ts';
import { NatsServer } from '../messaging/nats-server.ts';

const user = 'bench';
const password = 'of this test';

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function secured(t: ExecutionContext): Promise<NatsServer> {
	const server = await NatsServer.start(`authorization { user: ${user}, password: "${password}" }`);
	t.teardown(() => server.remove());
	return server;
}

test('messages of every size are taken whole and in order, and kept as they came', async (t) => {
	const server = await secured(t);
	const kept = new KeptBatches();
	const onMessage = (bytes: Buffer) => t.true(kept.add(bytes));
	await subscribeRaw({ port: server.port, user, password, subject: 'x.>', onMessage });
	const settings = { servers: [server.url], user, password };
	const connection = await connectNats({ settings, name: 'test', clock: systemClock, random: Math.random });
	t.teardown(() => connection.close());
	const sizes = [
		0,
		1,
		48_000,
		65_536,
		1_000_000,
		2,
		300_000,
		...Array.from({ length: 200 }, (_, index) => index * 731),
	];
	const sent = sizes.map((size, index) => Buffer.alloc(size, `${index}\r\nMSG x 1 5\r\n`));
	for (const payload of sent) t.is(connection.publish('x.y', payload), 'published');
	await eventually(() => kept.all.length === sent.length, 'every message arrives');
	t.deepEqual(kept.all.map(digest), sent.map(digest));
});

test('a wrong password is told', async (t) => {
	const server = await secured(t);
	const refused = { port: server.port, user, password: 'another', subject: 'x', onMessage: () => {} };
	await t.throwsAsync(subscribeRaw(refused), { message: /Authorization/ });
});
