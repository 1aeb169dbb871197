/** Certificates, the authority and users change under a running server with connected clients. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import test from 'ava';
import { type Secret, withAnnotation, withContent } from '../../src/identity/secret.ts';
import type { NatsConnection } from '../../src/messaging/nats-connection.ts';
import type { KeptCluster } from '../identity/kept-cluster.ts';
import { eventually } from '../messaging/eventually.ts';
import { identityForLocalhost, reissueForLocalhost, signIn } from './identity.ts';
import { filesOf, MountedSecret } from './mounted-secret.ts';
import { NatsRole } from './nats-role.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Of the certificate that the server shows now. */
async function shownSerial(port: number): Promise<string> {
	const socket = connectSocket(port, '127.0.0.1');
	return await new Promise((resolve, reject) => {
		socket.once('error', reject);
		socket.once('data', () => {
			const tls = connectTls({ socket, rejectUnauthorized: false }, () => {
				resolve(tls.getPeerX509Certificate()?.serialNumber ?? '');
				tls.destroy();
			});
			tls.once('error', reject);
		});
	});
}

function serial(pem: string): string {
	return new X509Certificate(pem).serialNumber;
}

interface Parts {
	readonly cluster: KeptCluster;
	readonly server: MountedSecret;
	readonly agentFiles: MountedSecret;
	readonly role: NatsRole;
	readonly port: number;
}

async function running(teardown: (end: () => Promise<void>) => void, prepared?: KeptCluster): Promise<Parts> {
	const cluster = prepared ?? (await identityForLocalhost());
	const server = new MountedSecret(filesOf(cluster.secret('podwire-nats-server')));
	const agentFiles = new MountedSecret(filesOf(cluster.secret('podwire-nats-agent')));
	const role = new NatsRole({ files: server.directory });
	teardown(async () => {
		await role.stop();
		server.remove();
		agentFiles.remove();
	});
	const { clients: port } = await role.ready;
	return { cluster, server, agentFiles, role, port };
}

async function agentOf({ cluster, agentFiles }: Parts, port: number): Promise<NatsConnection> {
	const password = cluster.text('podwire-nats-agent', 'password');
	return await signIn({ ports: [port], user: 'agent', password, authority: agentFiles.path('ca.crt') });
}

test('a new certificate and then a new authority come into force while a client stays connected and reconnects', async (t) => {
	const parts = await running(t.teardown);
	const { cluster, server, agentFiles, role, port } = parts;
	const agent = await agentOf(parts, port);
	t.teardown(() => agent.close());
	const late = new MountedSecret({ 'ca.crt': cluster.text('podwire-nats-agent', 'ca.crt') });
	t.teardown(() => late.remove());
	let got = 0;
	agent.subscribe('podwire.v1.nodes.n1.assignments.c1', () => got++);
	const password = cluster.text('podwire-nats-control-plane', 'password');
	const signInController = (authority: string) => signIn({ ports: [port], user: 'control-plane', password, authority });
	const controller = await signInController(agentFiles.path('ca.crt'));
	t.teardown(() => controller.close());
	const stillFlows = async () => {
		const before = got;
		controller.publish('podwire.v1.nodes.n1.assignments.c1', bytes('x'));
		await eventually(() => got > before, 'messages still arrive');
		t.is(agent.counters.lost + controller.counters.lost, 0);
	};

	await reissueForLocalhost(cluster);
	server.set(filesOf(cluster.secret('podwire-nats-server')));
	const renewed = serial(cluster.text('podwire-nats-server', 'tls.crt'));
	await eventually(async () => (await shownSerial(port)) === renewed, 'the new certificate is shown');
	await stillFlows();

	// The authority is lost: a new one signs, the old one is still believed. Clients have both from now on.
	cluster.put(withContent(cluster.secret('podwire-ca'), { 'tls.key': null }));
	await cluster.pass(Date.now());
	await reissueForLocalhost(cluster);
	const leaf = cluster.text('podwire-nats-server', 'tls.crt');
	const oldAuthority = new X509Certificate(readFileSync(late.path('ca.crt')));
	t.false(new X509Certificate(leaf).verify(oldAuthority.publicKey));
	agentFiles.set(filesOf(cluster.secret('podwire-nats-agent')));
	server.set(filesOf(cluster.secret('podwire-nats-server')));
	await eventually(
		async () => (await shownSerial(port)) === serial(leaf),
		'the certificate of the new authority is shown',
	);
	await stillFlows();

	await t.throwsAsync(signInController(late.path('ca.crt')), { message: /cannot be trusted/ });
	const fresh = await signInController(agentFiles.path('ca.crt'));
	await fresh.close();

	// The connected client has read the old file alone; it reads the new one when it comes back.
	await role.stop();
	await eventually(() => agent.counters.lost === 1, 'the server is lost');
	const again = new NatsRole({ files: server.directory, clientPort: port });
	t.teardown(() => again.stop().then(() => undefined));
	await again.ready;
	await eventually(() => agent.isConnected && controller.isConnected, 'both are back');
	const before = got;
	await eventually(() => {
		controller.publish('podwire.v1.nodes.n1.assignments.c1', bytes('x'));
		return got > before;
	}, 'messages arrive again');
});

test('an observer whose Secret is removed is disconnected and stays out; others do not notice', async (t) => {
	const cluster = await identityForLocalhost();
	const asked: Secret = withAnnotation(
		{
			apiVersion: 'v1',
			kind: 'Secret',
			metadata: { name: 'visitor', namespace: 'podwire', labels: { 'podwire.dev/nats-observer': 'true' } },
		},
		'podwire.dev/namespaces',
		'*',
	);
	const parts = await running(t.teardown, cluster);
	const { server, agentFiles, port } = parts;
	const agent = await agentOf(parts, port);
	t.teardown(() => agent.close());

	cluster.put(asked);
	await cluster.pass(Date.now());
	server.set(filesOf(cluster.secret('podwire-nats-server')));
	const credentials = { user: cluster.text('visitor', 'user'), password: cluster.text('visitor', 'password') };
	const visit = () => signIn({ ports: [port], ...credentials, authority: agentFiles.path('ca.crt') });
	const visitor = await eventually(() => visit().catch(() => null), 'the new user gets in');
	t.teardown(() => visitor.close());
	const got: string[] = [];
	visitor.subscribe('podwire.v1.pods.>', (_, subject) => got.push(subject));
	t.true(await visitor.flush(10_000));
	agent.publish('podwire.v1.pods.shop.web-1.t-1', bytes('x'));
	await eventually(() => got.length === 1, 'it sees what is published');

	cluster.secrets.delete('visitor');
	await cluster.pass(Date.now());
	server.set(filesOf(cluster.secret('podwire-nats-server')));
	await eventually(() => visitor.counters.lost === 1, 'the server disconnects it');
	await t.throwsAsync(visit(), { message: /refused the credentials/ });
	t.is(agent.counters.lost, 0);
	t.true(agent.isConnected);
});

test('files that make no sense are said, and the server goes on with what it has until they do', async (t) => {
	const parts = await running(t.teardown);
	const { cluster, server, role, port } = parts;
	const agent = await agentOf(parts, port);
	t.teardown(() => agent.close());
	const good = filesOf(cluster.secret('podwire-nats-server'));
	const before = await shownSerial(port);

	server.set({ ...good, 'authorization.json': '{"users": [{"user": "agent", "password": "abc' });
	await eventually(() => role.said.includes('authorization.json is no JSON'), 'it is said');
	server.set({ ...good, 'tls.key': cluster.text('podwire-control-plane-tls', 'tls.key') });
	await eventually(() => role.said.includes('tls.crt has another private key than tls.key'), 'it is said');
	const unknown = JSON.stringify({ users: [{ user: 'a', password: 'b', permissions: { publish: { allow: 7 } } }] });
	server.set({ ...good, 'authorization.json': unknown });
	await eventually(() => role.said.includes('did not take the new configuration'), 'it is said', 30_000);
	t.is(await shownSerial(port), before);
	t.is(agent.counters.lost, 0);

	await reissueForLocalhost(cluster);
	server.set(filesOf(cluster.secret('podwire-nats-server')));
	const renewed = serial(cluster.text('podwire-nats-server', 'tls.crt'));
	await eventually(async () => (await shownSerial(port)) === renewed, 'good files are taken again');
	t.is(agent.counters.lost, 0);
	t.false(role.said.includes('abc'));
	for (const name of ['agent', 'control-plane', 'observer']) {
		t.false(role.said.includes(cluster.text(`podwire-nats-${name}`, 'password')), `${name}’s password is in no log`);
	}
	t.false(role.said.includes('PRIVATE KEY'));
});
