/** `--to` and `--from` as addresses that a node can compare with. */
import { type Network, networkOf } from '../messaging/network-address.ts';
import type { PeerQuery } from '../messaging/peer-query.ts';
import type { podwire } from '../messaging/wire.ts';
import type { AddressBook } from './address-book.ts';
import { InventoryError, type InventoryPod } from './inventory.ts';
import type { TargetResolver } from './targets.ts';

/**
 * Stands for a resource of which no address is known: a peer without networks would be any peer. RFC 1122,
 * section 3.2.1.3: never the address of either end of a connection.
 */
const NO_NETWORK: Network = { ip: new Uint8Array(4), prefixBits: 32 };

/** Of one peer; addresses beyond are left out and told. */
export const MAX_NETWORKS_PER_PEER = 4096;

export interface ResolvedPeers {
	readonly peers: readonly podwire.v1.Peer.$Properties[];
	/** Pods that agents have to be asked about. */
	readonly unknownPods: readonly InventoryPod[];
	/** Resources that do not exist, in words. */
	readonly problems: readonly InventoryError[];
}

export interface PeerResolution {
	readonly resolver: TargetResolver;
	readonly book: AddressBook;
	/** Where a peer names none; null: every one. */
	readonly namespace: string | null;
}

export function resolvePeers(queries: readonly PeerQuery[], resolution: PeerResolution): ResolvedPeers {
	const unknownPods: InventoryPod[] = [];
	const problems: InventoryError[] = [];
	const peers = queries.map((query) => {
		const { selection, port } = query;
		switch (selection.by) {
			case 'any':
				return { port };
			case 'network':
				return { networks: [selection.network], port };
			case 'host':
				return { host: selection.host, port };
			default:
				return { networks: networksOf(query, resolution, unknownPods, problems), port };
		}
	});
	return { peers, unknownPods, problems };
}

function networksOf(
	{ selection }: PeerQuery,
	{ resolver, book, namespace }: PeerResolution,
	unknownPods: InventoryPod[],
	problems: InventoryError[],
): Network[] {
	if (selection.by !== 'resource') return [];
	try {
		const { pods, addresses } = resolver.peerOf(selection.target, namespace);
		unknownPods.push(...pods.filter((pod) => pod.addresses.length === 0));
		const networks = [...addresses, ...pods.flatMap((pod) => book.addressesOf(pod))].map(networkOf);
		return networks.length === 0 ? [NO_NETWORK] : networks.slice(0, MAX_NETWORKS_PER_PEER);
	} catch (error) {
		if (!(error instanceof InventoryError)) throw error;
		problems.push(error);
		return [NO_NETWORK];
	}
}
