/** What there is to tap: pods, how they are found on their node, and what their addresses are called. */
import { type ErrorCode, PodwireError } from '../messaging/errors.ts';
import type { LabelSelector, Labels } from '../messaging/label-selector.ts';
import type { Network } from '../messaging/network-address.ts';
import type { ResourceKind } from '../messaging/resource-kinds.ts';
import type { podwire } from '../messaging/wire.ts';

export type AddressName = podwire.v1.AddressName.$Properties;

/** As it is now: an inventory may go on with the same object when the pod changes; another pod is another object. */
export interface InventoryPod {
	readonly namespace: string;
	readonly name: string;
	/** '': the only node there is. */
	readonly node: string;
	readonly labels: Labels;
	/** As kubectl writes it, `deploy/frontend`; '' when it belongs to none. */
	readonly workload: string;
	/** 4 or 16 bytes each. Empty: the agent of its node is asked. */
	readonly addresses: readonly Uint8Array[];
	readonly networkNamespace: podwire.v1.NetworkNamespace.$Properties;
	/** '', or why it cannot be tapped: `it shares the network of its node (hostNetwork) …`. */
	readonly untappable: string;
}

export interface ResourceQuery {
	readonly kind: ResourceKind;
	/** null: in every namespace. */
	readonly namespace: string | null;
	/** null: all of that kind. */
	readonly name: string | null;
	/** Selects among the resource's pods. */
	readonly selector: LabelSelector | null;
}

/** Whom a resource means as the other end of an exchange. */
export interface PeerResource {
	readonly pods: readonly InventoryPod[];
	/** Addresses that lead to them, such as a service's. */
	readonly addresses: readonly Uint8Array[];
	/** Lower case; names that requests to it carry where it has no address of its own, as of an ExternalName service. */
	readonly hosts: readonly string[];
}

/**
 * A snapshot that changes; every method answers at once from what is known. There may be 150,000 pods: what is called
 * for each batch or change walks no more of them than it answers with.
 */
export interface Inventory {
	/** At least one pod, each once; throws InventoryError. Only pods that run; those that are `untappable` too. */
	podsOf(query: ResourceQuery): readonly InventoryPod[];
	/** A resource without pods is a peer all the same; throws InventoryError when there is no such resource. */
	peerOf(query: ResourceQuery): PeerResource;
	/** Whose address it is, of a pod, a service or a node; null where nothing is known of it. A new object each time. */
	nameOf(ip: Uint8Array): AddressName | null;
	/** Those whose addresses agents have to be asked for. */
	podsWithoutAddresses(): readonly InventoryPod[];
	/** The pod that is found on its node by these words; null when it is none of the inventory. */
	podIn(networkNamespace: InventoryPod['networkNamespace']): InventoryPod | null;
	/** Where the addresses are that nodes translate to those of pods, at most MAX_TRANSLATED_NETWORKS. */
	translatedNetworks(): readonly Network[];
	/** Whether nodes translate addresses beyond `translatedNetworks`: node ports, external addresses. */
	translatesAnyAddress(): boolean;
	/** False: there is no such node, or no longer. */
	hasNode(name: string): boolean;
	/** Calls after changes, many of them told at once. Returns what ends the subscription. */
	subscribe(changed: () => void): () => void;
	close(): void;
}

export const MAX_TRANSLATED_NETWORKS = 16;

export type InventoryProblem = 'unknown-kind' | 'no-such-resource' | 'no-pods-match';

export class InventoryError extends PodwireError {
	readonly problem: InventoryProblem;

	constructor(problem: InventoryProblem, sentence: string, code: ErrorCode = 'NOT_FOUND') {
		super(code, sentence);
		this.name = 'InventoryError';
		this.problem = problem;
	}
}

/** Unlike for different pods. */
export function podKey(pod: { readonly namespace?: string | null; readonly name?: string | null }): string {
	return `${pod.namespace ?? ''}/${pod.name ?? ''}`;
}
