/** Addresses as text, and the names that a stream gives them. */
import { formatIp } from './network-address.ts';
import { type podwire, wire } from './wire.ts';

/** `kind` of an end as docs/json.md has it. */
export type EndpointKindName = 'pod' | 'service' | 'node' | 'external' | 'local' | 'remote';

/** What is known of one address. Names that are not known are ''. */
export interface NamedAddress {
	/** RFC 791 dotted quads, or IPv6 as RFC 5952 writes it. */
	readonly ip: string;
	/** Null where nobody said what it is, as in a capture file. */
	readonly kind: EndpointKindName | null;
	readonly namespace: string;
	readonly name: string;
	/** As kubectl writes it: deploy/frontend. */
	readonly workload: string;
}

/**
 * A sender says each name once per stream, and begins anew once it has said this many; a receiver keeps at least as
 * many, so that it always knows what was said and never holds more than twice the number.
 */
export const MAX_NAMES_PER_STREAM = 16_384;

const KIND_NAMES: Readonly<Record<number, EndpointKindName>> = {
	[wire.EndpointKind.ENDPOINT_KIND_POD]: 'pod',
	[wire.EndpointKind.ENDPOINT_KIND_SERVICE]: 'service',
	[wire.EndpointKind.ENDPOINT_KIND_NODE]: 'node',
	[wire.EndpointKind.ENDPOINT_KIND_EXTERNAL]: 'external',
	[wire.EndpointKind.ENDPOINT_KIND_LOCAL]: 'local',
	[wire.EndpointKind.ENDPOINT_KIND_REMOTE]: 'remote',
};

const IPV4_BYTES = 4;

/** Equal for equal addresses and cheap to make: a number for IPv4, otherwise a string. */
export function addressKey(ip: Uint8Array): number | string {
	if (ip.length !== IPV4_BYTES) return String.fromCharCode(...ip);
	return (((ip[0] as number) << 24) | ((ip[1] as number) << 16) | ((ip[2] as number) << 8) | (ip[3] as number)) >>> 0;
}

/** Of all receivers, so that no two have the same. */
let lastVersion = 0;

/** What the receiver of one stream knows of addresses. Holds at most 2 × MAX_NAMES_PER_STREAM of them, oldest gone first. */
export class AddressNames {
	#current = new Map<number | string, NamedAddress>();
	#previous = new Map<number | string, NamedAddress>();
	#version = ++lastVersion;

	/** Another one whenever `of` may give something else than before; never that of other names. */
	get version(): number {
		return this.#version;
	}

	/** Takes over the names that came with a batch; a later name of an address replaces an earlier one. */
	learn(names: readonly podwire.v1.AddressName.$Properties[]): void {
		if (names.length > 0) this.#version = ++lastVersion;
		for (const { ip, kind, namespace, name, workload } of names) {
			if (!ip) continue;
			const kindName = KIND_NAMES[kind ?? 0] ?? null;
			this.#keep(addressKey(ip), {
				ip: formatIp(ip),
				kind: kindName,
				namespace: namespace ?? '',
				name: name ?? '',
				workload: workload ?? '',
			});
		}
	}

	/** Never fails: an address without a name is its text alone. The result for an address is the same object until its name changes. */
	of(ip: Uint8Array): NamedAddress {
		const key = addressKey(ip);
		const known = this.#current.get(key);
		if (known !== undefined) return known;
		const address = this.#previous.get(key) ?? { ip: formatIp(ip), kind: null, namespace: '', name: '', workload: '' };
		this.#keep(key, address);
		return address;
	}

	#keep(key: number | string, address: NamedAddress): void {
		if (this.#current.size >= MAX_NAMES_PER_STREAM && !this.#current.has(key)) {
			this.#previous = this.#current;
			this.#current = new Map();
			this.#version = ++lastVersion;
		}
		this.#current.set(key, address);
	}
}
