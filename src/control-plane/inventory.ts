/** What there is to tap: pods, how they are found on their node, and what their addresses are called. */
import { type ErrorCode, PodwireError } from '../messaging/errors.ts';
import type { LabelSelector, Labels } from '../messaging/label-selector.ts';
import type { ResourceKind } from '../messaging/resource-kinds.ts';
import type { podwire } from '../messaging/wire.ts';

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
}

/** A named address that is no pod's: of a service, of a node. */
export interface InventoryAddress {
	readonly ip: Uint8Array;
	readonly kind: podwire.v1.EndpointKind;
	readonly namespace: string;
	readonly name: string;
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
}

/** A snapshot that changes; every method answers at once from what is known. */
export interface Inventory {
	/** At least one pod; throws InventoryError. */
	podsOf(query: ResourceQuery): readonly InventoryPod[];
	/** A resource without pods is a peer all the same; throws InventoryError when there is no such resource. */
	peerOf(query: ResourceQuery): PeerResource;
	allPods(): readonly InventoryPod[];
	/** Named addresses beside those of pods. */
	addresses(): readonly InventoryAddress[];
	/** Calls after each change. Returns what ends the subscription. */
	subscribe(changed: () => void): () => void;
	close(): void;
}

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
