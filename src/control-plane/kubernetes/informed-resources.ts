/** What the inventory lists and watches. The control plane's ClusterRole grants `list` and `watch` on exactly these. */

export interface InformedResource {
	readonly plural: string;
	/** From the root of the API server; lists every namespace. */
	readonly path: string;
	/** Name, labels and owners are enough: the rest is not sent (PartialObjectMetadata). */
	readonly metadataOnly: boolean;
	/** A cluster may lack it, and may keep it from the control plane. */
	readonly optional: boolean;
}

const required = (group: string, plural: string, metadataOnly: boolean): InformedResource => ({
	plural,
	path: `${group === '' ? '/api/v1' : `/apis/${group}`}/${plural}`,
	metadataOnly,
	optional: false,
});

export const NAMESPACES: InformedResource = required('', 'namespaces', true);
export const NODES: InformedResource = required('', 'nodes', false);
export const PODS: InformedResource = required('', 'pods', false);
export const SERVICES: InformedResource = required('', 'services', false);
export const ENDPOINT_SLICES: InformedResource = required('discovery.k8s.io/v1', 'endpointslices', false);
export const SERVICE_CIDRS: InformedResource = {
	...required('networking.k8s.io/v1', 'servicecidrs', false),
	optional: true,
};
/** By their plural, which is that of a ResourceKind. */
export const WORKLOADS: readonly InformedResource[] = [
	required('apps/v1', 'deployments', true),
	required('apps/v1', 'replicasets', true),
	required('apps/v1', 'statefulsets', true),
	required('apps/v1', 'daemonsets', true),
	required('batch/v1', 'jobs', true),
	required('batch/v1', 'cronjobs', true),
	required('', 'replicationcontrollers', true),
];
