/** What each role may publish and subscribe to, in the words of nats-server's `permissions`. */
export interface RolePermissions {
	readonly publish: { readonly allow: readonly string[] } | { readonly deny: readonly string[] };
	readonly subscribe: { readonly allow: readonly string[] };
}

const inbox = '_INBOX.>';

export const natsPermissions = {
	agent: {
		publish: { allow: ['podwire.v1.nodes.*.status', 'podwire.v1.pods.>'] },
		subscribe: { allow: ['podwire.v1.nodes.*.assignments.*', inbox] },
	},
	controlPlane: {
		publish: { allow: ['podwire.v1.nodes.*.assignments.*', 'podwire.v1.taps.>'] },
		subscribe: { allow: ['podwire.v1.nodes.*.status', 'podwire.v1.pods.>', inbox] },
	},
	/** Other tools: they read what taps publish. */
	observer: {
		publish: { deny: ['>'] },
		subscribe: { allow: ['podwire.v1.pods.>', 'podwire.v1.taps.>', inbox] },
	},
} satisfies Record<string, RolePermissions>;
