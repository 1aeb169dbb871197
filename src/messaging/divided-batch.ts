/** An encoded TapBatch taken apart without a look into its exchanges: nearly all of its bytes are theirs. */
import { RARE, WireCursor } from './wire-cursor.ts';
import { FIXED32, FIXED64, LENGTH_DELIMITED, TAP_BATCH_EXCHANGES, VARINT } from './wire-fields.ts';

const WIRE_TYPE_BITS = 7;
const CONTINUES = 0x80;
const FIXED32_BYTES = 4;
const FIXED64_BYTES = 8;

/** The encoded exchanges of a batch, which are cut out of it only when they are asked for. */
export class EncodedExchanges implements Iterable<Uint8Array> {
	/** Of the whole batch. */
	readonly bytes: Uint8Array;
	/** Where each begins and ends, in turn. */
	readonly #places: readonly number[];

	constructor(bytes: Uint8Array, places: readonly number[]) {
		this.bytes = bytes;
		this.#places = places;
	}

	get length(): number {
		return this.#places.length / 2;
	}

	/** Where the one with this index begins. */
	from(index: number): number {
		return this.#places[2 * index] as number;
	}

	/** Where it ends. */
	to(index: number): number {
		return this.#places[2 * index + 1] as number;
	}

	/** Views of the batch. */
	*[Symbol.iterator](): Iterator<Uint8Array> {
		for (let index = 0; index < this.length; ++index) yield this.bytes.subarray(this.from(index), this.to(index));
	}
}

export interface DividedBatch {
	readonly exchanges: EncodedExchanges;
	/** All other fields, in their order. */
	readonly others: Uint8Array;
}

/** Null: malformed, or with fields of a kind that nobody writes: for the generated code to judge. */
export function divideBatch(bytes: Uint8Array): DividedBatch | null {
	try {
		return divided(bytes);
	} catch (error) {
		if (error !== RARE) throw error;
		return null;
	}
}

function divided(bytes: Uint8Array): DividedBatch {
	const cursor = new WireCursor();
	cursor.bytes = bytes;
	const end = bytes.length;
	const places: number[] = [];
	const others: Uint8Array[] = [];
	let othersFrom = 0;
	while (cursor.at < end) {
		const fieldFrom = cursor.at;
		const tag = cursor.varint(end);
		if (tag !== TAP_BATCH_EXCHANGES) {
			skip(cursor, tag);
			continue;
		}
		if (fieldFrom > othersFrom) others.push(bytes.subarray(othersFrom, fieldFrom));
		const to = cursor.fieldEnd(end);
		places.push(cursor.at, to);
		cursor.at = to;
		othersFrom = to;
	}
	if (end > othersFrom) others.push(bytes.subarray(othersFrom));
	const [first, second] = others;
	const joined = first !== undefined && second === undefined ? first : Buffer.concat(others);
	return { exchanges: new EncodedExchanges(bytes, places), others: joined };
}

/** To the end of a field whose tag was read. */
function skip(cursor: WireCursor, tag: number): void {
	const end = cursor.bytes.length;
	switch (tag & WIRE_TYPE_BITS) {
		case VARINT:
			while (cursor.at < end && (cursor.bytes[cursor.at] as number) >= CONTINUES) ++cursor.at;
			++cursor.at;
			break;
		case FIXED64:
			cursor.at += FIXED64_BYTES;
			break;
		case LENGTH_DELIMITED:
			cursor.at = cursor.fieldEnd(end);
			break;
		case FIXED32:
			cursor.at += FIXED32_BYTES;
			break;
		default:
			throw RARE;
	}
	if (cursor.at > end) throw RARE;
}
