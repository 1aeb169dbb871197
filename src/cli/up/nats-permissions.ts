import { ALL_ASSIGNMENTS, ALL_POD_TAPS, ALL_PUBLISHED_TAPS, STATUS_OF_ALL_NODES } from '../../messaging/subjects.ts';

/** What each role may publish and subscribe to, in the words of nats-server's `permissions`. */
export interface RolePermissions {
	readonly publish: { readonly allow: readonly string[] } | { readonly deny: readonly string[] };
	readonly subscribe: { readonly allow: readonly string[] };
}

const inbox = '_INBOX.>';

export const natsPermissions = {
	agent: {
		publish: { allow: [STATUS_OF_ALL_NODES, ALL_POD_TAPS] },
		subscribe: { allow: [ALL_ASSIGNMENTS, inbox] },
	},
	controlPlane: {
		publish: { allow: [ALL_ASSIGNMENTS, ALL_PUBLISHED_TAPS] },
		subscribe: { allow: [STATUS_OF_ALL_NODES, ALL_POD_TAPS, inbox] },
	},
	/** Other tools: they read what taps publish. */
	observer: {
		publish: { deny: ['>'] },
		subscribe: { allow: [ALL_POD_TAPS, ALL_PUBLISHED_TAPS, inbox] },
	},
} satisfies Record<string, RolePermissions>;
