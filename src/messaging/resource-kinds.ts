/** The kinds of things that can be tapped, and every way kubectl lets a user spell them. */
import { editDistances } from './edit-distances.ts';

export interface ResourceKind {
	/** Singular, lower case: `deployment`. */
	readonly singular: string;
	/** As it stands in a path of the API: `deployments`. */
	readonly plural: string;
	/** As it stands before a name: `deploy` in `deploy/frontend`. */
	readonly short: string;
	/** The API group, '' for the core group and for kinds that Kubernetes does not have. */
	readonly group: string;
	/** Lives in a namespace. */
	readonly namespaced: boolean;
	/** Exists without Kubernetes: a network namespace, an interface or a process of one machine. */
	readonly standalone: boolean;
}

const kubernetes = (singular: string, plural: string, short: string, group: string): ResourceKind => ({
	singular,
	plural,
	short,
	group,
	namespaced: true,
	standalone: false,
});

const standalone = (singular: string, plural: string, short: string): ResourceKind => ({
	singular,
	plural,
	short,
	group: '',
	namespaced: false,
	standalone: true,
});

export const POD_KIND = kubernetes('pod', 'pods', 'pod', '');
export const SERVICE_KIND = kubernetes('service', 'services', 'svc', '');
export const NAMESPACE_KIND: ResourceKind = {
	...kubernetes('namespace', 'namespaces', 'ns', ''),
	namespaced: false,
};
export const NETWORK_NAMESPACE_KIND = standalone('netns', 'netns', 'netns');
export const INTERFACE_KIND = standalone('interface', 'interfaces', 'if');
export const PROCESS_KIND = standalone('process', 'processes', 'pid');

export const RESOURCE_KINDS: readonly ResourceKind[] = [
	POD_KIND,
	kubernetes('deployment', 'deployments', 'deploy', 'apps'),
	kubernetes('replicaset', 'replicasets', 'rs', 'apps'),
	kubernetes('statefulset', 'statefulsets', 'sts', 'apps'),
	kubernetes('daemonset', 'daemonsets', 'ds', 'apps'),
	kubernetes('job', 'jobs', 'job', 'batch'),
	kubernetes('cronjob', 'cronjobs', 'cj', 'batch'),
	kubernetes('replicationcontroller', 'replicationcontrollers', 'rc', ''),
	SERVICE_KIND,
	NAMESPACE_KIND,
	NETWORK_NAMESPACE_KIND,
	INTERFACE_KIND,
	PROCESS_KIND,
];

/** Spellings beyond singular, plural and short. */
const EXTRA_SPELLINGS: ReadonlyArray<readonly [string, ResourceKind]> = [['po', POD_KIND]];

const bySpelling = new Map<string, ResourceKind>(EXTRA_SPELLINGS);
for (const kind of RESOURCE_KINDS) {
	for (const spelling of [kind.singular, kind.plural, kind.short]) bySpelling.set(spelling, kind);
}

/** The kind that `word` spells, in any case, with or without its group (`deployments.apps`); null when there is none. */
export function findResourceKind(word: string): ResourceKind | null {
	const [spelling = '', ...suffix] = word.toLowerCase().split('.');
	const kind = bySpelling.get(spelling);
	if (kind === undefined) return null;
	if (suffix.length === 0) return kind;
	const group = suffix.join('.');
	return kind.group !== '' && (group === kind.group || group === `v1.${kind.group}`) ? kind : null;
}

/** The known spelling nearest to `word`, for "did you mean"; null when none is near. */
export function nearestResourceKind(word: string): string | null {
	return nearestOf(word.toLowerCase(), [...bySpelling.keys()]);
}

/** Of `candidates` the one that a slip of the fingers could have made `word` of; null when none is that near. */
export function nearestOf(word: string, candidates: readonly string[]): string | null {
	if (word === '' || candidates.length === 0) return null;
	const { closest, distance } = editDistances();
	const nearest = closest(word, [...candidates]);
	const allowed = Math.max(1, Math.floor(Math.max(word.length, nearest.length) / 3));
	return distance(word, nearest) <= allowed ? nearest : null;
}
