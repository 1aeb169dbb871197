// ClientHello messages: RFC 8446, section 4.1.2.
import { hex, latin1, seed, sized, unsigned } from './input.mjs';

const extension = (type, bytes) => Buffer.concat([unsigned(type, 2), sized(bytes, 2)]);
const serverName = sized(Buffer.concat([Buffer.of(0), sized(latin1('www.example.com'), 2)]), 2);
const protocols = sized(
	Buffer.concat([sized(latin1('h2'), 1), sized(latin1('http/1.1'), 1), sized(hex('0a0a'), 1)]),
	2,
);
const extensions = Buffer.concat([
	extension(0x0a0a, Buffer.alloc(0)),
	extension(0, serverName),
	extension(16, protocols),
]);
const hello = Buffer.concat([
	hex('0303'),
	Buffer.alloc(32, 7),
	sized(Buffer.alloc(32, 8), 1),
	sized(hex('1301 1302'), 2),
	hex('0100'),
	sized(extensions, 2),
]);
export const handshake = Buffer.concat([Buffer.of(1), sized(hello, 3)]);
export const record = (bytes) => Buffer.concat([hex('16 0301'), sized(bytes, 2)]);
seed('tls', 'client-hello', [0], record(handshake));
seed(
	'tls',
	'two-records',
	[0],
	record(handshake.subarray(0, 60)),
	record(handshake.subarray(60)),
	hex('14 0303 0001 01'),
);
seed(
	'tls',
	'no-extensions',
	[0],
	record(Buffer.concat([Buffer.of(1), sized(hello.subarray(0, hello.length - extensions.length - 2), 3)])),
);
seed(
	'tls',
	'made',
	[1, 11],
	latin1('example.com'),
	[2, 1],
	latin1('h2'),
	[7],
	latin1('http/1.1'),
	[4],
	latin1('sess'),
	[3],
	latin1('abc'),
	[40, 9, 200],
);
