/** Objects as the API has them, with as much in them as a test needs. */
import type { StoredObject } from './object-server.ts';

export const PODS = '/api/v1/pods';
export const SERVICES = '/api/v1/services';
export const NAMESPACES = '/api/v1/namespaces';
export const NODES = '/api/v1/nodes';
export const SLICES = '/apis/discovery.k8s.io/v1/endpointslices';
export const CIDRS = '/apis/networking.k8s.io/v1/servicecidrs';
export const DEPLOYMENTS = '/apis/apps/v1/deployments';
export const REPLICA_SETS = '/apis/apps/v1/replicasets';
export const STATEFUL_SETS = '/apis/apps/v1/statefulsets';
export const DAEMON_SETS = '/apis/apps/v1/daemonsets';
export const JOBS = '/apis/batch/v1/jobs';
export const CRON_JOBS = '/apis/batch/v1/cronjobs';

const GROUPS: Readonly<Record<string, string>> = {
	Deployment: 'apps/v1',
	ReplicaSet: 'apps/v1',
	StatefulSet: 'apps/v1',
	DaemonSet: 'apps/v1',
	Job: 'batch/v1',
	CronJob: 'batch/v1',
	ReplicationController: 'v1',
	Node: 'v1',
};

export interface PodParts {
	readonly namespace?: string;
	readonly node?: string;
	readonly ips?: readonly string[];
	readonly labels?: Readonly<Record<string, string>>;
	/** `ReplicaSet/frontend-7d4`. */
	readonly owner?: string;
	readonly phase?: string;
	readonly uid?: string;
	readonly annotations?: Readonly<Record<string, string>>;
	readonly spec?: object;
}

export function pod(name: string, parts: PodParts = {}): StoredObject {
	const { namespace = 'shop', node = 'node1', ips = [], labels, owner, phase = 'Running', annotations } = parts;
	return {
		metadata: {
			name,
			namespace,
			uid: parts.uid ?? `uid-of-${name}`,
			...(labels === undefined ? {} : { labels }),
			...(annotations === undefined ? {} : { annotations }),
			...ownedBy(owner),
		},
		spec: { ...(node === '' ? {} : { nodeName: node }), containers: [{ name: 'main' }], ...parts.spec },
		status: { phase, ...(ips.length === 0 ? {} : { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) }) },
	};
}

export function named(name: string, namespace?: string, owner?: string): StoredObject {
	return {
		metadata: { name, uid: `uid-of-${name}`, ...(namespace === undefined ? {} : { namespace }), ...ownedBy(owner) },
	};
}

export function service(name: string, spec: object, status: object = {}, namespace = 'shop'): StoredObject {
	return { metadata: { name, namespace }, spec, status };
}

/** `pod/NAME` for a pod, anything else is an address. */
export function slice(serviceName: string, endpoints: readonly string[], namespace = 'shop'): StoredObject {
	return {
		metadata: { name: `${serviceName}-abcde`, namespace, labels: { 'kubernetes.io/service-name': serviceName } },
		addressType: 'IPv4',
		endpoints: endpoints.map((text) =>
			text.startsWith('pod/')
				? {
						addresses: ['198.18.99.99'],
						conditions: { ready: false },
						targetRef: { kind: 'Pod', namespace, name: text.slice(4) },
					}
				: { addresses: [text] },
		),
	};
}

function ownedBy(owner: string | undefined): object {
	if (owner === undefined) return {};
	const [kind = '', name = ''] = owner.split('/');
	return {
		ownerReferences: [
			{ apiVersion: 'v1', kind: 'Reader', name: 'no-controller' },
			{ apiVersion: GROUPS[kind] ?? 'example.com/v1', kind, name, uid: `uid-of-${name}`, controller: true },
		],
	};
}
