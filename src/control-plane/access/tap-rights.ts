/** The rights that a tap needs, in the terms of RBAC. */
import { NAMESPACE_KIND, type ResourceKind } from '../../messaging/resource-kinds.ts';
import type { TapQuery } from '../../messaging/tap-query.ts';
import type { Target } from '../../messaging/target.ts';
import type { ResourceAttributes } from './subject-access.ts';

export const API_GROUP = 'tap.podwire.dev';

/** A subresource of every kind of target; verb `watch`. */
export interface TapRight {
	readonly subresource: 'tap' | 'bodies' | 'unredacted';
	/** The ClusterRole of the installation that grants it. */
	readonly role: string;
}

export const TAP_RIGHTS: readonly TapRight[] = [
	{ subresource: 'tap', role: 'podwire-viewer' },
	{ subresource: 'bodies', role: 'podwire-bodies' },
	{ subresource: 'unredacted', role: 'podwire-unredacted' },
];

/**
 * Headers without credentials need `tap`, more needs more. Publishing needs nothing beyond: whoever may read published
 * streams on NATS may read what taps publish at every pod already.
 */
export function rightsOf({ filters }: TapQuery): readonly TapRight[] {
	return TAP_RIGHTS.filter(
		({ subresource }) =>
			subresource === 'tap' ||
			(subresource === 'bodies' && (filters.bodyBytes ?? 0) > 0) ||
			(subresource === 'unredacted' && filters.unredacted === true),
	);
}

/** `namespace`: where the target names none; null: every one. */
export function targetAttributes(
	{ kind, namespace, name }: Target,
	defaultNamespace: string | null,
	{ subresource }: TapRight,
): ResourceAttributes {
	// As in Kubernetes, a namespace is in itself: so that a Role in it can grant it.
	const where = kind === NAMESPACE_KIND ? name : (namespace ?? defaultNamespace);
	return tapAttributes(kind.plural, subresource, where ?? '', name ?? '');
}

/** Of one pod, or with '' of all pods of a namespace. */
export function podAttributes(namespace: string, name: string, { subresource }: TapRight): ResourceAttributes {
	return tapAttributes('pods', subresource, namespace, name);
}

/** What names of pods and services in a namespace are told for. */
export function nameAttributes(namespace: string): ResourceAttributes {
	return { verb: 'get', group: '', resource: 'pods', subresource: '', namespace, name: '' };
}

/** What `GET status` is to the API server. */
export const STATUS_ATTRIBUTES: ResourceAttributes = {
	verb: 'list',
	group: API_GROUP,
	resource: 'status',
	subresource: '',
	namespace: '',
	name: '',
};

/** `watch pods.tap.podwire.dev/bodies of "frontend" in namespace shop`, for a sentence. */
export function attributesText({ verb, group, resource, subresource, namespace, name }: ResourceAttributes): string {
	const what = `${resource}${group === '' ? '' : `.${group}`}${subresource === '' ? '' : `/${subresource}`}`;
	const where = namespace === '' ? 'in all namespaces' : `in namespace ${namespace}`;
	return `${verb} ${what}${name === '' ? '' : ` of "${name}"`} ${where}`;
}

function tapAttributes(
	resource: ResourceKind['plural'],
	subresource: string,
	namespace: string,
	name: string,
): ResourceAttributes {
	return { verb: 'watch', group: API_GROUP, resource, subresource, namespace, name };
}
