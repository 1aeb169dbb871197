/** Services and endpoint slices by name and by address, and the ranges that their addresses are from. */
import { addressKey } from '../../messaging/address-names.ts';
import { type Network, networkOf, parseNetwork } from '../../messaging/network-address.ts';
import { MAX_TRANSLATED_NETWORKS } from '../inventory.ts';
import { coveringNetworks } from './covering-networks.ts';
import type { KubeObject, ServiceCidrObject } from './kube-objects.ts';
import type { Namespaces } from './namespaces.ts';
import type { ObjectSink } from './object-sink.ts';
import { type EndpointSlice, keptService, keptSlice, type Service } from './service.ts';

export class Services implements ObjectSink {
	readonly #namespaces: Namespaces;
	readonly #byAddress = new Map<number | string, Service>();
	/** Addresses beyond the cluster's own ranges are translated for them. */
	#reachedFromOutside = 0;

	constructor(namespaces: Namespaces) {
		this.#namespaces = namespaces;
	}

	at(key: number | string): Service | null {
		return this.#byAddress.get(key) ?? null;
	}

	get anyReachedFromOutside(): boolean {
		return this.#reachedFromOutside > 0;
	}

	get count(): number {
		let count = 0;
		for (const { services } of this.#namespaces.all()) count += services.size;
		return count;
	}

	*clusterNetworks(): Iterable<Network> {
		for (const { services } of this.#namespaces.all()) {
			for (const { clusterIps } of services.values()) yield* clusterIps.map(networkOf);
		}
	}

	keep(object: KubeObject, listing: number): boolean {
		const service = keptService(object, listing);
		if (service === null) return false;
		const { services } = this.#namespaces.of(service.namespace);
		const before = services.get(service.name);
		if (before !== undefined && sameContent(before, service)) {
			before.listing = listing;
			return false;
		}
		if (before !== undefined) this.#release(before);
		services.set(service.name, service);
		for (const ip of addressesOf(service)) this.#byAddress.set(addressKey(ip), service);
		if (isReachedFromOutside(service)) this.#reachedFromOutside += 1;
		return true;
	}

	drop({ metadata }: KubeObject): boolean {
		const service = this.#namespaces.get(metadata?.namespace ?? '')?.services.get(metadata?.name ?? '');
		if (service === undefined) return false;
		this.#remove(service);
		return true;
	}

	sweep(listing: number): boolean {
		const gone = [...this.#namespaces.all()].flatMap(({ services }) =>
			[...services.values()].filter((service) => service.listing !== listing),
		);
		for (const service of gone) this.#remove(service);
		return gone.length > 0;
	}

	#remove(service: Service): void {
		this.#release(service);
		const content = this.#namespaces.of(service.namespace);
		content.services.delete(service.name);
		this.#namespaces.release(content);
	}

	#release(service: Service): void {
		if (isReachedFromOutside(service)) this.#reachedFromOutside -= 1;
		for (const ip of addressesOf(service)) {
			if (this.at(addressKey(ip)) === service) this.#byAddress.delete(addressKey(ip));
		}
	}
}

export class EndpointSlices implements ObjectSink {
	readonly #namespaces: Namespaces;
	/** By namespace and name: a slice may be handed to another service. */
	readonly #services = new Map<string, string>();

	constructor(namespaces: Namespaces) {
		this.#namespaces = namespaces;
	}

	get count(): number {
		return this.#services.size;
	}

	keep(object: KubeObject, listing: number): boolean {
		const slice = keptSlice(object, listing);
		if (slice === null) return this.drop(object);
		const content = this.#namespaces.of(slice.namespace);
		const key = `${slice.namespace}/${slice.name}`;
		if ((this.#services.get(key) ?? slice.service) !== slice.service) this.#remove(slice.namespace, slice.name);
		this.#services.set(key, slice.service);
		let ofService = content.slices.get(slice.service);
		if (ofService === undefined) {
			ofService = new Map();
			content.slices.set(slice.service, ofService);
		}
		const before = ofService.get(slice.name);
		ofService.set(slice.name, slice);
		return before === undefined || !sameContent(before, slice);
	}

	drop({ metadata }: KubeObject): boolean {
		return this.#remove(metadata?.namespace ?? '', metadata?.name ?? '');
	}

	sweep(listing: number): boolean {
		const gone = [...this.#namespaces.all()].flatMap(({ slices }) =>
			[...slices.values()].flatMap((ofService) => [...ofService.values()].filter((slice) => slice.listing !== listing)),
		);
		for (const { namespace, name } of gone) this.#remove(namespace, name);
		return gone.length > 0;
	}

	#remove(namespace: string, name: string): boolean {
		const key = `${namespace}/${name}`;
		const service = this.#services.get(key);
		if (service === undefined) return false;
		this.#services.delete(key);
		const content = this.#namespaces.of(namespace);
		const ofService = content.slices.get(service);
		ofService?.delete(name);
		if (ofService?.size === 0) content.slices.delete(service);
		this.#namespaces.release(content);
		return true;
	}
}

/** ServiceCIDR objects, of clusters that have them. */
export class ServiceCidrs implements ObjectSink {
	readonly #cidrs = new Map<string, { networks: readonly Network[]; text: string; listing: number }>();

	get networks(): readonly Network[] {
		return [...this.#cidrs.values()].flatMap(({ networks }) => networks);
	}

	get count(): number {
		return this.#cidrs.size;
	}

	keep(object: KubeObject, listing: number): boolean {
		const { metadata, spec } = object as ServiceCidrObject;
		if (!metadata?.name) return false;
		const text = (spec?.cidrs ?? []).join(' ');
		const before = this.#cidrs.get(metadata.name);
		const networks = (spec?.cidrs ?? []).flatMap((cidr) => parseNetwork(cidr) ?? []);
		this.#cidrs.set(metadata.name, { networks, text, listing });
		return before?.text !== text;
	}

	drop({ metadata }: KubeObject): boolean {
		return this.#cidrs.delete(metadata?.name ?? '');
	}

	sweep(listing: number): boolean {
		const gone = [...this.#cidrs].filter(([, cidr]) => cidr.listing !== listing);
		for (const [name] of gone) this.#cidrs.delete(name);
		return gone.length > 0;
	}
}

/** The cluster's ranges, or what covers the addresses that are in use where they are not told. */
export function serviceNetworks(cidrs: ServiceCidrs, services: Services): readonly Network[] {
	const { networks } = cidrs;
	if (networks.length > 0 && networks.length <= MAX_TRANSLATED_NETWORKS) return networks;
	const known = networks.length > 0 ? networks : [...services.clusterNetworks()];
	return coveringNetworks(known, MAX_TRANSLATED_NETWORKS);
}

/** That lead to it. */
export function addressesOf({ clusterIps, externalIps }: Service): readonly Uint8Array[] {
	return externalIps.length === 0 ? clusterIps : [...clusterIps, ...externalIps];
}

function isReachedFromOutside({ hasNodePorts, externalIps }: Service): boolean {
	return hasNodePorts || externalIps.length > 0;
}

function sameContent<Item extends Service | EndpointSlice>(one: Item, other: Item): boolean {
	return JSON.stringify({ ...one, listing: 0 }) === JSON.stringify({ ...other, listing: 0 });
}
