/** Whose address is whose: from the inventory, and from what agents report of the pods they were given. */
import { addressKey } from '../messaging/address-names.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { type AddressName, type Inventory, type InventoryPod, podKey } from './inventory.ts';
import { STANDALONE_NAMESPACE } from './standalone-targets.ts';

export type { AddressName } from './inventory.ts';

/** Pods whose reported addresses are remembered; further ones stay without names. */
export const MAX_REPORTED_PODS = 20_000;
const MAX_ADDRESSES_PER_POD = 64;
/** Names that stay the same objects; those told first are told anew first. */
const MAX_GIVEN_NAMES = 65_536;

interface ReportedPod {
	readonly node: string;
	readonly namespace: string;
	readonly name: string;
	readonly addresses: readonly Uint8Array[];
}

const { EndpointKind } = wire;

export class AddressBook {
	readonly #inventory: Inventory | null;
	readonly #reported = new Map<string, ReportedPod>();
	readonly #given = new Map<number | string, AddressName>();
	/** What the reported addresses are called. */
	#names = new Map<number | string, AddressName>();
	/** Pods of the inventory that agents are asked about. */
	#asked = new Map<string, InventoryPod>();

	constructor(inventory: Inventory | null) {
		this.#inventory = inventory;
		this.rebuild();
	}

	/** The same object until the name of the address changes; null: nobody's of whom anything is known. */
	nameOf(ip: Uint8Array): AddressName | null {
		const key = addressKey(ip);
		const name = nameOfBoth(this.#inventory?.nameOf(ip) ?? null, this.#names.get(key) ?? null);
		const given = this.#given.get(key);
		if (name === null) {
			this.#given.delete(key);
			return null;
		}
		if (given !== undefined && sameName(given, name)) return given;
		const [oldest] = this.#given.keys();
		if (this.#given.size >= MAX_GIVEN_NAMES && oldest !== undefined) this.#given.delete(oldest);
		// The bytes may be part of a whole batch.
		const kept = { ...name, ip: ip.slice() };
		this.#given.set(key, kept);
		return kept;
	}

	/** Empty while they are not known. */
	addressesOf(pod: InventoryPod): readonly Uint8Array[] {
		return pod.addresses.length > 0 ? pod.addresses : (this.#reported.get(podKey(pod))?.addresses ?? []);
	}

	/** Whether agents have to be asked. */
	isUnknown(pod: InventoryPod): boolean {
		return this.addressesOf(pod).length === 0;
	}

	/** Takes over what a node reports. True when any address changed. */
	learn(node: string, pods: readonly podwire.v1.PodStatus.$Properties[]): boolean {
		const listed = new Set(pods.map((status) => podKey(status.pod ?? {})));
		let changed = false;
		for (const status of pods) changed = this.#learnPod(node, status) || changed;
		for (const [key, known] of this.#reported) {
			// A pod of the inventory keeps its addresses: it is no longer asked for, not gone.
			if (known.node !== node || known.namespace !== STANDALONE_NAMESPACE || listed.has(key)) continue;
			this.#reported.delete(key);
			changed = true;
		}
		if (changed) this.rebuild();
		return changed;
	}

	/** To be called when the inventory has changed. Walks what agents have reported, not what the inventory holds. */
	rebuild(): void {
		const names = new Map<number | string, AddressName>();
		this.#asked = new Map((this.#inventory?.podsWithoutAddresses() ?? []).map((pod) => [podKey(pod), pod]));
		for (const [key, { namespace, name, addresses }] of this.#reported) {
			const pod = this.#asked.get(key);
			if (pod === undefined && namespace !== STANDALONE_NAMESPACE) this.#reported.delete(key);
			else for (const ip of addresses) claim(names, pod === undefined ? localName(name, ip) : podName(pod, ip));
		}
		this.#names = names;
	}

	#learnPod(node: string, { pod, addresses }: podwire.v1.PodStatus.$Properties): boolean {
		const known = (addresses ?? [])
			.filter(({ length }) => length === 4 || length === 16)
			.slice(0, MAX_ADDRESSES_PER_POD);
		if (!pod?.name || known.length === 0) return false;
		const key = podKey(pod);
		if (pod.namespace !== STANDALONE_NAMESPACE && !this.#asked.has(key)) return false;
		const before = this.#reported.get(key);
		if (before === undefined && this.#reported.size >= MAX_REPORTED_PODS) return false;
		if (before !== undefined && before.node === node && sameAddresses(before.addresses, known)) return false;
		this.#reported.set(key, { node, namespace: pod.namespace ?? '', name: pod.name, addresses: known });
		return true;
	}
}

function podName(pod: InventoryPod, ip: Uint8Array): AddressName {
	const { namespace, name, workload } = pod;
	return { ip, kind: EndpointKind.ENDPOINT_KIND_POD, namespace, name, workload };
}

function localName(name: string, ip: Uint8Array): AddressName {
	return { ip, kind: EndpointKind.ENDPOINT_KIND_LOCAL, name };
}

/** A pod of the inventory goes before a machine's namespace. */
function claim(names: Map<number | string, AddressName>, name: AddressName): void {
	const key = addressKey(name.ip ?? new Uint8Array());
	const before = names.get(key);
	if (before === undefined) names.set(key, name);
	else if (before.kind === name.kind) names.set(key, ofBoth(before, name));
	else if (name.kind === EndpointKind.ENDPOINT_KIND_POD) names.set(key, name);
}

/** An inventory's word goes before that of agents, unless it only says that the address is not its own. */
function nameOfBoth(ofInventory: AddressName | null, reported: AddressName | null): AddressName | null {
	if (ofInventory === null || reported === null) return ofInventory ?? reported;
	if (ofInventory.kind === reported.kind) return ofBoth(ofInventory, reported);
	return ofInventory.kind === EndpointKind.ENDPOINT_KIND_EXTERNAL ? reported : ofInventory;
}

/** An address that two of a kind claim is named after neither: networks that do not meet may use the same addresses. */
function ofBoth(one: AddressName, other: AddressName): AddressName {
	return sameName(one, other) ? one : { ip: one.ip ?? null, kind: EndpointKind.ENDPOINT_KIND_LOCAL };
}

function sameName(one: AddressName, other: AddressName): boolean {
	return (
		one.kind === other.kind &&
		(one.namespace ?? '') === (other.namespace ?? '') &&
		(one.name ?? '') === (other.name ?? '') &&
		(one.workload ?? '') === (other.workload ?? '')
	);
}

function sameAddresses(one: readonly Uint8Array[], other: readonly Uint8Array[]): boolean {
	return (
		one.length === other.length &&
		one.every((ip, index) => addressKey(ip) === addressKey(other[index] ?? ip.subarray(1)))
	);
}
