import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { systemClock } from '../../src/messaging/clock.ts';
import type { PodwireError } from '../../src/messaging/errors.ts';
import {
	connectNats,
	MAX_UNCONFIRMED_BYTES,
	type NatsConnection,
	type PublishOutcome,
} from '../../src/messaging/nats-connection.ts';
import { type NatsSettings, natsSettings } from '../../src/messaging/nats-settings.ts';
import { eventually } from './eventually.ts';
import { NatsServer } from './nats-server.ts';

const SIGNED_IN = 'authorization { user: podwire, password: "correct horse" }';

async function connected(settings: NatsSettings): Promise<NatsConnection> {
	return await connectNats({ settings, name: 'test', clock: systemClock, random: Math.random });
}

function text(bytes: Uint8Array): string {
	return new TextDecoder().decode(bytes);
}

function bytes(message: string): Uint8Array {
	return new TextEncoder().encode(message);
}

test('messages arrive whole and in order, and a flush says when the server has them', async (t) => {
	const server = await NatsServer.start(SIGNED_IN);
	t.teardown(() => server.remove());
	const settings = natsSettings(`nats://podwire:correct%20horse@127.0.0.1:${server.port}`, {});
	const [publisher, subscriber] = await Promise.all([connected(settings), connected(settings)]);
	t.teardown(() => publisher.close());
	t.teardown(() => subscriber.close());
	t.is(publisher.url, server.url);

	const got: string[] = [];
	const subscription = subscriber.subscribe('podwire.v1.pods.*.*.t1', (message, subject) => {
		got.push(`${subject} ${text(message)}`);
	});
	t.true(await subscriber.flush(5000));
	for (let number = 1; number <= 100; number++) {
		t.is(publisher.publish('podwire.v1.pods.shop.web.t1', bytes(`${number}`)), 'published');
	}
	await eventually(() => got.length === 100, 'all messages arrive');
	t.deepEqual(
		got,
		Array.from({ length: 100 }, (_, index) => `podwire.v1.pods.shop.web.t1 ${index + 1}`),
	);

	subscription.unsubscribe();
	t.true(await subscriber.flush(5000));
	publisher.publish('podwire.v1.pods.shop.web.t1', bytes('late'));
	t.true(await publisher.flush(5000));
	t.true(await subscriber.flush(5000));
	t.is(got.length, 100);
});

test('a handler that throws is told, counted, and does not end the reading', async (t) => {
	const server = await NatsServer.start();
	t.teardown(() => server.remove());
	const connection = await connected(natsSettings(server.url, {}));
	t.teardown(() => connection.close());
	const problems: string[] = [];
	connection.observe({ problem: (sentence) => problems.push(sentence) });
	const got: string[] = [];
	connection.subscribe('a', (message) => {
		if (text(message) === 'bad') throw new Error('cannot');
		got.push(text(message));
	});
	for (const message of ['one', 'bad', 'bad', 'two']) connection.publish('a', bytes(message));
	await eventually(() => got.length === 2, 'the good messages arrive');
	t.deepEqual(got, ['one', 'two']);
	t.is(connection.counters.handlerFailures, 2);
	t.deepEqual(problems, ['A message on a could not be handled: Error: cannot']);
});

test('after kill -9 and a restart of the server publishing and subscriptions go on', async (t) => {
	const server = await NatsServer.start(SIGNED_IN);
	t.teardown(() => server.remove());
	const settings = natsSettings(server.url, {
		PODWIRE_NATS_USER: 'podwire',
		PODWIRE_NATS_PASSWORD: 'correct horse',
	});
	const connection = await connected(settings);
	t.teardown(() => connection.close());
	const events: string[] = [];
	connection.observe({
		lost: (reason) => events.push(reason),
		back: (lostForMs) => events.push(lostForMs > 0 ? 'back' : 'back too early'),
	});
	const got: string[] = [];
	connection.subscribe('a', (message) => got.push(text(message)));

	await server.kill();
	await eventually(() => events.length > 0, 'the loss is noticed');
	t.deepEqual(events, [`NATS at ${server.url} is lost: it closed the connection`]);
	t.false(connection.isConnected);
	t.is(connection.publish('a', bytes('into the void')), 'disconnected');
	t.false(await connection.flush(1000));

	await server.restart();
	await eventually(() => connection.isConnected, 'the connection is back');
	t.deepEqual(events.slice(1), ['back']);
	t.is(connection.counters.lost, 1);
	t.is(connection.publish('a', bytes('again')), 'published');
	await eventually(() => got.length > 0, 'the subscription is back');
	t.deepEqual(got, ['again']);
});

test('a frozen server is noticed within seconds, what it does not take is refused, and a thawed one is used again', async (t) => {
	const server = await NatsServer.start();
	t.teardown(() => server.remove());
	const connection = await connected(natsSettings(server.url, {}));
	t.teardown(() => connection.close());
	const lost: string[] = [];
	connection.observe({ lost: (reason) => lost.push(reason) });

	process.kill(server.pid, 'SIGSTOP');
	const outcomes = new Map<PublishOutcome, number>();
	const message = new Uint8Array(512 * 1024);
	const room = MAX_UNCONFIRMED_BYTES / message.length;
	for (let count = 0; count < room + 5; count++) {
		const outcome = connection.publish('a', message);
		outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
	}
	t.deepEqual(
		outcomes,
		new Map<PublishOutcome, number>([
			['published', room],
			['full', 5],
		]),
	);
	t.is(connection.unconfirmedBytes, MAX_UNCONFIRMED_BYTES);
	const frozenAt = performance.now();
	await eventually(() => lost.length > 0, 'the frozen server is given up');
	// Three ping intervals of 1.5 s; the rest is for a busy machine.
	t.true(performance.now() - frozenAt < 8000);
	t.deepEqual(lost, [`NATS at ${server.url} is lost: it does not answer`]);
	t.is(connection.unconfirmedBytes, 0);

	process.kill(server.pid, 'SIGCONT');
	await eventually(() => connection.isConnected, 'the connection is back');
	t.is(connection.publish('a', bytes('again')), 'published');
	t.true(await connection.flush(10_000));
});

test('a server that stays frozen with unsent messages is left for another one', async (t) => {
	const servers = [await NatsServer.start(), await NatsServer.start()];
	for (const server of servers) t.teardown(() => server.remove());
	const connection = await connected(natsSettings(servers.map(({ url }) => url).join(), {}));
	t.teardown(() => connection.close());
	const frozen = servers.find(({ url }) => url === connection.url);
	process.kill(frozen?.pid ?? 0, 'SIGSTOP');
	const message = new Uint8Array(512 * 1024);
	while (connection.publish('a', message) === 'published');
	await eventually(() => !connection.isConnected, 'the frozen server is given up');
	await eventually(() => connection.isConnected, 'another server is used');
	t.not(connection.url, frozen?.url);
	t.is(connection.publish('a', message), 'published');
	t.true(await connection.flush(10_000));
});

test('a message over the server’s limit is refused and the connection lives', async (t) => {
	const server = await NatsServer.start('max_payload: 1024');
	t.teardown(() => server.remove());
	const connection = await connected(natsSettings(server.url, {}));
	t.teardown(() => connection.close());
	t.is(connection.publish('a', new Uint8Array(1025)), 'too-large');
	t.is(connection.publish('a', new Uint8Array(1024)), 'published');
	t.true(await connection.flush(5000));
	t.is(connection.counters.lost, 0);
});

test('refused credentials are one sentence without the password', async (t) => {
	const server = await NatsServer.start(SIGNED_IN);
	t.teardown(() => server.remove());
	const settings = natsSettings(`nats://podwire:wrong-secret@127.0.0.1:${server.port}`, {});
	const error = await t.throwsAsync<PodwireError>(connected(settings), { name: 'PodwireError' });
	t.is(error.code, 'NATS_REFUSED');
	t.is(error.exitStatus, 1);
	t.true(error.message.startsWith(`NATS at ${server.url} refused the credentials: `), error.message);
	t.regex(error.message, /PODWIRE_NATS_USER/);
	t.notRegex(JSON.stringify([error.message, error.stack]), /wrong-secret/);
});

test('credentials that are changed under a living connection are told, and trying goes on', async (t) => {
	const server = await NatsServer.start(SIGNED_IN);
	t.teardown(() => server.remove());
	const settings = natsSettings(`nats://podwire:correct%20horse@127.0.0.1:${server.port}`, {});
	const connection = await connected(settings);
	t.teardown(() => connection.close());
	const problems: string[] = [];
	connection.observe({ problem: (sentence) => problems.push(sentence) });
	await server.restart('authorization { user: podwire, password: other }');
	await eventually(() => problems.length > 0, 'the refusal is told');
	t.regex(problems.join(), /^NATS at .* refused the credentials: /);
	await server.restart(SIGNED_IN);
	await eventually(() => connection.isConnected, 'the connection is back');
	t.is(problems.length, 1);
});

test('a subscription that the server does not permit is told by name', async (t) => {
	const server = await NatsServer.start(
		'authorization { users: [{ user: a, password: b, permissions: { subscribe: ["free.>"], publish: ["free.>"] } }] }',
	);
	t.teardown(() => server.remove());
	const connection = await connected(natsSettings(`nats://a:b@127.0.0.1:${server.port}`, {}));
	t.teardown(() => connection.close());
	const problems: string[] = [];
	const refused: string[] = [];
	connection.observe({
		problem: (sentence) => problems.push(sentence),
		subscriptionRefused: (subject) => refused.push(subject),
	});
	connection.subscribe('closed.one', () => {});
	await eventually(() => refused.length > 0, 'the refusal is told');
	t.deepEqual(refused, ['closed.one']);
	t.regex(problems.join(), /does not permit this user to subscribe to closed\.one/);
	connection.publish('closed.two', bytes('x'));
	await eventually(() => problems.length > 1, 'the refused publication is told');
	t.regex(problems.join(), /does not permit this user to publish to closed\.two/);
	t.true(connection.isConnected);
});

test('nothing listening, and something else than NATS listening, are sentences', async (t) => {
	const other = createServer((socket) => socket.end('220 mail ready\r\n'));
	await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
	const { port } = other.address() as { port: number };
	const foreign = await t.throwsAsync<PodwireError>(connected(natsSettings(`127.0.0.1:${port}`, {})));
	t.is(foreign.code, 'NATS_UNREACHABLE');
	await new Promise((resolve) => other.close(resolve));

	const nothing = await t.throwsAsync<PodwireError>(connected(natsSettings(`127.0.0.1:${port}`, {})));
	t.is(nothing.code, 'NATS_UNREACHABLE');
	t.is(
		nothing.message,
		`NATS at nats://127.0.0.1:${port} cannot be reached (nothing listens there): start a nats-server there, or name another with --nats or PODWIRE_NATS_URL`,
	);
});

test('TLS: a certificate is verified against the given authority', async (t) => {
	const server = await NatsServer.start(
		'tls { cert_file: "@DIR@/server.pem", key_file: "@DIR@/server.key" }',
		async (directory) => {
			execFileSync(
				'openssl',
				// biome-ignore format: one option and its value belong together
				['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
					'-subj', '/CN=nats', '-addext', 'subjectAltName=IP:127.0.0.1',
					'-keyout', join(directory, 'server.key'), '-out', join(directory, 'server.pem')],
				{ stdio: 'ignore' },
			);
		},
	);
	t.teardown(() => server.remove());
	const url = `tls://127.0.0.1:${server.port}`;
	const untrusted = await t.throwsAsync<PodwireError>(connected(natsSettings(url, {})));
	t.is(untrusted.code, 'NATS_TLS');
	t.regex(untrusted.message, /PODWIRE_NATS_CA/);

	const authority = { PODWIRE_NATS_CA: join(server.directory, 'server.pem') };
	const connection = await connected(natsSettings(url, authority));
	t.teardown(() => connection.close());
	t.true(await connection.flush(5000));

	const missing = await t.throwsAsync<PodwireError>(connected(natsSettings(url, { PODWIRE_NATS_CA: '/nowhere.pem' })));
	t.is(missing.code, 'CONFIGURATION');
	t.is(missing.message, 'The NATS certificate authority /nowhere.pem cannot be read');
});

test('TLS asked of a server without it is a sentence', async (t) => {
	const server = await NatsServer.start();
	t.teardown(() => server.remove());
	const error = await t.throwsAsync<PodwireError>(connected(natsSettings(`tls://127.0.0.1:${server.port}`, {})));
	t.is(error.code, 'NATS_TLS');
	t.regex(error.message, /does not offer TLS/);
});
