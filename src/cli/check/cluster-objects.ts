/** The parts of Kubernetes' objects that requirements are judged by. https://kubernetes.io/docs/reference/kubernetes-api/ */

export interface Condition {
	readonly type?: string;
	readonly status?: string;
	readonly reason?: string;
	readonly message?: string;
}

/** apiregistration.k8s.io/v1 */
export interface ApiServiceObject {
	/** `caBundle`: PEM in base64. */
	readonly spec?: { readonly caBundle?: string; readonly insecureSkipTLSVerify?: boolean };
	readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface SecretObject {
	/** Base64 by key. */
	readonly data?: Readonly<Record<string, string>>;
}

/** A Deployment, StatefulSet or DaemonSet of apps/v1. */
export interface WorkloadObject {
	readonly spec?: { readonly replicas?: number; readonly template?: { readonly spec?: PodSpec } };
	readonly status?: {
		readonly readyReplicas?: number;
		readonly desiredNumberScheduled?: number;
		readonly numberReady?: number;
	};
}

export interface PodSpec {
	readonly nodeName?: string;
	readonly nodeSelector?: Readonly<Record<string, string>>;
	readonly tolerations?: readonly Toleration[];
	readonly containers?: readonly { readonly image?: string }[];
}

export interface PodObject {
	readonly metadata?: { readonly name?: string };
	readonly spec?: PodSpec;
	readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface NodeObject {
	readonly metadata?: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> };
	readonly spec?: { readonly taints?: readonly Taint[] };
	readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface Taint {
	readonly key?: string;
	readonly value?: string;
	readonly effect?: string;
}

export interface Toleration extends Taint {
	/** `Exists` or `Equal`, which is the default. */
	readonly operator?: string;
}

export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
	return conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
export function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
	return tolerations.some(
		({ key, operator, value, effect }) =>
			(!effect || effect === taint.effect) &&
			(operator === 'Exists' ? !key || key === taint.key : key === taint.key && (value ?? '') === (taint.value ?? '')),
	);
}
