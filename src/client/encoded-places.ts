/** Places for what was made of encoded bytes, by those bytes: most of them come again, and are read once. */
import { viewOf } from '../messaging/wire-cursor.ts';

/** Fibonacci hashing: 2^32 divided by the golden ratio, odd. */
const MULTIPLIER = 0x9e37_79b1;
const SHIFT = 15;
const WORD_BYTES = 4;
/** Of longer bytes, only so many words have a part in their place: all of them are compared where something is found. */
const SAMPLED_WORDS = 16;
/** What was never asked for again gives way to every so many of those that have its place. */
const GIVES_WAY_AT = 8;

export interface Kept {
	/** What it was made of; a copy, as a view would keep the whole batch. */
	readonly bytes: Uint8Array;
}

interface Place<Value> {
	readonly value: Value;
	readonly view: DataView;
	wanted: boolean;
	missed: number;
}

export class EncodedPlaces<Value extends Kept> {
	readonly #places: (Place<Value> | undefined)[];
	/** Where the last `find` looked. */
	#index = 0;

	/** `count`: a power of two. */
	constructor(count: number) {
		this.#places = new Array<Place<Value> | undefined>(count).fill(undefined);
	}

	/** What was kept of these bytes. */
	find(view: DataView, from: number, to: number): Value | null {
		const index = sampledHash(view, from, to) & (this.#places.length - 1);
		this.#index = index;
		const place = this.#places[index];
		if (place === undefined || !isSame(place.view, view, from, to)) return null;
		place.wanted = true;
		return place.value;
	}

	/** Whether what is made of the bytes that were just not found is worth keeping. */
	wantsIt(): boolean {
		const place = this.#places[this.#index];
		if (place === undefined || place.wanted) return true;
		place.missed += 1;
		return place.missed >= GIVES_WAY_AT;
	}

	/** Takes the place where the last `find` looked. */
	keep(value: Value): void {
		this.#places[this.#index] = { value, view: viewOf(value.bytes), wanted: false, missed: 0 };
	}
}

function sampledHash(view: DataView, from: number, to: number): number {
	const length = to - from;
	const step = Math.max(WORD_BYTES, Math.floor(length / SAMPLED_WORDS));
	let hash = length;
	for (let at = from; at + WORD_BYTES <= to; at += step) hash = mixed(hash, view.getInt32(at, true));
	for (let at = to - Math.min(length, WORD_BYTES); at < to; ++at) hash = mixed(hash, view.getUint8(at));
	return hash;
}

function mixed(hash: number, value: number): number {
	const product = Math.imul(hash ^ value, MULTIPLIER);
	return product ^ (product >>> SHIFT);
}

function isSame(known: DataView, view: DataView, from: number, to: number): boolean {
	const length = to - from;
	if (known.byteLength !== length) return false;
	let index = 0;
	for (; index + WORD_BYTES <= length; index += WORD_BYTES) {
		if (known.getInt32(index, true) !== view.getInt32(from + index, true)) return false;
	}
	for (; index < length; ++index) if (known.getUint8(index) !== view.getUint8(from + index)) return false;
	return true;
}
