/** A service and its endpoint slices, cut down to what leads where. */
import { parseIp } from '../../messaging/network-address.ts';
import type { EndpointSliceObject, ServiceObject } from './kube-objects.ts';

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetesioservice-name */
const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
const MAX_ADDRESSES_PER_SERVICE = 256;
/** The API takes no more endpoints in a slice, and no more addresses of each. */
const MAX_ENDPOINTS_PER_SLICE = 1000;
const MAX_ADDRESSES_PER_ENDPOINT = 100;

export interface Service {
	readonly namespace: string;
	readonly name: string;
	/** Of the cluster alone: from its service ranges. */
	readonly clusterIps: readonly Uint8Array[];
	/** Of load balancers, and other external ones, that nodes translate too. */
	readonly externalIps: readonly Uint8Array[];
	/** Lower case; null: it is no ExternalName service. */
	readonly externalName: string | null;
	readonly hasSelector: boolean;
	readonly hasNodePorts: boolean;
	/** The last list that it was in. */
	listing: number;
}

export interface EndpointSlice {
	readonly namespace: string;
	readonly name: string;
	readonly service: string;
	/** Names of pods of its namespace, whether ready or not. */
	readonly pods: readonly string[];
	/** That are no pod's. */
	readonly addresses: readonly Uint8Array[];
	/** Lower case, of a slice of host names. */
	readonly hosts: readonly string[];
	listing: number;
}

/** null: it has no name. */
export function keptService({ metadata, spec, status }: ServiceObject, listing: number): Service | null {
	if (!metadata?.name || !metadata.namespace) return null;
	const ingress = (status?.loadBalancer?.ingress ?? []).map(({ ip = '' }) => ip);
	const isAlias = spec?.type === 'ExternalName';
	const clusterIps = spec?.clusterIPs ?? [spec?.clusterIP ?? ''];
	return {
		namespace: metadata.namespace,
		name: metadata.name,
		clusterIps: isAlias ? [] : ipsOf(clusterIps),
		externalIps: isAlias ? [] : ipsOf([...(spec?.externalIPs ?? []), ...ingress]),
		externalName: isAlias ? hostOf(spec?.externalName ?? '') : null,
		hasSelector: Object.keys(spec?.selector ?? {}).length > 0,
		hasNodePorts: (spec?.ports ?? []).some(({ nodePort = 0 }) => nodePort > 0),
		listing,
	};
}

/** null: it is of no service. */
export function keptSlice(
	{ metadata, addressType, endpoints }: EndpointSliceObject,
	listing: number,
): EndpointSlice | null {
	const service = metadata?.labels?.[SERVICE_NAME_LABEL];
	if (!metadata?.name || !metadata.namespace || !service) return null;
	const pods = new Set<string>();
	const others: string[] = [];
	for (const { addresses = [], targetRef } of (endpoints ?? []).slice(0, MAX_ENDPOINTS_PER_SLICE)) {
		// Whoever may write slices in one namespace does not thereby name pods of another.
		const isPod = targetRef?.kind === 'Pod' && (targetRef.namespace ?? metadata.namespace) === metadata.namespace;
		if (isPod && targetRef.name) pods.add(targetRef.name);
		else others.push(...addresses.slice(0, MAX_ADDRESSES_PER_ENDPOINT));
	}
	const areHosts = addressType === 'FQDN';
	return {
		namespace: metadata.namespace,
		name: metadata.name,
		service,
		pods: [...pods],
		addresses: areHosts ? [] : others.flatMap((text) => parseIp(text) ?? []),
		hosts: areHosts ? others.map(hostOf) : [],
		listing,
	};
}

function ipsOf(texts: readonly string[]): Uint8Array[] {
	// Of a headless service it is the word None.
	return texts.slice(0, MAX_ADDRESSES_PER_SERVICE).flatMap((text) => parseIp(text) ?? []);
}

function hostOf(name: string): string {
	const host = name.toLowerCase();
	return host.endsWith('.') ? host.slice(0, -1) : host;
}
