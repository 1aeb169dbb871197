import {
	ALL_ASSIGNMENTS,
	ALL_POD_TAPS,
	ALL_PUBLISHED_TAPS,
	END_OF_TAPS,
	podTapsOfNamespace,
	STATUS_OF_ALL_NODES,
	STATUS_OF_CONTROLLERS,
} from './subjects.ts';

/** What each role may publish and subscribe to, in the words of nats-server's `permissions`. */
export interface RolePermissions {
	readonly publish: { readonly allow: readonly string[] } | { readonly deny: readonly string[] };
	readonly subscribe: { readonly allow: readonly string[] };
	/** May publish to the reply subject of a request that it got: one answer, within two minutes. */
	readonly allow_responses?: true;
}

/** Where the client awaits answers. Only who may publish requests needs it, and nobody else is to read answers. */
const INBOX = '_INBOX.>';

const NOTHING_TO_PUBLISH = { deny: ['>'] } as const;

export const natsPermissions = {
	agent: {
		publish: { allow: [STATUS_OF_ALL_NODES, ALL_POD_TAPS] },
		subscribe: { allow: [ALL_ASSIGNMENTS] },
	},
	controlPlane: {
		publish: { allow: [ALL_ASSIGNMENTS, ALL_PUBLISHED_TAPS, END_OF_TAPS, STATUS_OF_CONTROLLERS] },
		subscribe: { allow: [STATUS_OF_ALL_NODES, ALL_POD_TAPS, END_OF_TAPS, STATUS_OF_CONTROLLERS, INBOX] },
		allow_responses: true,
	},
	/** Other tools: they read what taps publish. */
	observer: {
		publish: NOTHING_TO_PUBLISH,
		subscribe: { allow: [ALL_POD_TAPS, ALL_PUBLISHED_TAPS] },
	},
} satisfies Record<string, RolePermissions>;

/**
 * An observer of some namespaces alone. Published taps are not among it, since their streams may span namespaces.
 * Of no namespace: nothing at all.
 */
export function fencedObserver(namespaces: readonly string[]): RolePermissions {
	return { publish: NOTHING_TO_PUBLISH, subscribe: { allow: namespaces.map(podTapsOfNamespace) } };
}
