/** What the scenarios tap: one of every kind of target, all running peer.mjs. */
import { readFileSync } from 'node:fs';

export const SHOP = 'shop';
/** A namespace whose pods only some may see. */
export const BACK_OFFICE = 'back-office';

export interface KubernetesObject {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
	readonly [field: string]: unknown;
}

interface PeerOptions {
	/** Whom it asks; '': nobody. */
	readonly target?: string;
	readonly perSecond?: number;
	readonly node?: string;
	readonly hostNetwork?: boolean;
	readonly port?: number;
	/** Of the pod; default: as its kind wants it. */
	readonly restartPolicy?: 'Always' | 'Never';
}

/** `image` holds /usr/bin/node. */
export function shopObjects(image: string): KubernetesObject[] {
	const program = readFileSync(new URL('peer.mjs', import.meta.url), 'utf8');
	const backend = 'http://backend.shop.svc';
	const pod = (app: string, options: PeerOptions = {}) => podTemplate(image, app, options);
	return [
		namespace(SHOP),
		namespace(BACK_OFFICE),
		...[SHOP, BACK_OFFICE].map((where) => object('v1', 'ConfigMap', 'peer', where, { data: { 'peer.mjs': program } })),
		service('backend', { ports: [port(80)] }),
		service('backend-headless', { clusterIP: 'None', ports: [port(8080)] }, 'backend'),
		service('backend-nodeport', { type: 'NodePort', ports: [{ ...port(80), nodePort: 30080 }] }, 'backend'),
		service(
			'backend-ipv6',
			{ ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv6', 'IPv4'], ports: [port(80)] },
			'backend',
		),
		object('v1', 'Service', 'elsewhere', SHOP, { spec: { type: 'ExternalName', externalName: 'api.example.com' } }),
		workload('apps/v1', 'Deployment', 'backend', SHOP, { replicas: 2, template: pod('backend') }),
		workload('apps/v1', 'Deployment', 'frontend', SHOP, {
			replicas: 2,
			template: pod('frontend', { target: backend, perSecond: 20 }),
		}),
		workload('apps/v1', 'StatefulSet', 'stateful', SHOP, {
			replicas: 1,
			serviceName: 'backend-headless',
			template: pod('stateful', { target: backend }),
		}),
		workload('apps/v1', 'DaemonSet', 'everywhere', SHOP, { template: pod('everywhere', { target: backend }) }),
		workload('v1', 'ReplicationController', 'old', SHOP, { replicas: 1, template: pod('old', { target: backend }) }),
		object('batch/v1', 'Job', 'once', SHOP, {
			spec: { template: pod('once', { target: backend, restartPolicy: 'Never' }) },
		}),
		object('batch/v1', 'CronJob', 'nightly', SHOP, {
			spec: {
				schedule: '* * * * *',
				concurrencyPolicy: 'Forbid',
				jobTemplate: { spec: { template: pod('nightly', { target: backend, restartPolicy: 'Never' }) } },
			},
		}),
		object('v1', 'Pod', 'solo', SHOP, pod('solo', { target: backend, restartPolicy: 'Always' })),
		object('v1', 'Pod', 'on-host', SHOP, pod('on-host', { target: backend, hostNetwork: true, port: 18080 })),
		workload('apps/v1', 'Deployment', 'ledger', BACK_OFFICE, {
			replicas: 1,
			template: pod('ledger', { target: backend }),
		}),
	];
}

function namespace(name: string): KubernetesObject {
	return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function object(apiVersion: string, kind: string, name: string, where: string, rest: object): KubernetesObject {
	const { metadata, ...fields } = rest as { metadata?: object };
	return { apiVersion, kind, metadata: { ...metadata, name, namespace: where }, ...fields };
}

function workload(apiVersion: string, kind: string, name: string, where: string, spec: object): KubernetesObject {
	const labels = { app: name };
	const selector = kind === 'ReplicationController' ? labels : { matchLabels: labels };
	return object(apiVersion, kind, name, where, { spec: { selector, ...spec } });
}

function service(name: string, spec: object, app = name): KubernetesObject {
	return object('v1', 'Service', name, SHOP, { spec: { selector: { app }, ...spec } });
}

function port(number: number): object {
	return { name: 'http', port: number, targetPort: 8080 };
}

function podTemplate(image: string, app: string, options: PeerOptions): object {
	const { target = '', perSecond = 10, hostNetwork = false, port: listened = 8080, restartPolicy } = options;
	const variables = { PORT: listened, TARGET: target, PER_SECOND: perSecond };
	return {
		metadata: { labels: { app } },
		spec: {
			hostNetwork,
			dnsPolicy: hostNetwork ? 'ClusterFirstWithHostNet' : 'ClusterFirst',
			terminationGracePeriodSeconds: 1,
			automountServiceAccountToken: false,
			...(restartPolicy === undefined ? {} : { restartPolicy }),
			// A pod of each on each node, where there are two.
			topologySpreadConstraints: [
				{
					maxSkew: 1,
					topologyKey: 'kubernetes.io/hostname',
					whenUnsatisfiable: 'ScheduleAnyway',
					labelSelector: { matchLabels: { app } },
				},
			],
			volumes: [{ name: 'peer', configMap: { name: 'peer' } }],
			containers: [
				{
					name: 'peer',
					image,
					command: ['/usr/bin/node', '/peer/peer.mjs'],
					env: Object.entries(variables).map(([name, value]) => ({ name, value: String(value) })),
					volumeMounts: [{ name: 'peer', mountPath: '/peer' }],
				},
			],
		},
	};
}
