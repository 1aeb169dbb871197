/** What the API has, as clients and the API server's aggregation layer ask for it. */
import { NAMESPACE_KIND, RESOURCE_KINDS, type ResourceKind } from '../../messaging/resource-kinds.ts';
import { API_GROUP, TAP_RIGHTS } from '../access/tap-rights.ts';

export const API_VERSION = 'v1alpha1';
const GROUP_VERSION = `${API_GROUP}/${API_VERSION}`;
export const GROUP_PATH: string = `/apis/${API_GROUP}`;
export const VERSION_PATH: string = `${GROUP_PATH}/${API_VERSION}`;

/** https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#APIResource */
interface ApiResource {
	readonly name: string;
	readonly singularName: string;
	readonly namespaced: boolean;
	readonly kind: string;
	readonly verbs: readonly string[];
}

export const TARGET_KINDS: readonly ResourceKind[] = RESOURCE_KINDS.filter(({ standalone }) => !standalone);

/** The answer to a GET of `path`; null where there is none. */
export function discoveryAt(path: string): object | null {
	switch (path.replace(/\/$/, '')) {
		case '/apis':
			return { kind: 'APIGroupList', apiVersion: 'v1', groups: [group()] };
		case GROUP_PATH:
			return { kind: 'APIGroup', apiVersion: 'v1', ...group() };
		case VERSION_PATH:
			return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: GROUP_VERSION, resources: resources() };
		default:
			return null;
	}
}

function group(): object {
	const version = { groupVersion: GROUP_VERSION, version: API_VERSION };
	return { name: API_GROUP, versions: [version], preferredVersion: version };
}

/**
 * Parents stand beside their subresources so that `kubectl auth can-i watch deployments.tap.podwire.dev/tap` knows them.
 * They have no short names, categories or verbs that anything would list or delete by, and kinds of their own: nothing
 * that a user names without the group may lead here instead of to the cluster's own.
 */
function resources(): readonly ApiResource[] {
	const ofKinds = TARGET_KINDS.flatMap((kind): ApiResource[] => {
		const common = { singularName: '', namespaced: kind !== NAMESPACE_KIND, verbs: ['watch'] };
		const parent = { ...common, name: kind.plural, kind: `${kindName(kind)}Tap` };
		const parts = TAP_RIGHTS.map(({ subresource }) => ({
			...common,
			name: `${kind.plural}/${subresource}`,
			kind: 'Exchange',
		}));
		return [parent, ...parts];
	});
	return [...ofKinds, { name: 'taps', singularName: 'tap', namespaced: true, kind: 'Tap', verbs: ['delete'] }];
}

/** As Kubernetes spells it: `ReplicaSet`. */
function kindName({ singular }: ResourceKind): string {
	return KIND_NAMES[singular] ?? `${singular.charAt(0).toUpperCase()}${singular.slice(1)}`;
}

const KIND_NAMES: Readonly<Record<string, string>> = {
	replicaset: 'ReplicaSet',
	statefulset: 'StatefulSet',
	daemonset: 'DaemonSet',
	cronjob: 'CronJob',
	replicationcontroller: 'ReplicationController',
};
