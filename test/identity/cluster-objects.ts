/** What the manifests bring before identity is made: the namespace, the APIService and the rights. */

const RULES = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'create', 'update'] }];
const CLUSTER_RULES = [
	{
		apiGroups: ['apiregistration.k8s.io'],
		resources: ['apiservices'],
		resourceNames: ['v1alpha1.tap.podwire.dev'],
		verbs: ['get', 'patch'],
	},
];

const rbac = 'rbac.authorization.k8s.io';
const metadata = { name: 'podwire-identity' };
const namespaced = { ...metadata, namespace: 'podwire' };

export const API_SERVICE_MANIFEST = {
	apiVersion: 'apiregistration.k8s.io/v1',
	kind: 'APIService',
	metadata: { name: 'v1alpha1.tap.podwire.dev' },
	spec: {
		group: 'tap.podwire.dev',
		version: 'v1alpha1',
		groupPriorityMinimum: 1000,
		versionPriority: 15,
		service: { namespace: 'podwire', name: 'podwire-control-plane', port: 443 },
	},
};

/** The rights of `user`, and nothing beyond. */
export function identityManifests(user: string): object {
	const subjects = [{ apiGroup: rbac, kind: 'User', name: user }];
	const roleRef = (kind: string) => ({ apiGroup: rbac, kind, name: metadata.name });
	const items = [
		{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'podwire' } },
		{ apiVersion: `${rbac}/v1`, kind: 'Role', metadata: namespaced, rules: RULES },
		{ apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata: namespaced, subjects, roleRef: roleRef('Role') },
		{ apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata, rules: CLUSTER_RULES },
		{ apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata, subjects, roleRef: roleRef('ClusterRole') },
		API_SERVICE_MANIFEST,
	];
	return { apiVersion: 'v1', kind: 'List', items };
}
