/** Nodes by name and by address. */
import { addressKey } from '../../messaging/address-names.ts';
import { parseIp } from '../../messaging/network-address.ts';
import type { KubeObject, NodeObject } from './kube-objects.ts';
import type { ObjectSink } from './object-sink.ts';

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-os */
export const OS_LABEL = 'kubernetes.io/os';
const MAX_ADDRESSES_PER_NODE = 32;

/** Known because it exists, or because a pod is on it. */
export class KubernetesNode {
	readonly name: string;
	isWindows = false;
	addresses: readonly Uint8Array[] = [];
	exists = false;
	listing = 0;
	pods = 0;

	constructor(name: string) {
		this.name = name;
	}
}

export class Nodes implements ObjectSink {
	readonly #nodes = new Map<string, KubernetesNode>();
	readonly #byAddress = new Map<number | string, KubernetesNode>();

	get count(): number {
		return [...this.#nodes.values()].filter(({ exists }) => exists).length;
	}

	at(key: number | string): KubernetesNode | null {
		return this.#byAddress.get(key) ?? null;
	}

	has(name: string): boolean {
		return this.#nodes.get(name)?.exists === true;
	}

	/** Of a pod that is on it now. */
	join(name: string): KubernetesNode {
		const node = this.#of(name);
		node.pods += 1;
		return node;
	}

	leave(node: KubernetesNode): void {
		node.pods -= 1;
		this.#release(node);
	}

	keep(object: KubeObject, listing: number): boolean {
		const { metadata, status } = object as NodeObject;
		if (!metadata?.name) return false;
		const node = this.#of(metadata.name);
		const isWindows = metadata.labels?.[OS_LABEL] === 'windows';
		const addresses = (status?.addresses ?? [])
			.slice(0, MAX_ADDRESSES_PER_NODE)
			.flatMap(({ address = '' }) => parseIp(address) ?? []);
		const isDifferent = !node.exists || node.isWindows !== isWindows || keysOf(node.addresses) !== keysOf(addresses);
		node.exists = true;
		node.listing = listing;
		if (!isDifferent) return false;
		this.#forgetAddresses(node);
		node.isWindows = isWindows;
		node.addresses = addresses;
		for (const ip of addresses) this.#byAddress.set(addressKey(ip), node);
		return true;
	}

	drop({ metadata }: KubeObject): boolean {
		const node = this.#nodes.get(metadata?.name ?? '');
		return node !== undefined && this.#drop(node);
	}

	sweep(listing: number): boolean {
		let isDifferent = false;
		for (const node of this.#nodes.values()) {
			if (node.listing !== listing) isDifferent = this.#drop(node) || isDifferent;
		}
		return isDifferent;
	}

	#of(name: string): KubernetesNode {
		let node = this.#nodes.get(name);
		if (node === undefined) {
			node = new KubernetesNode(name);
			this.#nodes.set(name, node);
		}
		return node;
	}

	#drop(node: KubernetesNode): boolean {
		const existed = node.exists;
		node.exists = false;
		this.#forgetAddresses(node);
		this.#release(node);
		return existed;
	}

	#forgetAddresses(node: KubernetesNode): void {
		for (const ip of node.addresses) {
			if (this.at(addressKey(ip)) === node) this.#byAddress.delete(addressKey(ip));
		}
		node.addresses = [];
	}

	#release(node: KubernetesNode): void {
		if (!node.exists && node.pods === 0) this.#nodes.delete(node.name);
	}
}

function keysOf(addresses: readonly Uint8Array[]): string {
	return addresses.map(addressKey).join(' ');
}
