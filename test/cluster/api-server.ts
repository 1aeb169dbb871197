/** kube-apiserver with what a real cluster has: RBAC, aggregation behind a front proxy, tokens of service accounts, an audit log. */
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Credentials, FRONT_PROXY_NAME } from './credentials.ts';
import type { Daemon } from './daemon.ts';
import type { Machine } from './machine.ts';
import { waitUntil } from './wait-until.ts';

const START_LIMIT_MS = 120_000;
const PROBE_TIMEOUT_MS = 2_000;

export interface ApiServerOptions {
	readonly machine: Machine;
	readonly kubernetes: string;
	readonly credentials: Credentials;
	readonly etcdEndpoint: string;
	/** Where it listens. */
	readonly address: string;
	/** Where the cluster is told to reach it: no loopback address. */
	readonly advertisedAddress: string;
	readonly port: number;
	/** Further names and addresses in its certificate. */
	readonly hosts: readonly string[];
	/** As --service-cluster-ip-range takes them. */
	readonly serviceRanges: string;
	/** Flags of this cluster alone. */
	readonly flags: readonly string[];
}

/** Prepares it; the caller starts it. `auditLog`: path of the audit log, a JSON object a line. */
export async function prepareApiServer(options: ApiServerOptions): Promise<{ daemon: Daemon; auditLog: string }> {
	const { machine, kubernetes, credentials, etcdEndpoint, address, advertisedAddress, port, serviceRanges } = options;
	const { authority, frontProxyAuthority, frontProxyClient, tokenKeys } = credentials;
	const server = await authority.issue('kube-apiserver', {
		commonName: 'kube-apiserver',
		hosts: [address, ...options.hosts],
	});
	// system:masters, since the rights of API servers to kubelets are otherwise to be granted by hand.
	const kubeletClient = await authority.issue('kube-apiserver-kubelet-client', {
		commonName: 'kube-apiserver-kubelet-client',
		organizations: ['system:masters'],
	});
	const auditLog = machine.file('audit.log');
	const daemon = machine.daemon('kube-apiserver', [
		join(kubernetes, 'kube-apiserver'),
		`--etcd-servers=${etcdEndpoint}`,
		`--bind-address=${address}`,
		`--advertise-address=${advertisedAddress}`,
		`--secure-port=${port}`,
		`--tls-cert-file=${server.certificate}`,
		`--tls-private-key-file=${server.key}`,
		`--client-ca-file=${authority.certificate}`,
		`--service-cluster-ip-range=${serviceRanges}`,
		'--authorization-mode=Node,RBAC',
		'--service-account-issuer=https://kubernetes.default.svc.cluster.local',
		`--service-account-key-file=${tokenKeys.publicKey}`,
		`--service-account-signing-key-file=${tokenKeys.privateKey}`,
		`--requestheader-client-ca-file=${frontProxyAuthority.certificate}`,
		`--requestheader-allowed-names=${FRONT_PROXY_NAME}`,
		'--requestheader-username-headers=X-Remote-User',
		'--requestheader-group-headers=X-Remote-Group',
		'--requestheader-extra-headers-prefix=X-Remote-Extra-',
		`--proxy-client-cert-file=${frontProxyClient.certificate}`,
		`--proxy-client-key-file=${frontProxyClient.key}`,
		`--kubelet-client-certificate=${kubeletClient.certificate}`,
		`--kubelet-client-key=${kubeletClient.key}`,
		'--kubelet-preferred-address-types=InternalIP',
		`--audit-policy-file=${writeAuditPolicy(machine)}`,
		`--audit-log-path=${auditLog}`,
		'--allow-privileged=true',
		...options.flags,
	]);
	return { daemon, auditLog };
}

/** Resolves when the API server says that it is ready; rejects when it has ended. */
export async function waitForApiServer(daemon: Daemon, server: string, credentials: Credentials): Promise<void> {
	const ca = readFileSync(credentials.authority.certificate);
	await waitUntil('the API server', START_LIMIT_MS, async () => {
		daemon.assertRunning();
		return (await readyz(server, ca)) === 200 || undefined;
	});
}

function readyz(server: string, ca: Buffer): Promise<number> {
	return new Promise((resolve, reject) => {
		const sent = request(`${server}/readyz`, { ca, timeout: PROBE_TIMEOUT_MS, agent: false }, (response) => {
			response.resume();
			resolve(response.statusCode ?? 0);
		});
		sent.once('timeout', () => sent.destroy(new Error('no answer')));
		sent.once('error', reject);
		sent.end();
	});
}

/** Who taps what is written down; nothing else is. */
function writeAuditPolicy(machine: Machine): string {
	const path = machine.file('audit-policy.yaml');
	const policy = {
		apiVersion: 'audit.k8s.io/v1',
		kind: 'Policy',
		rules: [{ level: 'Metadata', resources: [{ group: 'tap.podwire.dev' }] }, { level: 'None' }],
	};
	writeFileSync(path, stringify(policy));
	return path;
}
