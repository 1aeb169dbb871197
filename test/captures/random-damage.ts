/** Damage to a capture, by a seeded generator so that a failure can be made again. */
import type { PcapPacket } from './pcap-file.ts';
import { answers, tcpPacket } from './tcp-packet.ts';

export type DamageKind = 'drop' | 'duplicate' | 'reorder' | 'truncate';
export const DAMAGE_KINDS: readonly DamageKind[] = ['drop', 'duplicate', 'reorder', 'truncate'];

export interface Damaged {
	readonly packets: readonly PcapPacket[];
	/** Connections with a packet that was changed. */
	readonly connections: ReadonlySet<string>;
	/** Packets of which payload is gone. */
	readonly lost: readonly PcapPacket[];
}

/** Longer than any disorder within a network, shorter than what is waited for. */
const REORDER_NANOS = 50_000_000n;
/** What a capture with a small snaplen keeps: the headers and some of the payload. */
const SNAP_BYTES = 128;

/** mulberry32: 32 bits of state are enough to choose packets. */
export function generator(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** `share`: of the packets that are damaged, about. */
export function damage(packets: readonly PcapPacket[], kind: DamageKind, share: number, random: () => number): Damaged {
	const connections = new Set<string>();
	const lost: PcapPacket[] = [];
	const result: PcapPacket[] = [];
	for (const [index, packet] of packets.entries()) {
		if (random() >= share) {
			result.push(packet);
			continue;
		}
		connections.add(tcpPacket(packet.bytes).connection);
		const { left, loses } = damagePacket(packets, index, kind, random);
		if (loses) lost.push(packet);
		result.push(...left);
	}
	// A delayed packet stands where its time puts it.
	result.sort((one, other) => (one.timeNanos < other.timeNanos ? -1 : one.timeNanos > other.timeNanos ? 1 : 0));
	return { packets: result, connections, lost };
}

function damagePacket(
	packets: readonly PcapPacket[],
	index: number,
	kind: DamageKind,
	random: () => number,
): { left: PcapPacket[]; loses: boolean } {
	const packet = packets[index];
	if (packet === undefined) return { left: [], loses: false };
	const { payloadBytes, payloadOffset } = tcpPacket(packet.bytes);
	switch (kind) {
		case 'drop':
			return { left: [], loses: payloadBytes > 0 };
		case 'duplicate':
			return { left: [packet, { ...packet, timeNanos: delayed(packets, index, random) }], loses: false };
		case 'reorder':
			return { left: [{ ...packet, timeNanos: delayed(packets, index, random) }], loses: false };
		case 'truncate': {
			const bytes = packet.bytes.subarray(0, SNAP_BYTES);
			return { left: [{ ...packet, bytes }], loses: payloadOffset + payloadBytes > SNAP_BYTES };
		}
	}
}

/** A later time, but before the packet is answered: no network does otherwise. */
function delayed(packets: readonly PcapPacket[], index: number, random: () => number): bigint {
	const packet = packets[index];
	if (packet === undefined) return 0n;
	const told = tcpPacket(packet.bytes);
	const answer = packets.find((other, later) => later > index && answers(tcpPacket(other.bytes), told));
	const latest = packet.timeNanos + REORDER_NANOS;
	const bound = answer !== undefined && answer.timeNanos - 1n < latest ? answer.timeNanos - 1n : latest;
	const room = bound - packet.timeNanos;
	return room <= 0n ? packet.timeNanos : packet.timeNanos + BigInt(Math.ceil(random() * Number(room)));
}
