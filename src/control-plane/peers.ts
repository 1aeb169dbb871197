/** `--to` and `--from` as addresses that a node can compare with. */
import { type Network, networkOf } from '../messaging/network-address.ts';
import type { PeerQuery } from '../messaging/peer-query.ts';
import { POD_KIND } from '../messaging/resource-kinds.ts';
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
	/** Those that match nothing while no address of theirs is known: `--to svc/db`. */
	readonly withoutAddress: readonly string[];
}

export interface PeerResolution {
	readonly resolver: TargetResolver;
	readonly book: AddressBook;
	/** Where a peer names none; null: every one. */
	readonly namespace: string | null;
	/** Whether it may be told that there is such a pod in a namespace; '': in any. */
	readonly mayName: (namespace: string) => boolean;
}

/** `end`: requests name the host that they go to, never the one that they come from. */
export function resolvePeers(
	end: 'to' | 'from',
	queries: readonly PeerQuery[],
	resolution: PeerResolution,
): ResolvedPeers {
	const unknownPods: InventoryPod[] = [];
	const problems: InventoryError[] = [];
	const withoutAddress: string[] = [];
	const peers = queries.flatMap((query): podwire.v1.Peer.$Properties[] => {
		const { selection, port } = query;
		switch (selection.by) {
			case 'any':
				return [{ port }];
			case 'network':
				return [{ networks: [selection.network], port }];
			case 'host': {
				const pod = podNamed(selection.host, query, resolution);
				const asHost = { host: selection.host, port };
				if (pod === null) return [asHost];
				const asPod = { networks: resourceOf(pod, resolution, unknownPods, problems).networks, port };
				return end === 'to' ? [asHost, asPod] : [asPod];
			}
			default: {
				const { networks, hosts } = resourceOf(query, resolution, unknownPods, problems);
				const asHosts = end === 'to' ? hosts.map((host) => ({ host, port })) : [];
				if (networks.length === 0 && asHosts.length > 0) return asHosts;
				if (networks.length === 0) withoutAddress.push(`--${end} ${query.text}`);
				return [{ networks: networks.length === 0 ? [NO_NETWORK] : networks, port }, ...asHosts];
			}
		}
	});
	return { peers, unknownPods, problems, withoutAddress };
}

/** A name alone is a host, and as in kubectl a pod, where there is one of that name; so that what a line shows can be asked for. */
function podNamed(name: string, query: PeerQuery, { resolver, namespace, mayName }: PeerResolution): PeerQuery | null {
	if (!mayName(namespace ?? '')) return null;
	const target = { kind: POD_KIND, namespace: null, name };
	try {
		resolver.peerOf(target, namespace);
	} catch (error) {
		if (error instanceof InventoryError) return null;
		throw error;
	}
	return { ...query, selection: { by: 'resource', target } };
}

function resourceOf(
	{ selection }: PeerQuery,
	{ resolver, book, namespace }: PeerResolution,
	unknownPods: InventoryPod[],
	problems: InventoryError[],
): { readonly networks: Network[]; readonly hosts: readonly string[] } {
	if (selection.by !== 'resource') return { networks: [], hosts: [] };
	try {
		const { pods, addresses, hosts } = resolver.peerOf(selection.target, namespace);
		unknownPods.push(...pods.filter((pod) => pod.addresses.length === 0));
		const networks = [...addresses, ...pods.flatMap((pod) => book.addressesOf(pod))].map(networkOf);
		return { networks: networks.slice(0, MAX_NETWORKS_PER_PEER), hosts };
	} catch (error) {
		if (!(error instanceof InventoryError)) throw error;
		problems.push(error);
		return { networks: [], hosts: [] };
	}
}
