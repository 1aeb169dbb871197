/** A pod, cut down to what a tap needs. */
import { addressKey } from '../../messaging/address-names.ts';
import type { Labels } from '../../messaging/label-selector.ts';
import { parseIp } from '../../messaging/network-address.ts';
import type { podwire } from '../../messaging/wire.ts';
import type { InventoryPod } from '../inventory.ts';
import type { ObjectMeta, PodObject } from './kube-objects.ts';
import { type KubernetesNode, OS_LABEL } from './nodes.ts';
import { isOwnedByNode, type Workload } from './workload.ts';

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase */
export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

const PHASES: Readonly<Record<string, PodPhase>> = {
	Pending: 'Pending',
	Running: 'Running',
	Succeeded: 'Succeeded',
	Failed: 'Failed',
};

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-config-mirror */
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
const STATIC_POD_UID = /^[0-9a-f]{32,64}$/;

const MAX_ADDRESSES_PER_POD = 16;
const NO_KEYS: readonly (number | string)[] = [];

/** What a pod is now; compared with what it was. */
export interface PodState {
	readonly phase: PodPhase;
	readonly hostNetwork: boolean;
	readonly windows: boolean;
	/** As addressKey makes them. */
	readonly addressKeys: readonly (number | string)[];
}

export class KubernetesPod implements InventoryPod {
	readonly namespace: string;
	readonly name: string;
	/** Of the API; another one makes another pod, whatever its name. */
	readonly uid: string;
	/** As the node's files spell it; '': unlike those of all other pods it cannot be known. */
	readonly uidOnNode: string;
	labels: Labels = {};
	owner: Workload | null = null;
	/** null: not scheduled yet. */
	host: KubernetesNode | null = null;
	phase: PodPhase = 'Pending';
	hostNetwork = false;
	windows = false;
	/** They stand in the index by address too, and are much smaller than arrays of bytes. */
	addressKeys: readonly (number | string)[] = NO_KEYS;
	/** It has a network: from the first of its init containers to the last of those that take their time to end. */
	runs = false;
	/** The last list that it was in. */
	listing = 0;

	constructor(namespace: string, name: string, metadata: ObjectMeta) {
		this.namespace = namespace;
		this.name = name;
		this.uid = metadata.uid ?? '';
		this.uidOnNode = uidOnNode(metadata);
	}

	get node(): string {
		return this.host?.name ?? '';
	}

	/** New ones each time. */
	get addresses(): readonly Uint8Array[] {
		return this.addressKeys.map(addressOf);
	}

	get workload(): string {
		return this.owner?.top.title ?? '';
	}

	get networkNamespace(): podwire.v1.NetworkNamespace.$Properties {
		return { podUid: this.uidOnNode };
	}

	get hasFinished(): boolean {
		return this.phase === 'Succeeded' || this.phase === 'Failed';
	}

	get untappable(): string {
		if (this.windows || this.host?.isWindows === true) return 'it runs on Windows, where no agent can';
		if (this.hostNetwork) {
			return 'it shares the network of its node (hostNetwork), where its traffic cannot be told from that of others';
		}
		return this.uidOnNode === ''
			? 'it is a static pod with a UID of its own making, by which its node cannot find it'
			: '';
	}

	/** Why it does not run, to stand behind its name. */
	get whyIdle(): string {
		if (this.hasFinished) return `has finished (${this.phase})`;
		if (this.host === null) return 'is not on a node yet';
		return 'has no address yet';
	}
}

export function podState({ spec, status }: PodObject): PodState {
	const texts = status?.podIPs?.map(({ ip = '' }) => ip) ?? [status?.podIP ?? ''];
	return {
		phase: PHASES[status?.phase ?? 'Pending'] ?? 'Unknown',
		hostNetwork: spec?.hostNetwork === true,
		windows: (spec?.os?.name ?? spec?.nodeSelector?.[OS_LABEL]) === 'windows',
		addressKeys: texts.slice(0, MAX_ADDRESSES_PER_POD).flatMap((text) => {
			const ip = parseIp(text);
			return ip === null ? [] : [addressKey(ip)];
		}),
	};
}

/** What addressKey was given. */
function addressOf(key: number | string): Uint8Array {
	if (typeof key === 'string') return Uint8Array.from(key, (byte) => byte.charCodeAt(0));
	return Uint8Array.of(key >>> 24, key >>> 16, key >>> 8, key);
}

/**
 * A static pod's cgroups carry the hash that its node made of its file, and its mirror in the API says it. Of all
 * annotations only this one cannot be given to a pod that runs; and no pod of the API has a UID of its form, so that
 * nobody can pass a pod off for another.
 */
function uidOnNode(metadata: ObjectMeta): string {
	const uid = metadata.uid ?? '';
	const mirrored = metadata.annotations?.[MIRROR_ANNOTATION];
	if (mirrored === undefined || !isOwnedByNode(metadata)) return uid;
	return STATIC_POD_UID.test(mirrored) ? mirrored : '';
}
