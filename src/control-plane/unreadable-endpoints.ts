/** Where connections lead that carry no readable HTTP: each named once, when there is a count worth telling. */
import { addressKey } from '../messaging/address-names.ts';
import { formatIp, formatSocketAddress } from '../messaging/network-address.ts';
import type { podwire } from '../messaging/wire.ts';
import type { AddressBook } from './address-book.ts';
import { moreUnreadable, unreadable } from './tap-words.ts';

type Notice = podwire.v1.Notice.$Properties;

/** Named to one client; further ones are counted. */
export const MAX_NAMED_ENDPOINTS = 64;
/** Kept in mind. */
const MAX_ENDPOINTS = 1024;
/** A first connection rarely comes alone. */
export const GATHER_MS = 1000;

interface Endpoint {
	readonly ip: Uint8Array;
	readonly port: number;
	readonly cause: podwire.v1.LossCause;
	readonly sinceMs: number;
	/** Of each pod, which counts by itself. */
	readonly byPod: Map<string, number>;
	told: boolean;
}

export class UnreadableEndpoints {
	readonly #book: AddressBook;
	readonly #endpoints = new Map<string, Endpoint>();
	#named = 0;
	#unnamed = 0;
	#unnamedTold = false;

	constructor(book: AddressBook) {
		this.#book = book;
	}

	/** What the counters of a pod say now. */
	observe(podKey: string, counters: podwire.v1.TapCounters.$Properties, nowMs: number): void {
		for (const { ip, port, cause, connections } of counters.unreadable ?? []) {
			if (!ip || (ip.length !== 4 && ip.length !== 16)) continue;
			const key = `${addressKey(ip)} ${port ?? 0} ${cause ?? 0}`;
			let endpoint = this.#endpoints.get(key);
			if (endpoint === undefined) {
				if (this.#endpoints.size >= MAX_ENDPOINTS) continue;
				endpoint = { ip, port: port ?? 0, cause: cause ?? 0, sinceMs: nowMs, byPod: new Map(), told: false };
				this.#endpoints.set(key, endpoint);
			}
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

	#notice({ ip, port, cause, byPod }: Endpoint): Notice {
		const name = this.#book.nameOf(ip)?.name;
		const connections = [...byPod.values()].reduce((sum, count) => sum + count, 0);
		const words = name ? `${name}:${port}` : port === 0 ? formatIp(ip) : formatSocketAddress(ip, port);
		return unreadable(words, cause, connections);
	}
}
