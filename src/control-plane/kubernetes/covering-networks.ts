/** A few prefixes that hold many addresses. */
import type { Network } from '../../messaging/network-address.ts';

/** No service range of Kubernetes leaves more than 20 bits for services: what needs a wider prefix is two ranges. */
const RANGE_BITS = 20;

interface Group {
	/** In order, of one family. */
	readonly members: readonly Network[];
	readonly prefixBits: number;
}

/**
 * Prefixes that cover all of `networks`: the smallest ones that leave RANGE_BITS or fewer bits free, or wider ones
 * where more than `most` would be needed. `most` is at least 2: one of each family.
 */
export function coveringNetworks(networks: readonly Network[], most: number): readonly Network[] {
	const groups = [4, 16]
		.map((bytes) => networks.filter(({ ip }) => ip.length === bytes).sort(inOrder))
		.filter((members) => members.length > 0)
		.map(grouped);
	while (groups.length < most) {
		const widest = groups.reduce(
			(one, other) => (freeBits(other) > freeBits(one) ? other : one),
			groups[0] ?? NO_GROUP,
		);
		if (freeBits(widest) <= RANGE_BITS) break;
		const halves = split(widest);
		if (halves === null) break;
		groups.splice(groups.indexOf(widest), 1, ...halves);
	}
	return groups.map(networkOfGroup);
}

const NO_GROUP: Group = { members: [], prefixBits: 0 };

function grouped(members: readonly Network[]): Group {
	const first = members[0];
	const last = members.at(-1);
	if (first === undefined || last === undefined) return NO_GROUP;
	const shortest = members.reduce((bits, { prefixBits }) => Math.min(bits, prefixBits), first.prefixBits);
	return { members, prefixBits: Math.min(shortest, commonBits(first.ip, last.ip)) };
}

/** By the first bit in which they differ; null when a member is as wide as the whole. */
function split({ members, prefixBits }: Group): [Group, Group] | null {
	const hasBit = ({ ip }: Network) => (((ip[prefixBits >> 3] ?? 0) >> (7 - (prefixBits & 7))) & 1) === 1;
	const upper = members.filter(hasBit);
	const lower = members.filter((member) => !hasBit(member));
	const isWhole = members.some((member) => member.prefixBits === prefixBits);
	return isWhole || upper.length === 0 || lower.length === 0 ? null : [grouped(lower), grouped(upper)];
}

function freeBits({ members, prefixBits }: Group): number {
	return (members[0]?.ip.length ?? 0) * 8 - prefixBits;
}

function networkOfGroup({ members, prefixBits }: Group): Network {
	const ip = Uint8Array.from(members[0]?.ip ?? []);
	return {
		ip: ip.map((byte, index) => byte & (0xff << (8 - Math.min(8, Math.max(0, prefixBits - index * 8)))) & 0xff),
		prefixBits,
	};
}

function commonBits(one: Uint8Array, other: Uint8Array): number {
	const at = one.findIndex((byte, index) => byte !== other[index]);
	return at < 0 ? one.length * 8 : at * 8 + Math.clz32((one[at] ?? 0) ^ (other[at] ?? 0)) - 24;
}

function inOrder(one: Network, other: Network): number {
	return Buffer.compare(one.ip, other.ip);
}
