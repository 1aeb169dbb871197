/** Whom a client of a TLS server believes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { systemClock } from '../../src/messaging/clock.ts';
import { connectNats, type NatsConnection } from '../../src/messaging/nats-connection.ts';
import { natsSettings } from '../../src/messaging/nats-settings.ts';
import { eventually } from './eventually.ts';
import { NatsServer } from './nats-server.ts';

const TLS = 'tls { cert_file: "@DIR@/server.crt", key_file: "@DIR@/server.key" }';

/** A certificate for `name`, which is its own authority. */
async function makeCertificate(directory: string, name: string): Promise<void> {
	const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'server.key'];
	const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=${name}`];
	const args = ['req', '-x509', ...key, '-out', 'server.crt', '-days', '2', ...subject];
	execFileSync('openssl', args, { cwd: directory, stdio: 'ignore' });
}

function servedFor(name: string): Promise<NatsServer> {
	return NatsServer.start(TLS, (directory) => makeCertificate(directory, name));
}

async function connectTo(urls: readonly string[], authority: string): Promise<NatsConnection> {
	const settings = natsSettings(urls.join(','), { PODWIRE_NATS_CA: authority });
	return await connectNats({ settings, name: 'test', clock: systemClock, random: Math.random });
}

test('a certificate has to be for the server’s name or address, or for one of several that are named', async (t) => {
	const named = await servedFor('DNS:localhost');
	const addressed = await servedFor('IP:127.0.0.1');
	for (const server of [named, addressed]) t.teardown(() => server.remove());
	const byName = (server: NatsServer) => `tls://localhost:${server.port}`;
	const byAddress = (server: NatsServer) => `tls://127.0.0.1:${server.port}`;
	const authorityOf = (server: NatsServer) => join(server.directory, 'server.crt');
	const cases: readonly (readonly [NatsServer, readonly string[], boolean])[] = [
		[named, [byName(named)], true],
		[named, [byAddress(named)], false],
		[addressed, [byAddress(addressed)], true],
		[addressed, [byName(addressed)], false],
		[named, [byAddress(named), byName(named)], true],
		[addressed, [byAddress(addressed), 'tls://127.0.0.1:1'], true],
		[named, [byAddress(named), byAddress(named)], false],
	];
	for (const [server, urls, good] of cases) {
		const connecting = connectTo(urls, authorityOf(server));
		if (good) await (await connecting).close();
		else t.regex((await t.throwsAsync(connecting))?.message ?? '', /altnames/i, urls.join());
	}
	t.pass();
});

test('the authority’s file is read at each connection, and may be gone for a moment', async (t) => {
	const server = await servedFor('DNS:localhost');
	t.teardown(() => server.remove());
	const directory = mkdtempSync(join(tmpdir(), 'podwire-authority-'));
	t.teardown(() => rmSync(directory, { recursive: true, force: true }));
	const authority = join(directory, 'ca.crt');
	const take = () => execFileSync('cp', [join(server.directory, 'server.crt'), authority]);
	take();
	const connection = await connectTo([`tls://localhost:${server.port}`], authority);
	t.teardown(() => connection.close());

	renameSync(authority, `${authority}.gone`);
	await server.kill();
	await eventually(() => connection.counters.lost === 1, 'the server is lost');
	await makeCertificate(server.directory, 'DNS:localhost');
	await server.restart();
	const { port } = server;
	t.false(connection.isConnected);
	take();
	await eventually(() => connection.isConnected, `it is back at ${port} with the new authority`);
	t.true(await connection.flush(10_000));
	t.is(connection.counters.lost, 1);
});
