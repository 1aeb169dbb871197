// Capture files: pcap, pcapng, gzip of either.
import { gzipSync } from 'node:zlib';
import { hex, latin1, seed, u16, u32, unsigned } from './input.mjs';

function tcp(flags, payload, sequence) {
	return Buffer.concat([
		unsigned(40000, 2),
		unsigned(80, 2),
		unsigned(sequence, 4),
		unsigned(9, 4),
		Buffer.of(0x50, flags),
		hex('ffff 0000 0000'),
		payload,
	]);
}
function ipv4(payload) {
	return Buffer.concat([
		hex('4500'),
		unsigned(20 + payload.length, 2),
		hex('0000 4000 4006 0000 c612 0001 c612 0002'),
		payload,
	]);
}
function ipv6(payload, next = 6) {
	return Buffer.concat([
		hex('6000 0000'),
		unsigned(payload.length, 2),
		Buffer.of(next, 64),
		hex('2001 0002 0000 0000 0000 0000 0000 0001 2001 0002 0000 0000 0000 0000 0000 0002'),
		payload,
	]);
}
const packets = [
	ipv4(tcp(2, Buffer.alloc(0), 99)),
	ipv4(tcp(0x18, latin1('GET / HTTP/1.1\r\n\r\n'), 100)),
	ipv4(tcp(0x11, Buffer.alloc(0), 118)),
];
const sixes = [
	ipv6(tcp(0x18, latin1('abc'), 5)),
	ipv6(Buffer.concat([hex('0600 0000 0000 0000'), tcp(0x14, latin1('r'), 8)]), 60),
];

function pcap(magic, linkType, frames, littleEndian) {
	const n = (value, bytes = 4) => unsigned(value, bytes, littleEndian);
	const head = [n(magic), n(2, 2), n(4, 2), n(0), n(0), n(262144), n(linkType)];
	const records = frames.flatMap((bytes, i) => [
		n(1700000000 + i),
		n(500),
		n(bytes.length),
		n(bytes.length + (i === 1 ? 4 : 0)),
		bytes,
	]);
	return Buffer.concat([...head, ...records]);
}
const ethernet = (type, packet) => Buffer.concat([hex('0200 0000 0001 0200 0000 0002'), unsigned(type, 2), packet]);
const tagged = (packet) => ethernet(0x8100, Buffer.concat([hex('0064 0800'), packet]));
const cooked = (packet) => Buffer.concat([hex('0000 0001 0006 0200 0000 0001 0000 0800'), packet]);
const plain = pcap(
	0xa1b2c3d4,
	1,
	packets.map((packet) => ethernet(0x0800, packet)),
	true,
);
seed('pcap', 'micro-ethernet', u16(30), plain);
seed('pcap', 'nano-raw-big', u16(30), pcap(0xa1b23c4d, 101, [...packets, ...sixes], false));
seed('pcap', 'vlan', u16(9), pcap(0xa1b2c3d4, 1, packets.map(tagged), false));
seed('pcap', 'cooked', u16(9), pcap(0xa1b2c3d4, 113, packets.map(cooked), true));
seed('pcap', 'cut-off', u16(9), plain.subarray(0, plain.length - 5));
seed('pcap', 'gzip', u16(12), gzipSync(plain));
seed('pcap', 'gzip-two-members', u16(12), gzipSync(plain.subarray(0, 60)), gzipSync(plain.subarray(60)));

function block(type, body) {
	const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
	return Buffer.concat([u32(type), u32(padded.length + 12), padded, u32(padded.length + 12)]);
}
const section = block(0x0a0d0d0a, Buffer.concat([u32(0x1a2b3c4d), u16(1), u16(0), hex('ffff ffff ffff ffff')]));
const described = block(1, Buffer.concat([u16(1), u16(0), u32(0), u16(9), u16(1), hex('0900 0000'), u32(0)]));
const enhanced = (bytes, i) =>
	block(6, Buffer.concat([u32(0), u32(0x060a2418), u32(i), u32(bytes.length), u32(bytes.length), bytes]));
const simple = (bytes) => block(3, Buffer.concat([u32(bytes.length), bytes]));
const ng = Buffer.concat([
	section,
	described,
	...packets.map((packet, i) => enhanced(ethernet(0x0800, packet), i)),
	simple(ethernet(0x86dd, sixes[0])),
	block(5, Buffer.alloc(12)),
]);
seed('pcap', 'pcapng', u16(40), ng);
seed('pcap', 'pcapng-two-sections', u16(40), ng, ng);
seed('pcap', 'pcapng-gzip', u16(40), gzipSync(ng));
