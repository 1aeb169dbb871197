/** The process itself: waiting for its files, probes, its end, and several of them as one cluster. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
	chmodSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { natsServerConfig } from '../../src/nats-server/config.ts';
import { eventually } from '../messaging/eventually.ts';
import { identityForLocalhost, signIn } from './identity.ts';
import { filesOf, MountedSecret } from './mounted-secret.ts';
import { freePort, NatsRole } from './nats-role.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Of the nats-server that is a child of that process. */
function serverOf(role: NatsRole): number | undefined {
	const children = readFileSync(`/proc/${role.child.pid}/task/${role.child.pid}/children`, 'utf8').trim().split(' ');
	return children.map(Number).find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'nats-server');
}

test('it waits for files that the bootstrap has not made yet, and what it writes is its owner’s alone', async (t) => {
	const cluster = await identityForLocalhost();
	const mounted = new MountedSecret();
	const role = new NatsRole({ files: mounted.directory });
	t.teardown(async () => {
		await role.stop();
		mounted.remove();
	});
	const first = await Promise.race([
		role.ready.then(() => 'ready'),
		new Promise((resolve) => setTimeout(() => resolve('waits'), 1500)),
	]);
	t.is(first, 'waits');
	mounted.set(filesOf(cluster.secret('podwire-nats-server')));
	const { health } = await role.ready;
	t.is((await fetch(`http://127.0.0.1:${health}/healthz`)).status, 200);
	t.is((await fetch(`http://127.0.0.1:${health}/readyz`)).status, 200);
	for (const path of ['connz', 'varz', 'subsz', '']) {
		t.is((await fetch(`http://127.0.0.1:${health}/${path}`)).status, 404);
	}
	t.is(statSync(role.stateDirectory).mode & 0o777, 0o700);
	for (const name of readdirSync(role.stateDirectory)) {
		t.is(statSync(join(role.stateDirectory, name)).mode & 0o077, 0, name);
	}
});

test('told to end, it ends with its server; killed, it takes its server along', async (t) => {
	const cluster = await identityForLocalhost();
	const mounted = new MountedSecret(filesOf(cluster.secret('podwire-nats-server')));
	t.teardown(() => mounted.remove());
	for (const [signal, status] of [
		['SIGTERM', 0],
		['SIGKILL', null],
	] as const) {
		const role = new NatsRole({ files: mounted.directory });
		t.teardown(() => role.stop('SIGKILL').then(() => undefined));
		await role.ready;
		const server = serverOf(role);
		t.truthy(server);
		t.is(await role.stop(signal), status);
		await eventually(() => !existsSync(`/proc/${server}`), 'the server is gone');
	}
});

test('a server that dies ends the role with status 1 and a sentence', async (t) => {
	const cluster = await identityForLocalhost();
	const mounted = new MountedSecret(filesOf(cluster.secret('podwire-nats-server')));
	t.teardown(() => mounted.remove());
	const role = new NatsRole({ files: mounted.directory });
	t.teardown(() => role.stop('SIGKILL').then(() => undefined));
	await role.ready;
	const exited = once(role.child, 'exit');
	process.kill(serverOf(role) ?? 0, 'SIGKILL');
	t.deepEqual(await exited, [1, null]);
	t.regex(role.said, /^nats-server ended by itself \(signal SIGKILL\)/m);
});

test('settings that make no sense are refused by name', (t) => {
	const refused = (env: Record<string, string>) => t.throws(() => natsServerConfig(env)).message;
	t.is(refused({ PODWIRE_NATS_LISTEN: '4222' }), 'PODWIRE_NATS_LISTEN: expected HOST:PORT, "4222" came');
	t.is(refused({ PODWIRE_NATS_HEALTH: 'host:99999' }), 'PODWIRE_NATS_HEALTH: expected HOST:PORT, "host:99999" came');
	t.regex(
		refused({ PODWIRE_NATS_ROUTES: 'tls://a:1,nats://ann:hidden@b' }),
		/^PODWIRE_NATS_ROUTES: .*"nats:\/\/b" came$/,
	);
	t.deepEqual(natsServerConfig({ PODWIRE_NATS_LISTEN: '[::1]:4222' }).clients, { host: '::1', port: 4222 });
	t.deepEqual(natsServerConfig({ PODWIRE_NATS_ROUTES: ' tls://a:1, nats-route://b:2 ,' }).routeUrls, [
		'tls://a:1',
		'nats-route://b:2',
	]);
});

test('three servers are one; a stranger to the routes stays out; clients of one that ends go to the others', async (t) => {
	t.timeout(180_000);
	const cluster = await identityForLocalhost();
	const mounted = new MountedSecret(filesOf(cluster.secret('podwire-nats-server')));
	t.teardown(() => mounted.remove());
	const routePorts = [await freePort(), await freePort(), await freePort()] as const;
	const routes = routePorts.map((port) => `tls://localhost:${port}`).join(',');
	const start = (port: number, index: number) => {
		const env = {
			PODWIRE_NATS_NAME: `podwire-nats-${index}`,
			PODWIRE_NATS_ROUTES: routes,
			PODWIRE_NATS_ROUTES_LISTEN: `127.0.0.1:${port}`,
		};
		return new NatsRole({ files: mounted.directory, env });
	};
	const roles = [start(routePorts[0], 0), start(routePorts[1], 1), start(routePorts[2], 2)] as const;
	for (const role of roles) t.teardown(() => role.stop('SIGKILL').then(() => undefined));
	const ports = (await Promise.all(roles.map(({ ready }) => ready))).map(({ clients }) => clients);
	const authority = mounted.path('ca.crt');
	const password = (name: string) => cluster.text(`podwire-nats-${name}`, 'password');
	const [first = 0, second = 0, third = 0] = ports;
	const agent = await signIn({ ports: [first], user: 'agent', password: password('agent'), authority });
	t.teardown(() => agent.close());
	const controller = await signIn({
		ports: [third],
		user: 'control-plane',
		password: password('control-plane'),
		authority,
	});
	t.teardown(() => controller.close());
	let got = 0;
	controller.subscribe('podwire.v1.pods.*.*.t-1', () => got++);
	await eventually(() => {
		agent.publish('podwire.v1.pods.shop.web-1.t-1', bytes('x'));
		return got > 0;
	}, 'what is published at one server arrives at another');

	await refusesStranger(t.teardown, cluster.secret('podwire-control-plane-tls'), roles[0], routePorts[0]);

	const wanderer = await signIn({ ports: [second, third], user: 'agent', password: password('agent'), authority });
	t.teardown(() => wanderer.close());
	const at = ports.indexOf(Number(new URL(wanderer.url).port));
	const ended = roles[at]?.stop();
	await eventually(() => wanderer.counters.lost === 1 && wanderer.isConnected, 'it is sent to another', 90_000);
	t.not(ports.indexOf(Number(new URL(wanderer.url).port)), at);
	t.is(await ended, 0);
});

/** A server with a certificate of our authority that is for no client is no peer. */
async function refusesStranger(
	teardown: (end: () => void) => void,
	secret: Parameters<typeof filesOf>[0],
	host: NatsRole,
	routePort: number,
): Promise<void> {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-stranger-'));
	for (const [name, content] of Object.entries(filesOf(secret))) writeFileSync(join(directory, name), content);
	chmodSync(directory, 0o700);
	const tls = `cert_file: "${directory}/tls.crt", key_file: "${directory}/tls.key", ca_file: "${directory}/ca.crt"`;
	writeFileSync(
		join(directory, 'nats.conf'),
		`host: 127.0.0.1, port: -1\ncluster { name: podwire, host: 127.0.0.1, port: -1, tls { ${tls} }, routes: ["tls://localhost:${routePort}"] }`,
	);
	const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` };
	const stranger = spawn('nats-server', ['-c', join(directory, 'nats.conf')], {
		stdio: 'ignore',
		env,
	});
	teardown(() => {
		stranger.kill('SIGKILL');
		rmSync(directory, { recursive: true, force: true });
	});
	await eventually(() => /route handshake error.*incompatible key usage/.test(host.said), 'the route is refused');
	if (stranger.exitCode !== null) throw new Error('the stranger ended before it was refused');
}
