/** Exchanges made at random, the same for the same seed: every field now there, now not, now with a strange value. */
import type { podwire } from '../../src/messaging/wire.ts';

const TEXTS = [
	'',
	'GET',
	'POST',
	'/api/cart?id=7',
	'backend:8080',
	'grün',
	'日本',
	'x'.repeat(300),
	'a\u0000b',
	'eight by',
	'"quoted" \\ and \u007f',
	'\u202e\u2066',
	'C:\\',
];
const ASCII_TEXTS = TEXTS.filter((text) => /^[\0-\x7f]*$/.test(text));
const NUMBERS = [0, 1, 127, 128, 255, 16_384, 2 ** 31 - 1, 2 ** 32 - 1];
const LARGE = [...NUMBERS, 2 ** 35, 2 ** 42, 2 ** 49 - 1, 2 ** 49, 2 ** 53 - 1];

export class RandomExchanges {
	#state: number;
	/** Texts of messages are ASCII and numbers have at most 49 bits; headers have any texts all the same. */
	usual = false;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** 0 to `limit` − 1. Numerical Recipes' linear congruential generator; the high bits are the random ones. */
	below(limit: number): number {
		this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((this.#state / 2 ** 32) * limit);
	}

	/** One byte of a copy of `bytes` is another. */
	damaged(bytes: Uint8Array): Uint8Array {
		const copy = bytes.slice();
		if (copy.length > 0) copy[this.below(copy.length)] = this.below(256);
		return copy;
	}

	exchange(): podwire.v1.Exchange.$Properties {
		return {
			id: this.#bytes(this.#maybe(8, 4) ?? 0),
			startSeconds: this.#of(this.usual ? [0, 1_795_000_000, 2 ** 40] : [0, 1_795_000_000, -5, 2 ** 40]),
			startNanos: this.#of(NUMBERS),
			direction: this.below(4),
			source: this.#maybe(this.#endpoint(), 8),
			destination: this.#maybe(this.#endpoint(), 8),
			protocol: this.below(4),
			tls: this.below(4) === 0,
			stream: this.#maybe(this.#of(NUMBERS), 2),
			request: this.#maybe(this.#request(), 8),
			response: this.#maybe(this.#response(), 8),
			informational: this.#several(2, () => ({ status: 103, headers: this.#headers() })),
			firstResponseByteNanos: this.#maybe(this.#large(), 4),
			durationNanos: this.#maybe(this.#large(), 4),
			end: this.below(7),
			missing: this.#several(3, () => 1 + this.below(15)),
			reset: this.#maybe({ errorCode: this.#of(NUMBERS), bySource: this.below(2) === 0 }, 2),
			pushed: this.below(4) === 0,
		};
	}

	#endpoint(): podwire.v1.Endpoint.$Properties {
		const ip = this.#bytes(this.#of([0, 4, 16]));
		const via = { ip: this.#bytes(4), port: this.below(65_536), service: this.#messageText() };
		return { ip, port: this.below(65_536), via: this.#maybe(via, 2) };
	}

	#request(): podwire.v1.Request.$Properties {
		return {
			method: this.#maybe(this.#messageText(), 8),
			scheme: this.#maybe(this.#messageText(), 8),
			authority: this.#maybe(this.#messageText(), 8),
			path: this.#maybe(this.#messageText(), 8),
			connectProtocol: this.#maybe(this.#messageText(), 2),
			grpcTimeoutNanos: this.#maybe(this.#large(), 2),
			...this.#message(),
		};
	}

	#response(): podwire.v1.Response.$Properties {
		return {
			status: this.#maybe(this.#of([0, 200, 404, 999]), 8),
			reason: this.#maybe(this.#messageText(), 8),
			grpc: this.#maybe({ code: this.below(20), message: this.#text() }, 2),
			...this.#message(),
		};
	}

	#message() {
		return {
			headers: this.#headers(),
			trailers: this.#headers(),
			bodyBytes: this.#maybe(this.#large(), 4),
			wireBytes: this.#maybe(this.#large(), 4),
			body: this.#maybe({ content: this.#bytes(this.below(40)), truncated: this.below(2) === 0 }, 2),
			messages: this.#maybe({ counts: [{ kind: this.below(7), count: this.below(9) }], inexact: true }, 2),
		};
	}

	#headers(): podwire.v1.Header.$Properties[] {
		return this.#several(4, () => {
			const name = this.#text();
			return this.#of([{ name, value: this.#text() }, { name, redacted: true }, { name, unknown: true }, { name }]);
		});
	}

	#text(): string {
		return this.#of(TEXTS);
	}

	#messageText(): string {
		return this.#of(this.usual ? ASCII_TEXTS : TEXTS);
	}

	#large(): number {
		return this.#of(this.usual ? LARGE.filter((value) => value < 2 ** 49) : LARGE);
	}

	#bytes(length: number): Uint8Array {
		return Uint8Array.from({ length }, () => this.below(256));
	}

	#of<Value>(values: readonly Value[]): Value {
		return values[this.below(values.length)] as Value;
	}

	/** Null once in `often` times. */
	#maybe<Value>(value: Value, often: number): Value | null {
		return this.below(often) === 0 ? null : value;
	}

	#several<Value>(limit: number, make: () => Value): Value[] {
		return Array.from({ length: this.below(limit + 1) }, make);
	}
}
