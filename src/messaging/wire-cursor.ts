/** A place in bytes of protobuf, and what stands there: https://protobuf.dev/programming-guides/encoding. */

/**
 * Thrown for what these functions do not read: malformed bytes, and what is well-formed and rare. Whoever catches it has
 * the generated code read the message and judge it.
 */
export const RARE: Error = new Error('left to the generated code');

const MAX_UINT32 = 0xffff_ffff;
const MAX_INT32 = 0x7fff_ffff;
/** 7 bits each: the sum is exact in a double. */
const MAX_VARINT_BYTES = 7;
const CONTINUES = 0x80;
const BITS = 0x7f;

const NOTHING = new Uint8Array();

export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
	return new DataView(buffer, byteOffset, byteLength);
}

export class WireCursor {
	at = 0;
	#bytes: Uint8Array = NOTHING;
	#view: DataView = viewOf(NOTHING);

	get bytes(): Uint8Array {
		return this.#bytes;
	}

	set bytes(bytes: Uint8Array) {
		if (bytes === this.#bytes) return;
		this.#bytes = bytes;
		this.#view = viewOf(bytes);
	}

	/** The same bytes. */
	get view(): DataView {
		return this.#view;
	}

	/** Of at most 49 bits. */
	varint(end: number): number {
		const { bytes } = this;
		let { at } = this;
		if (at >= end) throw RARE;
		let byte = bytes[at++] as number;
		if (byte < CONTINUES) {
			this.at = at;
			return byte;
		}
		const last = Math.min(end, at - 1 + MAX_VARINT_BYTES);
		let value = byte & BITS;
		for (let scale = 128; at < last; scale *= 128) {
			byte = bytes[at++] as number;
			value += (byte & BITS) * scale;
			if (byte < CONTINUES) {
				this.at = at;
				return value;
			}
		}
		throw RARE;
	}

	uint32(end: number): number {
		const value = this.varint(end);
		if (value > MAX_UINT32) throw RARE;
		return value;
	}

	/** One that is not negative. */
	enumeration(end: number): number {
		const value = this.varint(end);
		if (value > MAX_INT32) throw RARE;
		return value;
	}

	boolean(end: number): boolean {
		return this.varint(end) !== 0;
	}

	/** The end of a length-delimited field, whose content begins at `at` now. */
	fieldEnd(end: number): number {
		const fieldEnd = this.varint(end) + this.at;
		if (fieldEnd > end) throw RARE;
		return fieldEnd;
	}

	/** The content of a length-delimited field; a view. */
	content(end: number): Uint8Array {
		const fieldEnd = this.fieldEnd(end);
		const content = this.bytes.subarray(this.at, fieldEnd);
		this.at = fieldEnd;
		return content;
	}

	/** A copy of its own, which does not keep what it was taken from. */
	copy(from: number, to: number): Uint8Array {
		return new Uint8Array(this.bytes.subarray(from, to));
	}

	/** ASCII. */
	text(end: number): string {
		const fieldEnd = this.fieldEnd(end);
		const text = asciiText(this.bytes, this.at, fieldEnd);
		this.at = fieldEnd;
		return text;
	}

	/** Where a text that begins at `at` now ends; it is ASCII. */
	textEnd(end: number): number {
		const fieldEnd = this.fieldEnd(end);
		requireAscii(this.bytes, this.at, fieldEnd);
		return fieldEnd;
	}
}

/** Throws RARE for any other text. */
function requireAscii(bytes: Uint8Array, from: number, to: number): void {
	let all = 0;
	for (let at = from; at < to; ++at) all |= bytes[at] as number;
	if (all > BITS) throw RARE;
}

/** Throws RARE for any other text. */
export function asciiText(bytes: Uint8Array, from: number, to: number): string {
	let text = '';
	let at = from;
	for (; at + 8 <= to; at += 8) {
		const a = bytes[at] as number;
		const b = bytes[at + 1] as number;
		const c = bytes[at + 2] as number;
		const d = bytes[at + 3] as number;
		const e = bytes[at + 4] as number;
		const f = bytes[at + 5] as number;
		const g = bytes[at + 6] as number;
		const h = bytes[at + 7] as number;
		if ((a | b | c | d | e | f | g | h) > BITS) throw RARE;
		text += String.fromCharCode(a, b, c, d, e, f, g, h);
	}
	for (; at < to; ++at) {
		const byte = bytes[at] as number;
		if (byte > BITS) throw RARE;
		text += String.fromCharCode(byte);
	}
	return text;
}

/** A text that is nearly always the one before: made once as long as it stays the same. */
export class LastText {
	#text = '';

	/** Of ASCII. */
	of(bytes: Uint8Array, from: number, to: number): string {
		if (!this.#isAt(bytes, from, to)) this.#text = asciiText(bytes, from, to);
		return this.#text;
	}

	#isAt(bytes: Uint8Array, from: number, to: number): boolean {
		const text = this.#text;
		if (to - from !== text.length) return false;
		for (let index = 0; index < text.length; ++index) {
			if (bytes[from + index] !== text.charCodeAt(index)) return false;
		}
		return true;
	}
}
