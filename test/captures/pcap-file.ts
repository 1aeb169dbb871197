/** Classic pcap files (nanoseconds or microseconds, little-endian) taken apart into packets and put together again. */

export interface PcapPacket {
	readonly timeNanos: bigint;
	/** As it was on the wire; `bytes` may be fewer. */
	readonly wireLength: number;
	readonly bytes: Buffer;
}

const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
const NANOS_PER_SECOND = 1_000_000_000n;
const SNAP_LENGTH = 262_144;
export const LINK_TYPE_ETHERNET = 1;

export function readPcap(file: Buffer): PcapPacket[] {
	const magic = file.readUInt32LE(0);
	if (magic !== MAGIC_MICROSECONDS && magic !== MAGIC_NANOSECONDS) {
		throw new Error(`expected a little-endian pcap file, got one that begins with ${magic.toString(16)}`);
	}
	if (file.readUInt32LE(20) !== LINK_TYPE_ETHERNET) throw new Error('expected packets of Ethernet');
	const nanosPerUnit = magic === MAGIC_NANOSECONDS ? 1n : 1000n;
	const packets: PcapPacket[] = [];
	for (let at = FILE_HEADER_BYTES; at < file.length; ) {
		const [seconds, fraction, length, wireLength] = [0, 4, 8, 12].map((field) => file.readUInt32LE(at + field)) as [
			number,
			number,
			number,
			number,
		];
		const begin = at + PACKET_HEADER_BYTES;
		packets.push({
			timeNanos: BigInt(seconds) * NANOS_PER_SECOND + BigInt(fraction) * nanosPerUnit,
			wireLength,
			bytes: file.subarray(begin, begin + length),
		});
		at = begin + length;
	}
	return packets;
}

const fileHeader = Buffer.alloc(FILE_HEADER_BYTES);
fileHeader.writeUInt32LE(MAGIC_NANOSECONDS, 0);
fileHeader.writeUInt16LE(2, 4);
fileHeader.writeUInt16LE(4, 6);
fileHeader.writeUInt32LE(SNAP_LENGTH, 16);
fileHeader.writeUInt32LE(LINK_TYPE_ETHERNET, 20);

/** A file in nanoseconds. */
export function writePcap(packets: readonly PcapPacket[]): Buffer {
	const parts: Buffer[] = [fileHeader];
	for (const { timeNanos, wireLength, bytes } of packets) {
		const header = Buffer.allocUnsafe(PACKET_HEADER_BYTES);
		header.writeUInt32LE(Number(timeNanos / NANOS_PER_SECOND), 0);
		header.writeUInt32LE(Number(timeNanos % NANOS_PER_SECOND), 4);
		header.writeUInt32LE(bytes.length, 8);
		header.writeUInt32LE(wireLength, 12);
		parts.push(header, bytes);
	}
	return Buffer.concat(parts);
}
