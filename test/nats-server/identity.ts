/** The identity of a cluster whose NATS servers can also be called `localhost`. */
import { randomBytes } from 'node:crypto';
import { issueLeaf } from '../../src/identity/issuance.ts';
import { leafPurposes } from '../../src/identity/objects.ts';
import { withContent } from '../../src/identity/secret.ts';
import { systemClock } from '../../src/messaging/clock.ts';
import { connectNats, type NatsConnection } from '../../src/messaging/nats-connection.ts';
import { natsSettings } from '../../src/messaging/nats-settings.ts';
import { KeptCluster } from '../identity/kept-cluster.ts';

export async function identityForLocalhost(): Promise<KeptCluster> {
	const cluster = new KeptCluster();
	await cluster.pass(Date.now());
	await reissueForLocalhost(cluster);
	return cluster;
}

/** A certificate for the NATS server by whatever authority signs now. */
export async function reissueForLocalhost(cluster: KeptCluster): Promise<void> {
	const purpose = leafPurposes('podwire').find(({ secret }) => secret === 'podwire-nats-server');
	if (purpose === undefined) throw new Error('there is no certificate for NATS');
	const authority = {
		certificate: cluster.text('podwire-ca', 'tls.crt'),
		privateKey: cluster.text('podwire-ca', 'tls.key'),
	};
	const names = { ...purpose, dnsNames: ['localhost', ...purpose.dnsNames] };
	const made = await issueLeaf(names, authority, Date.now(), randomBytes);
	const server = cluster.secret('podwire-nats-server');
	cluster.put(withContent(server, { 'tls.crt': made.certificate, 'tls.key': made.privateKey }));
}

export interface SignIn {
	/** Of one server, or of several. */
	readonly ports: readonly number[];
	readonly user: string;
	readonly password: string;
	/** Path. */
	readonly authority: string;
}

/** As an agent or control plane connects. */
export async function signIn({ ports, user, password, authority }: SignIn): Promise<NatsConnection> {
	const settings = natsSettings(undefined, {
		PODWIRE_NATS_URL: ports.map((port) => `tls://localhost:${port}`).join(','),
		PODWIRE_NATS_USER: user,
		PODWIRE_NATS_PASSWORD: password,
		PODWIRE_NATS_CA: authority,
	});
	return await connectNats({ settings, name: `test ${user}`, clock: systemClock, random: Math.random });
}
