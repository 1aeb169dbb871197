/** What a manifest says of pods. */
import type { KubernetesObject } from '../../src/manifests/kubernetes-object.ts';

export interface EnvironmentVariable {
	readonly name: string;
	readonly value?: string;
	readonly valueFrom?: {
		readonly fieldRef?: { readonly fieldPath: string };
		readonly secretKeyRef?: { readonly name: string; readonly key: string };
	};
}

export interface Container {
	readonly name: string;
	readonly image: string;
	readonly args: readonly string[];
	readonly env?: readonly EnvironmentVariable[];
	readonly securityContext?: {
		readonly privileged?: boolean;
		readonly allowPrivilegeEscalation?: boolean;
		readonly readOnlyRootFilesystem?: boolean;
		readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
		readonly seccompProfile?: { readonly type: string };
		readonly runAsUser?: number;
	};
	readonly resources?: Record<'requests' | 'limits', Record<string, string> | undefined>;
	readonly startupProbe?: Probe;
	readonly livenessProbe?: Probe;
	readonly readinessProbe?: Probe;
	readonly ports?: readonly { readonly name: string; readonly containerPort: number; readonly hostIP?: string }[];
	readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

interface Probe {
	readonly httpGet?: { readonly host?: string; readonly path: string; readonly port: string; readonly scheme?: string };
}

export interface PodSpec {
	readonly serviceAccountName: string;
	readonly automountServiceAccountToken?: boolean;
	readonly enableServiceLinks?: boolean;
	readonly hostPID?: boolean;
	readonly hostNetwork?: boolean;
	readonly hostIPC?: boolean;
	readonly dnsPolicy?: string;
	readonly priorityClassName?: string;
	readonly nodeSelector?: Record<string, string>;
	readonly tolerations?: readonly Record<string, string>[];
	readonly topologySpreadConstraints?: readonly { readonly topologyKey: string; readonly whenUnsatisfiable: string }[];
	readonly securityContext?: {
		readonly runAsNonRoot?: boolean;
		readonly runAsUser?: number;
		readonly seccompProfile?: { readonly type: string };
	};
	readonly containers: readonly Container[];
	readonly volumes?: readonly { readonly name: string; readonly [source: string]: unknown }[];
}

export interface Workload {
	readonly object: KubernetesObject;
	/** The kind and name, for messages. */
	readonly title: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly spec: PodSpec;
	readonly container: Container;
}

/** Every object that makes pods; each has one container. */
export function workloadsOf(objects: readonly KubernetesObject[]): Workload[] {
	return objects.flatMap((object) => {
		const { template } = (object.spec ?? {}) as {
			template?: { metadata: { labels: Record<string, string> }; spec: PodSpec };
		};
		if (template === undefined) return [];
		const [container, ...others] = template.spec.containers;
		const title = `${object.kind} ${object.metadata.name}`;
		if (container === undefined || others.length > 0) throw new Error(`${title} has not one container`);
		return [{ object, title, labels: template.metadata.labels, spec: template.spec, container }];
	});
}
