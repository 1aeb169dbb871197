/** Network namespaces, interfaces and processes of a machine, as the pods that a tap is made of. */
import {
	INTERFACE_KIND,
	NETWORK_NAMESPACE_KIND,
	PROCESS_KIND,
	type ResourceKind,
} from '../messaging/resource-kinds.ts';
import type { InventoryPod } from './inventory.ts';

/** The namespace of every pod that is none but in Podwire's eyes. */
export const STANDALONE_NAMESPACE = 'local';

const PREFIXED = /^(netns|if|pid)-/;

/**
 * `netns/NAME` is the pod NAME, `if/NAME` is if-NAME and `pid/N` is pid-N, all in STANDALONE_NAMESPACE: different
 * targets have different names.
 */
export function standalonePod(kind: ResourceKind, name: string): InventoryPod {
	const { podName, networkNamespace } = standaloneSource(kind, name);
	return {
		namespace: STANDALONE_NAMESPACE,
		name: podName,
		node: '',
		labels: {},
		workload: '',
		addresses: [],
		networkNamespace,
		untappable: '',
	};
}

function standaloneSource(
	kind: ResourceKind,
	name: string,
): { podName: string; networkNamespace: InventoryPod['networkNamespace'] } {
	switch (kind) {
		case NETWORK_NAMESPACE_KIND:
			return { podName: PREFIXED.test(name) ? `netns-${name}` : name, networkNamespace: { name } };
		case INTERFACE_KIND:
			return { podName: `if-${name}`, networkNamespace: { interface: name } };
		case PROCESS_KIND:
			return { podName: `pid-${name}`, networkNamespace: { pid: Number(name) } };
		default:
			throw new TypeError(`${kind.plural} are not of a machine`);
	}
}

/** Equal for those that lead to the same interfaces by the same words. */
export function networkNamespaceText(source: InventoryPod['networkNamespace']): string {
	if (source.name) return `path:/run/netns/${source.name}`;
	if (source.path) return `path:${source.path.replace(/^\/var\/run\//, '/run/')}`;
	if (source.pid) return `pid:${source.pid}`;
	return source.interface ? `interface:${source.interface}` : `pod:${source.podUid ?? ''}`;
}
