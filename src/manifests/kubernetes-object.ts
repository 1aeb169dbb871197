/** An object of the Kubernetes API as a manifest has it. */
export interface KubernetesObject {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: {
		readonly name: string;
		/** Absent: it is in no namespace. */
		readonly namespace?: string;
		readonly labels?: Readonly<Record<string, string>>;
	};
	readonly [field: string]: unknown;
}

export function isKubernetesObject(value: unknown): value is KubernetesObject {
	const { apiVersion, kind, metadata } = (value ?? {}) as Partial<KubernetesObject>;
	return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string';
}
