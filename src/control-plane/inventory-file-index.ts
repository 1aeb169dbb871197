/** What a pods.yaml says, by address and by the way to a network. */
import { addressKey } from '../messaging/address-names.ts';
import { wire } from '../messaging/wire.ts';
import { type AddressName, type InventoryPod, podKey } from './inventory.ts';
import type { InventoryContent } from './inventory-schema.ts';
import { networkNamespaceText } from './standalone-targets.ts';

const { EndpointKind } = wire;

export class InventoryFileIndex {
	readonly podsWithoutAddresses: readonly InventoryPod[];
	readonly #podsByNetwork = new Map<string, InventoryPod>();
	/** null: claimed by two pods, since networks that do not meet may use the same addresses. */
	readonly #names = new Map<number | string, Omit<AddressName, 'ip'> | null>();

	constructor({ pods, services }: InventoryContent) {
		this.podsWithoutAddresses = pods.filter(({ addresses }) => addresses.length === 0);
		for (const pod of pods) {
			const text = networkNamespaceText(pod.networkNamespace);
			if (!this.#podsByNetwork.has(text)) this.#podsByNetwork.set(text, pod);
			this.#claim(pod);
		}
		for (const { namespace, name, addresses } of services) {
			const service = { kind: EndpointKind.ENDPOINT_KIND_SERVICE, namespace, name };
			for (const ip of addresses) this.#names.set(addressKey(ip), service);
		}
	}

	nameOf(ip: Uint8Array): AddressName | null {
		const name = this.#names.get(addressKey(ip));
		if (name === undefined) return null;
		return name === null ? { ip, kind: EndpointKind.ENDPOINT_KIND_LOCAL } : { ip, ...name };
	}

	podIn(networkNamespace: InventoryPod['networkNamespace']): InventoryPod | null {
		return this.#podsByNetwork.get(networkNamespaceText(networkNamespace)) ?? null;
	}

	#claim(pod: InventoryPod): void {
		const { namespace, name, workload } = pod;
		for (const ip of pod.addresses) {
			const key = addressKey(ip);
			const before = this.#names.get(key);
			const isTaken = before !== undefined && (before === null || podKey(before) !== podKey(pod));
			this.#names.set(key, isTaken ? null : { kind: EndpointKind.ENDPOINT_KIND_POD, namespace, name, workload });
		}
	}
}
