/**
 * A subscription that costs next to nothing: one connection, memory that is read into again and again, and payloads
 * copied into memory that was there before. What the client library makes of messages would count as the node's share.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawSubscriptionOptions {
	readonly port: number;
	readonly user: string;
	readonly password: string;
	readonly subject: string;
	readonly onMessage: (payload: Buffer) => void;
}

/** What one read takes at most. */
const readBytes = 256 * 1024;
/** The server's largest payload, and a line before it. */
const pendingBytes = 2 * 1024 * 1024;

/**
 * Takes the server's messages apart: https://docs.nats.io/reference/reference-protocols/nats-protocol. `payload` is
 * good until `onMessage` returns.
 */
class MessageStream {
	readonly #onMessage: (payload: Buffer) => void;
	readonly #onWord: (word: string) => void;
	readonly #pending = Buffer.alloc(pendingBytes);
	#pendingLength = 0;

	constructor(onMessage: (payload: Buffer) => void, onWord: (word: string) => void) {
		this.#onMessage = onMessage;
		this.#onWord = onWord;
	}

	take(bytes: Buffer): void {
		let all = bytes;
		if (this.#pendingLength > 0) {
			bytes.copy(this.#pending, this.#pendingLength);
			all = this.#pending.subarray(0, this.#pendingLength + bytes.length);
		}
		this.#keep(all, this.#readFrom(all));
	}

	#keep(bytes: Buffer, from: number): void {
		bytes.copy(this.#pending, 0, from);
		this.#pendingLength = bytes.length - from;
	}

	/** Returns where the first frame begins that is not whole. */
	#readFrom(bytes: Buffer): number {
		let at = 0;
		for (;;) {
			const lineEnd = bytes.indexOf('\r\n', at);
			if (lineEnd < 0) return at;
			const line = bytes.toString('latin1', at, lineEnd);
			const payload = lineEnd + 2;
			if (line.startsWith('MSG ')) {
				const end = payload + Number(line.slice(line.lastIndexOf(' ') + 1));
				if (end + 2 > bytes.length) return at;
				this.#onMessage(bytes.subarray(payload, end));
				at = end + 2;
			} else {
				this.#onWord(line);
				at = payload;
			}
		}
	}
}

/** Resolves when the server knows of the subscription, which lasts as long as this process. */
export async function subscribeRaw(options: RawSubscriptionOptions): Promise<void> {
	const { port, user, password, subject, onMessage } = options;
	let answered: (word: string) => void = () => {};
	const answer = new Promise<string>((resolve) => {
		answered = resolve;
	});
	const stream = new MessageStream(onMessage, (word) => {
		if (word === 'PING') socket.write('PONG\r\n');
		if (word === 'PONG' || word.startsWith('-ERR')) answered(word);
	});
	const socket: Socket = connect({
		host: '127.0.0.1',
		port,
		onread: {
			buffer: Buffer.alloc(readBytes),
			callback: (length, buffer) => {
				stream.take(Buffer.from(buffer.buffer as ArrayBuffer, buffer.byteOffset, length));
				return true;
			},
		},
	});
	await once(socket, 'connect');
	const login = { verbose: false, pedantic: false, user, pass: password, lang: 'bench', version: '1' };
	socket.write(`CONNECT ${JSON.stringify(login)}\r\nSUB ${subject} 1\r\nPING\r\n`);
	const word = await answer;
	if (word !== 'PONG') throw new Error(`NATS refused the subscription: ${word}`);
}
