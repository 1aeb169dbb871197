/** Where connections lead that carry no readable HTTP: each named once, when there is a count worth telling. */
import { addressKey } from '../messaging/address-names.ts';
import { formatIp, formatSocketAddress } from '../messaging/network-address.ts';
import type { podwire } from '../messaging/wire.ts';
import type { NameSource } from './tap-names.ts';
import { moreUnreadable, unreadable } from './tap-words.ts';

type Notice = podwire.v1.Notice.$Properties;

/** Named to one client; further ones are counted. */
export const MAX_NAMED_ENDPOINTS = 64;
/** Kept in mind. */
const MAX_ENDPOINTS = 1024;
/** Of one end, over all pods; further ones are not told. */
export const MAX_SERVER_NAMES = 4;
export const MAX_APPLICATION_PROTOCOLS = 4;
/** A first connection rarely comes alone. */
export const GATHER_MS = 1000;

interface Endpoint {
	readonly ip: Uint8Array;
	readonly port: number;
	readonly cause: podwire.v1.LossCause;
	readonly sinceMs: number;
	/** Of each pod, which counts by itself. */
	readonly byPod: Map<string, number>;
	readonly serverNames: Set<string>;
	readonly applicationProtocols: Set<string>;
	told: boolean;
	/** Connections when the quiet time began. */
	beforeQuiet: number;
}

export class UnreadableEndpoints {
	readonly #names: NameSource;
	readonly #endpoints = new Map<string, Endpoint>();
	#named = 0;
	#unnamed = 0;
	#unnamedTold = false;

	constructor(names: NameSource) {
		this.#names = names;
	}

	/** What the counters of a pod say now. */
	observe(podKey: string, counters: podwire.v1.TapCounters.$Properties, nowMs: number): void {
		for (const { ip, port, cause, connections, serverNames, applicationProtocols } of counters.unreadable ?? []) {
			if (!ip || (ip.length !== 4 && ip.length !== 16)) continue;
			const endpoint = this.#endpointOf(ip, port ?? 0, cause ?? 0, nowMs);
			if (endpoint === null) continue;
			addDistinct(endpoint.serverNames, serverNames, MAX_SERVER_NAMES);
			addDistinct(endpoint.applicationProtocols, applicationProtocols, MAX_APPLICATION_PROTOCOLS);
			endpoint.byPod.set(podKey, connections ?? 0);
		}
	}

	/** Those whose time has come; `all`: the tap ends. */
	due(nowMs: number, all = false): Notice[] {
		const notices: Notice[] = [];
		for (const endpoint of this.#endpoints.values()) {
			if (endpoint.told || (!all && nowMs - endpoint.sinceMs < GATHER_MS)) continue;
			endpoint.told = true;
			if (this.#named < MAX_NAMED_ENDPOINTS) notices.push(this.#notice(endpoint));
			else this.#unnamed += 1;
			this.#named += 1;
		}
		if (this.#unnamed > 0 && !this.#unnamedTold) {
			this.#unnamedTold = true;
			notices.push(moreUnreadable(this.#unnamed));
		}
		return notices;
	}

	/** From now on nothing is shown. */
	beginQuiet(): void {
		for (const endpoint of this.#endpoints.values()) endpoint.beforeQuiet = connectionsOf(endpoint);
	}

	/** Those with connections since: `backend-5f-abc:8443: shop.example, h2`. */
	sinceQuiet(cause: podwire.v1.LossCause): string[] {
		return [...this.#endpoints.values()]
			.filter((endpoint) => endpoint.cause === cause && connectionsOf(endpoint) > endpoint.beforeQuiet)
			.map((endpoint) => {
				const names = namesOf(endpoint);
				return names.length === 0 ? this.#words(endpoint) : `${this.#words(endpoint)}: ${names.join(', ')}`;
			});
	}

	/** Null: there is no room for another one. */
	#endpointOf(ip: Uint8Array, port: number, cause: podwire.v1.LossCause, nowMs: number): Endpoint | null {
		const key = `${addressKey(ip)} ${port} ${cause}`;
		const known = this.#endpoints.get(key);
		if (known !== undefined) return known;
		if (this.#endpoints.size >= MAX_ENDPOINTS) return null;
		const names = { serverNames: new Set<string>(), applicationProtocols: new Set<string>() };
		const endpoint = { ip, port, cause, sinceMs: nowMs, byPod: new Map(), ...names, told: false, beforeQuiet: 0 };
		this.#endpoints.set(key, endpoint);
		return endpoint;
	}

	#notice(endpoint: Endpoint): Notice {
		return unreadable(this.#words(endpoint), endpoint.cause, connectionsOf(endpoint), namesOf(endpoint));
	}

	#words({ ip, port }: Endpoint): string {
		const name = this.#names.nameOf(ip)?.name;
		if (name) return `${name}:${port}`;
		return port === 0 ? formatIp(ip) : formatSocketAddress(ip, port);
	}
}

function connectionsOf({ byPod }: Endpoint): number {
	return [...byPod.values()].reduce((sum, count) => sum + count, 0);
}

/** What clients asked a TLS server for: `shop.example`, `ALPN h2, http/1.1`. */
function namesOf({ serverNames, applicationProtocols }: Endpoint): string[] {
	const protocols = [...applicationProtocols].join(', ');
	return [...serverNames, ...(protocols === '' ? [] : [`ALPN ${protocols}`])];
}

function addDistinct(set: Set<string>, more: readonly string[] | null | undefined, most: number): void {
	for (const text of more ?? []) {
		if (set.size < most) set.add(text);
	}
}
