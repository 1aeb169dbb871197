/** Makes a pcap of HTTP/1.1 over keep-alive connections, the same for the same size: request, head, body, two ACKs each. */
import { closeSync, openSync, writeSync } from 'node:fs';

const connections = 32;
const clientPort = 40_000;
const serverPort = 8080;
const nanosBetweenPackets = 4_000;
const startSeconds = 1_795_000_000;
const flushBytes = 4 << 20;
const digits = 7;

const ethernetBytes = 14;
const ipBytes = 20;
const tcpBytes = 20;
const headerBytes = ethernetBytes + ipBytes + tcpBytes;
const recordHeaderBytes = 16;

const flag = { syn: 0x02, push: 0x08, ack: 0x10 };
const client = [198, 18, 0, 2];
const server = [198, 18, 0, 1];

const request = Buffer.from(
	`GET /file?n=${'0'.repeat(digits)} HTTP/1.1\r\nHost: backend.shop:${serverPort}\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\n\r\n`,
);
const numberAt = request.indexOf('n=') + 2;
const head = Buffer.from(
	'HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 21:04:05 GMT\r\nContent-Type: application/octet-stream\r\n' +
		'Content-Length: 1024\r\nLast-Modified: Sun, 22 Nov 2026 21:00:00 GMT\r\nConnection: keep-alive\r\nETag: "692226d0-400"\r\n\r\n',
);
const body = Buffer.alloc(1024, 'b');
const none = Buffer.alloc(0);

/** Writes `exchanges` exchanges numbered from 1 to a file, which takes about 1.7 KB each. */
export function makeCapture(path: string, exchanges: number): void {
	const writer = new CaptureWriter(path);
	for (let connection = 0; connection < connections; connection += 1) writer.open(connection);
	for (let number = 1; number <= exchanges; number += 1) writer.exchange(number % connections, number);
	writer.close();
}

interface Flow {
	readonly port: number;
	fromClient: number;
	fromServer: number;
}

class CaptureWriter {
	readonly #file: number;
	readonly #buffer = Buffer.alloc(flushBytes + (64 << 10));
	#used = 0;
	#packets = 0;
	readonly #flows: Flow[] = Array.from({ length: connections }, (_, index) => ({
		port: clientPort + index,
		fromClient: 1000,
		fromServer: 5000,
	}));

	constructor(path: string) {
		this.#file = openSync(path, 'w');
		const header = Buffer.alloc(24);
		header.writeUInt32LE(0xa1b23c4d, 0); // pcap with nanoseconds
		header.writeUInt16LE(2, 4);
		header.writeUInt16LE(4, 6);
		header.writeUInt32LE(262_144, 16);
		header.writeUInt32LE(1, 20); // LINKTYPE_ETHERNET
		this.#used = header.copy(this.#buffer);
	}

	open(connection: number): void {
		const flow = this.#flow(connection);
		this.#send(flow, true, flag.syn, none);
		flow.fromClient += 1;
		this.#send(flow, false, flag.syn | flag.ack, none);
		flow.fromServer += 1;
		this.#send(flow, true, flag.ack, none);
	}

	exchange(connection: number, number: number): void {
		const flow = this.#flow(connection);
		request.write(String(number).padStart(digits, '0'), numberAt, 'latin1');
		this.#send(flow, true, flag.push | flag.ack, request);
		flow.fromClient += request.length;
		this.#send(flow, false, flag.ack, none);
		for (const part of [head, body]) {
			this.#send(flow, false, flag.push | flag.ack, part);
			flow.fromServer += part.length;
		}
		this.#send(flow, true, flag.ack, none);
	}

	close(): void {
		this.#flush();
		closeSync(this.#file);
	}

	#flow(connection: number): Flow {
		const flow = this.#flows[connection];
		if (flow === undefined) throw new RangeError(`expected a connection below ${connections}, got ${connection}`);
		return flow;
	}

	#send({ port, fromClient, fromServer }: Flow, byClient: boolean, flags: number, payload: Buffer): void {
		const buffer = this.#buffer;
		const nanos = this.#packets++ * nanosBetweenPackets;
		let at = this.#used;
		buffer.writeUInt32LE(startSeconds + Math.floor(nanos / 1e9), at);
		buffer.writeUInt32LE(nanos % 1e9, at + 4);
		buffer.writeUInt32LE(headerBytes + payload.length, at + 8);
		buffer.writeUInt32LE(headerBytes + payload.length, at + 12);
		at += recordHeaderBytes;
		buffer.fill(0, at, at + headerBytes);
		buffer.writeUInt16BE(0x0800, at + 12);
		at += ethernetBytes;
		buffer[at] = 0x45;
		buffer.writeUInt16BE(ipBytes + tcpBytes + payload.length, at + 2);
		buffer[at + 8] = 64;
		buffer[at + 9] = 6;
		buffer.set(byClient ? client : server, at + 12);
		buffer.set(byClient ? server : client, at + 16);
		buffer.writeUInt16BE(checksumOf(buffer, at, ipBytes), at + 10);
		at += ipBytes;
		buffer.writeUInt16BE(byClient ? port : serverPort, at);
		buffer.writeUInt16BE(byClient ? serverPort : port, at + 2);
		buffer.writeUInt32BE((byClient ? fromClient : fromServer) >>> 0, at + 4);
		const acknowledgment = (flags & flag.ack) === 0 ? 0 : byClient ? fromServer : fromClient;
		buffer.writeUInt32BE(acknowledgment >>> 0, at + 8);
		buffer[at + 12] = 0x50;
		buffer[at + 13] = flags;
		buffer.writeUInt16BE(64_240, at + 14);
		at += tcpBytes;
		at += payload.copy(buffer, at);
		this.#used = at;
		if (at >= flushBytes) this.#flush();
	}

	#flush(): void {
		writeSync(this.#file, this.#buffer, 0, this.#used);
		this.#used = 0;
	}
}

/** RFC 1071, of an even number of bytes. */
function checksumOf(buffer: Buffer, start: number, bytes: number): number {
	let sum = 0;
	for (let at = start; at < start + bytes; at += 2) sum += buffer.readUInt16BE(at);
	while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
	return ~sum & 0xffff;
}
