/** The names that one stream has not been told yet. */
import { addressKey, MAX_NAMES_PER_STREAM } from '../messaging/address-names.ts';
import { wire } from '../messaging/wire.ts';
import type { AddressName } from './inventory.ts';
import type { NameSource } from './tap-names.ts';

export class StreamNames {
	readonly #source: NameSource;
	/** null: told that it is remote. */
	readonly #told = new Map<number | string, AddressName | null>();

	constructor(source: NameSource) {
		this.#source = source;
	}

	/** Of `addresses` those that were not told before, or are called otherwise now. They count as told. */
	untold(addresses: readonly Uint8Array[]): AddressName[] {
		const names: AddressName[] = [];
		for (const ip of addresses) {
			if (!isAddress(ip)) continue;
			const key = addressKey(ip);
			const name = this.#source.nameOf(ip);
			if (this.#told.get(key) === name) continue;
			if (this.#told.size >= MAX_NAMES_PER_STREAM) this.#told.clear();
			this.#told.set(key, name);
			names.push(name ?? remote(ip));
		}
		return names;
	}
}

/** Every one of `addresses` by name. */
export function namesOf(source: NameSource, addresses: readonly Uint8Array[]): AddressName[] {
	return addresses.filter(isAddress).map((ip) => source.nameOf(ip) ?? remote(ip));
}

function remote(ip: Uint8Array): AddressName {
	return { ip, kind: wire.EndpointKind.ENDPOINT_KIND_REMOTE };
}

function isAddress({ length }: Uint8Array): boolean {
	return length === 4 || length === 16;
}
