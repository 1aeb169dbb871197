/** One controller's assignment, decoded and checked. */
import type { TranslatedDestinations } from '../addon/addon.ts';
import { assignmentSubject } from '../messaging/subjects.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import {
	MAX_ASSIGNMENT_BYTES,
	MAX_LEASE_MS,
	MAX_NAME_LENGTH,
	MAX_PODS,
	MAX_SPEC_BYTES,
	MAX_TAPS,
	MAX_TAPS_OF_POD,
	MAX_TRANSLATED_NETWORKS,
} from './assignment-limits.ts';

export interface PodIdentity {
	readonly namespace: string;
	readonly name: string;
	readonly node: string;
}

export interface AssignedPod {
	readonly pod: PodIdentity;
	/** Null when the controller did not say how to find the pod. */
	readonly networkNamespace: podwire.v1.NetworkNamespace.$Properties | null;
	/** Ids, sorted, without repetition. */
	readonly taps: readonly string[];
}

export interface Assignment {
	readonly controller: string;
	readonly revision: number;
	/** 0: the controller takes leave. */
	readonly leaseMs: number;
	/** By `podKey`. */
	readonly pods: ReadonlyMap<string, AssignedPod>;
	/** Encoded `TapSpec` by tap id. */
	readonly specs: ReadonlyMap<string, Uint8Array>;
	/** What this node may translate, as far as the controller knows. */
	readonly translated: TranslatedDestinations;
}

/** What is wrong with a message, in one sentence without its content. */
export class AssignmentProblem extends Error {}

/** Unique among the pods of a node; neither name can hold a slash. */
export function podKey(pod: { readonly namespace: string; readonly name: string }): string {
	return `${pod.namespace}/${pod.name}`;
}

function demand(condition: boolean, expectation: string): void {
	if (!condition) throw new AssignmentProblem(expectation);
}

function demandName(name: string, what: string): void {
	demand(name !== '', `${what} is missing`);
	demand(name.length <= MAX_NAME_LENGTH, `${what} is longer than ${MAX_NAME_LENGTH} characters`);
}

function checkedSpecs(taps: readonly podwire.v1.Tap.$Properties[]): Map<string, Uint8Array> {
	demand(taps.length <= MAX_TAPS, `more than ${MAX_TAPS} taps`);
	const specs = new Map<string, Uint8Array>();
	for (const { id, spec } of taps) {
		const tap = id ?? '';
		demandName(tap, 'the id of a tap');
		demand(!specs.has(tap), `tap ${tap} comes twice`);
		const bytes = wire.TapSpec.encode(spec ?? {}).finish();
		demand(bytes.length <= MAX_SPEC_BYTES, `the filters of tap ${tap} take more than ${MAX_SPEC_BYTES} bytes`);
		specs.set(tap, bytes);
	}
	return specs;
}

function checkedPod(
	assigned: podwire.v1.PodAssignment.$Properties,
	node: string,
	specs: ReadonlyMap<string, Uint8Array>,
): AssignedPod {
	const namespace = assigned.pod?.namespace ?? '';
	const name = assigned.pod?.name ?? '';
	demandName(name, 'the name of a pod');
	demandName(namespace, `the namespace of pod ${name}`);
	const podNode = assigned.pod?.node || node;
	demand(podNode === node, `pod ${namespace}/${name} is on another node`);
	const taps = [...new Set(assigned.taps ?? [])].sort();
	demand(taps.length <= MAX_TAPS_OF_POD, `pod ${namespace}/${name} has more than ${MAX_TAPS_OF_POD} taps`);
	for (const tap of taps) demand(specs.has(tap), `pod ${namespace}/${name} names a tap that is not in the message`);
	return { pod: { namespace, name, node }, networkNamespace: assigned.networkNamespace ?? null, taps };
}

function checkedPods(
	pods: readonly podwire.v1.PodAssignment.$Properties[],
	node: string,
	specs: ReadonlyMap<string, Uint8Array>,
): Map<string, AssignedPod> {
	demand(pods.length <= MAX_PODS, `more than ${MAX_PODS} pods`);
	const checked = new Map<string, AssignedPod>();
	for (const assigned of pods) {
		const pod = checkedPod(assigned, node, specs);
		const key = podKey(pod.pod);
		demand(!checked.has(key), `pod ${key} comes twice`);
		checked.set(key, pod);
	}
	return checked;
}

const IPV4_BYTES = 4;
const IPV6_BYTES = 16;

function checkedTranslation(message: podwire.v1.NodeAssignment.$Properties): TranslatedDestinations {
	const networks = message.translatedNetworks ?? [];
	demand(networks.length <= MAX_TRANSLATED_NETWORKS, `more than ${MAX_TRANSLATED_NETWORKS} translated networks`);
	const checked = networks.map((network) => {
		const ip = network.ip ?? new Uint8Array();
		const prefixBits = network.prefixBits ?? 0;
		demand(ip.length === IPV4_BYTES || ip.length === IPV6_BYTES, 'a translated network has no address');
		demand(prefixBits <= ip.length * 8, 'the prefix of a translated network is longer than its address');
		// Decoded bytes may be a view of the whole message.
		return { ip: Uint8Array.from(ip), prefixBits };
	});
	return { networks: checked, all: message.translateAll ?? false };
}

function decode(bytes: Uint8Array): podwire.v1.NodeAssignment.$Properties {
	try {
		return wire.NodeAssignment.decode(bytes);
	} catch (cause) {
		throw new AssignmentProblem('it is not a NodeAssignment', { cause });
	}
}

/** Reads a message that came on `subject` for `node`; throws AssignmentProblem. */
export function readAssignment(node: string, subject: string, bytes: Uint8Array): Assignment {
	demand(bytes.length <= MAX_ASSIGNMENT_BYTES, `it is larger than ${MAX_ASSIGNMENT_BYTES} bytes`);
	const message = decode(bytes);
	const controller = message.controller ?? '';
	const revision = message.revision ?? 0;
	const leaseMs = message.leaseMs ?? 0;
	demandName(controller, 'the controller');
	demand(message.node === node, 'it is for another node');
	demand(subject === assignmentSubject(node, controller), 'it came on the subject of another controller');
	demand(revision > 0, 'the revision is missing');
	demand(Number.isSafeInteger(revision), 'the revision is too large');
	demand(leaseMs <= MAX_LEASE_MS, `the lease is longer than ${MAX_LEASE_MS} ms`);
	const specs = checkedSpecs(message.taps ?? []);
	const pods = checkedPods(message.pods ?? [], node, specs);
	return { controller, revision, leaseMs, specs, pods, translated: checkedTranslation(message) };
}
