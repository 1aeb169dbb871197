/** Names of addresses as the user of one tap may be told them. */
import { addressKey, MAX_NAMES_PER_STREAM } from '../messaging/address-names.ts';
import { wire } from '../messaging/wire.ts';
import type { TapAccess } from './access/tap-access.ts';
import type { AddressName } from './inventory.ts';

export interface NameSource {
	/** The same object until the name of the address changes; null: nobody's of whom anything is known. */
	nameOf(ip: Uint8Array): AddressName | null;
}

export class TapNames implements NameSource {
	readonly #source: NameSource;
	readonly #access: TapAccess;
	/** Of what has a name that is not told: not even its kind. */
	readonly #hidden = new Map<number | string, AddressName>();

	constructor(source: NameSource, access: TapAccess) {
		this.#source = source;
		this.#access = access;
	}

	nameOf(ip: Uint8Array): AddressName | null {
		const name = this.#source.nameOf(ip);
		return name === null || this.#mayTell(name) ? name : this.#hiddenName(ip);
	}

	/** What is in no namespace, such as a node, is named in what is told of any pod. */
	#mayTell({ kind, namespace, name }: AddressName): boolean {
		if (!namespace || this.#access.mayName(namespace)) return true;
		// Who may tap a pod is told its name in any case.
		const isPod = kind === wire.EndpointKind.ENDPOINT_KIND_POD;
		return isPod && this.#access.verdict({ namespace, name: name ?? '' }) === 'allowed';
	}

	#hiddenName(ip: Uint8Array): AddressName {
		const key = addressKey(ip);
		const known = this.#hidden.get(key);
		if (known !== undefined) return known;
		if (this.#hidden.size >= MAX_NAMES_PER_STREAM) this.#hidden.clear();
		const hidden = { ip: ip.slice(), kind: wire.EndpointKind.ENDPOINT_KIND_UNSPECIFIED };
		this.#hidden.set(key, hidden);
		return hidden;
	}
}
