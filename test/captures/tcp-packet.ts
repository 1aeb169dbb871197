/** What the tests need to know of a packet: Ethernet, IPv4 or IPv6 without extension headers, TCP. */

const ETHERNET_BYTES = 14;
const ETHERTYPE_OFFSET = 12;
const ETHERTYPE_IPV4 = 0x0800;
const IPV6_BYTES = 40;
const FIN_SYN_RST = 0b111;
const FIN_SYN = 0b011;
const RST = 0b100;
const ACK = 0b1_0000;

export interface TcpPacket {
	/** The same for both directions. */
	readonly connection: string;
	/** Both ports, the lower first. */
	readonly ports: string;
	readonly flags: number;
	/** The sending end. */
	readonly sender: string;
	readonly sequence: number;
	readonly acknowledgment: number;
	readonly payloadBytes: number;
	/** Of the payload within the frame. */
	readonly payloadOffset: number;
}

export function tcpPacket(frame: Buffer): TcpPacket {
	const ip = ETHERNET_BYTES;
	const ipv4 = frame.readUInt16BE(ETHERTYPE_OFFSET) === ETHERTYPE_IPV4;
	const ipBytes = ipv4 ? (frame.readUInt8(ip) & 0x0f) * 4 : IPV6_BYTES;
	const total = ipv4 ? frame.readUInt16BE(ip + 2) : IPV6_BYTES + frame.readUInt16BE(ip + 4);
	const [source, destination] = ipv4
		? [frame.subarray(ip + 12, ip + 16), frame.subarray(ip + 16, ip + 20)]
		: [frame.subarray(ip + 8, ip + 24), frame.subarray(ip + 24, ip + 40)];
	const tcp = ip + ipBytes;
	const tcpBytes = (frame.readUInt8(tcp + 12) >> 4) * 4;
	const ends = [
		`${source.toString('hex')}:${frame.readUInt16BE(tcp)}`,
		`${destination.toString('hex')}:${frame.readUInt16BE(tcp + 2)}`,
	];
	return {
		sender: ends[0] ?? '',
		sequence: frame.readUInt32BE(tcp + 4),
		acknowledgment: frame.readUInt32BE(tcp + 8),
		connection: [...ends].sort().join(' '),
		ports: [frame.readUInt16BE(tcp), frame.readUInt16BE(tcp + 2)].sort((one, other) => one - other).join(' '),
		flags: frame.readUInt8(tcp + 13),
		payloadBytes: total - ipBytes - tcpBytes,
		payloadOffset: tcp + tcpBytes,
	};
}

export function isPureAcknowledgment(frame: Buffer): boolean {
	const { flags, payloadBytes } = tcpPacket(frame);
	return payloadBytes === 0 && (flags & FIN_SYN_RST) === 0;
}

/** `answer` was sent after `packet` had come: it acknowledges all of that, or resets the connection. RFC 9293, section 3.4. */
export function answers(answer: TcpPacket, packet: TcpPacket): boolean {
	if (answer.connection !== packet.connection || answer.sender === packet.sender) return false;
	if ((answer.flags & RST) !== 0) return true;
	if ((answer.flags & ACK) === 0) return false;
	const end = packet.sequence + packet.payloadBytes + ((packet.flags & FIN_SYN) === 0 ? 0 : 1);
	return ((answer.acknowledgment - end) | 0) >= 0;
}
