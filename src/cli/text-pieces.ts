/** Short texts that come again and again, as the bytes and the columns that they take. */
import { terminalWidth } from './terminal-text.ts';

export interface TextPiece {
	readonly bytes: Uint8Array;
	/** In columns of a terminal. */
	readonly width: number;
}

export function textPiece(text: string): TextPiece {
	return { bytes: Buffer.from(text), width: terminalWidth(text) };
}

/** Of our own words: every character of them takes one column. */
export function wordPiece(text: string): TextPiece {
	return { bytes: Buffer.from(text), width: text.length };
}

/** Those of words for small numbers, each made when it is asked for first. */
export class NumberedPieces {
	readonly #pieces: (TextPiece | undefined)[];
	readonly #textOf: (number: number) => string;

	/** Of the integers from 0 to `count` − 1. */
	constructor(count: number, textOf: (number: number) => string) {
		this.#pieces = new Array<TextPiece | undefined>(count).fill(undefined);
		this.#textOf = textOf;
	}

	/** Of any other number it is made anew. */
	of(number: number): TextPiece {
		const known = this.#pieces[number];
		if (known !== undefined) return known;
		const piece = wordPiece(this.#textOf(number));
		if (number < this.#pieces.length) this.#pieces[number] = piece;
		return piece;
	}
}
