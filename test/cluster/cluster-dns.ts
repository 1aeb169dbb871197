/** The cluster's DNS server: CoreDNS as Kubernetes' own manifests run it, with the plugins it was built with. */
import { DNS_SERVICE_ADDRESS } from './addresses.ts';
import { COREDNS_IMAGE } from './images.ts';

const COREFILE = `.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        ttl 5
    }
    cache 5
}
`;

const metadata = { name: 'coredns', namespace: 'kube-system' };
const labels = { 'k8s-app': 'kube-dns' };
const ports = [
	{ name: 'dns', port: 53, protocol: 'UDP' },
	{ name: 'dns-tcp', port: 53, protocol: 'TCP' },
];

const clusterRole = {
	apiVersion: 'rbac.authorization.k8s.io/v1',
	kind: 'ClusterRole',
	metadata: { name: 'system:coredns' },
	rules: [
		{ apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
		{ apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
	],
};

const clusterRoleBinding = {
	apiVersion: 'rbac.authorization.k8s.io/v1',
	kind: 'ClusterRoleBinding',
	metadata: { name: 'system:coredns' },
	roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' },
	subjects: [{ kind: 'ServiceAccount', ...metadata }],
};

const container = {
	name: 'coredns',
	image: COREDNS_IMAGE,
	args: ['-conf', '/etc/coredns/Corefile'],
	ports: ports.map(({ name, port, protocol }) => ({ name, containerPort: port, protocol })),
	livenessProbe: { httpGet: { path: '/health', port: 8080 }, failureThreshold: 5 },
	readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
	volumeMounts: [{ name: 'configuration', mountPath: '/etc/coredns' }],
};

const deployment = {
	apiVersion: 'apps/v1',
	kind: 'Deployment',
	metadata: { ...metadata, labels },
	spec: {
		selector: { matchLabels: labels },
		template: {
			metadata: { labels },
			spec: {
				serviceAccountName: 'coredns',
				priorityClassName: 'system-cluster-critical',
				tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }],
				containers: [container],
				volumes: [{ name: 'configuration', configMap: { name: 'coredns' } }],
			},
		},
	},
};

const service = {
	apiVersion: 'v1',
	kind: 'Service',
	metadata: { name: 'kube-dns', namespace: 'kube-system', labels },
	spec: { clusterIP: DNS_SERVICE_ADDRESS, selector: labels, ports },
};

/** A List for `kubectl apply`. */
export function dnsManifests(): object {
	const serviceAccount = { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
	const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: COREFILE } };
	return {
		apiVersion: 'v1',
		kind: 'List',
		items: [serviceAccount, clusterRole, clusterRoleBinding, configMap, deployment, service],
	};
}
