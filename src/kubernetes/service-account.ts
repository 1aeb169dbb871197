/** The cluster of the pod that this process runs in, as its service account reaches it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Kubeconfig, NO_USER } from './kubeconfig.ts';

/** https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
export const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Null outside a pod, and in one without a token. */
export function serviceAccountConfig(
	{ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port }: Readonly<Record<string, string | undefined>>,
	directory: string = SERVICE_ACCOUNT_DIRECTORY,
): Kubeconfig | null {
	const tokenFile = join(directory, 'token');
	if (!host || !port || !existsSync(tokenFile)) return null;
	const ca = join(directory, 'ca.crt');
	const cluster = {
		server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
		certificateAuthority: existsSync(ca) ? { file: ca } : null,
		skipTlsVerify: false,
		tlsServerName: null,
		proxyUrl: null,
	};
	const namespaceFile = join(directory, 'namespace');
	const namespace = existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() : null;
	return {
		files: [],
		currentContext: 'in-cluster',
		contexts: new Map([['in-cluster', { cluster: 'in-cluster', user: 'service account', namespace }]]),
		clusters: new Map([['in-cluster', cluster]]),
		users: new Map([['service account', { ...NO_USER, tokenFile }]]),
	};
}
