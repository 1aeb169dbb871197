/** Whose address is whose: from the inventory, and from what agents report of the pods they were given. */
import { addressKey } from '../messaging/address-names.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { type Inventory, type InventoryPod, podKey } from './inventory.ts';
import { STANDALONE_NAMESPACE } from './standalone-targets.ts';

export type AddressName = podwire.v1.AddressName.$Properties;

/** Pods whose reported addresses are remembered; further ones stay without names. */
export const MAX_REPORTED_PODS = 20_000;
const MAX_ADDRESSES_PER_POD = 64;

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
	#names = new Map<number | string, AddressName>();
	#addresses = new Map<string, readonly Uint8Array[]>();

	constructor(inventory: Inventory | null) {
		this.#inventory = inventory;
		this.rebuild();
	}

	/** The same object until the name of the address changes; null: nobody's of whom anything is known. */
	nameOf(ip: Uint8Array): AddressName | null {
		return this.#names.get(addressKey(ip)) ?? null;
	}

	/** Empty while they are not known. */
	addressesOf(pod: InventoryPod): readonly Uint8Array[] {
		return this.#addresses.get(podKey(pod)) ?? [];
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

	/** To be called when the inventory has changed. */
	rebuild(): void {
		const names = new Map<number | string, AddressName>();
		const addresses = new Map<string, readonly Uint8Array[]>();
		const inventoryPods = this.#inventory?.allPods() ?? [];
		const ofInventory = new Set(inventoryPods.map(podKey));
		for (const [key, pod] of this.#reported) {
			if (pod.namespace !== STANDALONE_NAMESPACE) continue;
			addresses.set(key, pod.addresses);
			for (const ip of pod.addresses) claim(names, { ip, kind: EndpointKind.ENDPOINT_KIND_LOCAL, name: pod.name });
		}
		for (const pod of inventoryPods) {
			const known = pod.addresses.length > 0 ? pod.addresses : (this.#reported.get(podKey(pod))?.addresses ?? []);
			addresses.set(podKey(pod), known);
			for (const ip of known) claim(names, podName(pod, ip));
		}
		for (const named of this.#inventory?.addresses() ?? []) claim(names, { ...named });
		for (const [key, { namespace }] of this.#reported) {
			if (namespace !== STANDALONE_NAMESPACE && !ofInventory.has(key)) this.#reported.delete(key);
		}
		for (const [key, name] of names) {
			const before = this.#names.get(key);
			if (before !== undefined && sameName(before, name)) names.set(key, before);
		}
		this.#names = names;
		this.#addresses = addresses;
	}

	#learnPod(node: string, { pod, addresses }: podwire.v1.PodStatus.$Properties): boolean {
		const known = (addresses ?? [])
			.filter(({ length }) => length === 4 || length === 16)
			.slice(0, MAX_ADDRESSES_PER_POD);
		if (!pod?.name || known.length === 0) return false;
		const key = podKey(pod);
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

/**
 * An inventory's word goes before that of a machine's namespace. An address that two of a kind claim is named
 * after neither: networks that do not meet may use the same addresses.
 */
function claim(names: Map<number | string, AddressName>, name: AddressName): void {
	const key = addressKey(name.ip ?? new Uint8Array());
	const before = names.get(key);
	const ambiguous = before !== undefined && before.kind === name.kind && !sameName(before, name);
	names.set(key, ambiguous ? { ip: name.ip ?? null, kind: EndpointKind.ENDPOINT_KIND_LOCAL } : name);
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
