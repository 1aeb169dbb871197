/** Output as bytes, written piece by piece into one block: no text is made of what came as bytes and goes as bytes. */

const FIRST_BYTES = 64 * 1024;
/** A block that grew beyond it is followed by one of this size. */
const MAX_KEPT_BYTES = 1024 * 1024;
/** Of a character in UTF-8, for one unit of a string: RFC 3629, section 3. */
const MAX_BYTES_PER_UNIT = 3;
/** Above them a copy by the runtime is faster than one in a loop. */
const MAX_LOOPED_BYTES = 32;
const MAX_LOOPED_UNITS = 64;
const ASCII_BITS = 0x7f;
const SPACE = 0x20;
const ZERO = 0x30;
/** Digits are written three at a time where there are as many. */
const GROUP = 3;
const GROUP_LIMIT = 10 ** GROUP;
const GROUPS = Buffer.from(
	Array.from({ length: GROUP_LIMIT }, (_, value) => String(value).padStart(GROUP, '0')).join(''),
);
/** Of a number that is exact in a double. */
const MAX_DIGITS = 16;
/** Integers below it are divided in 32 bits. */
const INT32_LIMIT = 2 ** 31;

export class OutputBytes {
	#bytes: Buffer;
	#length = 0;

	constructor(firstBytes: number = FIRST_BYTES) {
		this.#bytes = Buffer.allocUnsafeSlow(firstBytes);
	}

	get length(): number {
		return this.#length;
	}

	get capacity(): number {
		return this.#bytes.length;
	}

	/** What was written; a view, and good until more is. */
	written(): Buffer {
		return this.#bytes.subarray(0, this.#length);
	}

	/** A copy of what was written behind `length`. */
	copyFrom(length: number): Uint8Array {
		return new Uint8Array(this.#bytes.subarray(length, this.#length));
	}

	/** What was written, for whoever keeps it; what follows is written elsewhere. */
	take(): Buffer {
		const written = this.written();
		this.#length = 0;
		// A copy of little is cheaper than another block.
		if (written.length <= this.#bytes.length / 2) return Buffer.from(written);
		this.#bytes = Buffer.allocUnsafeSlow(Math.min(this.#bytes.length, MAX_KEPT_BYTES));
		return written;
	}

	clear(): void {
		this.#length = 0;
	}

	/** Takes back what was written behind `length`. */
	cutTo(length: number): void {
		this.#length = length;
	}

	/** In UTF-8. */
	text(text: string): void {
		const units = text.length;
		this.#reserve(units * MAX_BYTES_PER_UNIT);
		const bytes = this.#bytes;
		const from = this.#length;
		if (units <= MAX_LOOPED_UNITS) {
			let index = 0;
			for (; index < units; ++index) {
				const unit = text.charCodeAt(index);
				if (unit > ASCII_BITS) break;
				bytes[from + index] = unit;
			}
			if (index === units) {
				this.#length = from + units;
				return;
			}
		}
		this.#length = from + bytes.write(text, from);
	}

	piece(piece: Uint8Array): void {
		const { length } = piece;
		this.#reserve(length);
		const bytes = this.#bytes;
		const from = this.#length;
		if (length > MAX_LOOPED_BYTES) bytes.set(piece, from);
		else for (let index = 0; index < length; ++index) bytes[from + index] = piece[index] as number;
		this.#length = from + length;
	}

	/** `bytes[from…to]` where `plain` has a 1 for all of them; otherwise false, and nothing is written. */
	plain(source: Uint8Array, from: number, to: number, plain: Uint8Array): boolean {
		this.#reserve(to - from);
		const bytes = this.#bytes;
		let at = this.#length;
		for (let index = from; index < to; ++index) {
			const byte = source[index] as number;
			if (plain[byte] !== 1) return false;
			bytes[at++] = byte;
		}
		this.#length = at;
		return true;
	}

	/** In decimal digits, at least `least` of them; an integer from 0 to 2^53. */
	digits(value: number, least = 1): void {
		this.#reserve(MAX_DIGITS + least);
		let count = 1;
		for (let limit = 10; value >= limit; limit *= 10) ++count;
		count = Math.max(count, least);
		const bytes = this.#bytes;
		const from = this.#length;
		let at = from + count;
		let rest = value;
		for (; rest >= INT32_LIMIT; rest = Math.floor(rest / 10)) bytes[--at] = ZERO + (rest % 10);
		let small = rest | 0;
		for (; at >= from + GROUP; at -= GROUP) {
			const next = (small / GROUP_LIMIT) | 0;
			const group = GROUP * (small - GROUP_LIMIT * next);
			bytes[at - 3] = GROUPS[group] as number;
			bytes[at - 2] = GROUPS[group + 1] as number;
			bytes[at - 1] = GROUPS[group + 2] as number;
			small = next;
		}
		while (at > from) {
			const next = (small / 10) | 0;
			bytes[--at] = ZERO + small - 10 * next;
			small = next;
		}
		this.#length = from + count;
	}

	spaces(count: number): void {
		if (count <= 0) return;
		this.#reserve(count);
		const bytes = this.#bytes;
		const to = this.#length + count;
		for (let at = this.#length; at < to; ++at) bytes[at] = SPACE;
		this.#length = to;
	}

	byte(byte: number): void {
		this.#reserve(1);
		this.#bytes[this.#length++] = byte;
	}

	#reserve(count: number): void {
		if (this.#length + count > this.#bytes.length) this.#grow(count);
	}

	#grow(count: number): void {
		const bytes = Buffer.allocUnsafeSlow(Math.max(this.#length + count, this.#bytes.length * 2));
		this.#bytes.copy(bytes, 0, 0, this.#length);
		this.#bytes = bytes;
	}
}
