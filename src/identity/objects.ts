/** What identity keeps in the cluster, by name, and what certificates and users are for. */

export const SECRETS = {
	authority: 'podwire-ca',
	controlPlaneTls: 'podwire-control-plane-tls',
	tapKey: 'podwire-tap-key',
	natsServer: 'podwire-nats-server',
	natsAgent: 'podwire-nats-agent',
	natsControlPlane: 'podwire-nats-control-plane',
	natsObserver: 'podwire-nats-observer',
	metrics: 'podwire-metrics',
} as const;

export const API_SERVICE = 'v1alpha1.tap.podwire.dev';

/** Of a Secret that asks for a NATS user of its own, and where it says which namespaces that one may see. */
export const OBSERVER_LABEL = 'podwire.dev/nats-observer';
export const OBSERVER_NAMESPACES_ANNOTATION = 'podwire.dev/namespaces';

/** On the authority's Secret: since when its successor has been in every bundle, RFC 3339. */
export const ANNOUNCED_AT_ANNOTATION = 'podwire.dev/next-announced-at';

/** Keys within the Secrets. */
export const KEYS = {
	certificate: 'tls.crt',
	privateKey: 'tls.key',
	bundle: 'ca.crt',
	nextCertificate: 'next.crt',
	nextPrivateKey: 'next.key',
	tapKey: 'key',
	token: 'token',
	user: 'user',
	password: 'password',
	url: 'url',
	authorization: 'authorization.json',
} as const;

const NATS_PORT = 4222;
/** What most clusters are called. Podwire itself and the API server use the names that end in `.svc`. */
const USUAL_CLUSTER_DOMAIN = 'cluster.local';

export type LeafUsage = 'server' | 'server and client';

export interface LeafPurpose {
	/** Of the Secret that keeps it. */
	readonly secret: string;
	/** DNS names; the first is the common name. */
	readonly dnsNames: readonly string[];
	readonly usage: LeafUsage;
}

export function leafPurposes(namespace: string): readonly LeafPurpose[] {
	return [
		{
			secret: SECRETS.controlPlaneTls,
			dnsNames: serviceNames('podwire-control-plane', namespace),
			usage: 'server',
		},
		{
			secret: SECRETS.natsServer,
			dnsNames: [...serviceNames('podwire-nats', namespace), ...serviceNames('*.podwire-nats-peers', namespace)],
			usage: 'server and client', // a server is the client of the servers that it has routes to
		},
	];
}

export function natsUrl(namespace: string): string {
	return `tls://podwire-nats.${namespace}.svc:${NATS_PORT}`;
}

function serviceNames(service: string, namespace: string): string[] {
	const name = `${service}.${namespace}.svc`;
	return [name, `${name}.${USUAL_CLUSTER_DOMAIN}`];
}
