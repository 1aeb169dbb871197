/** The two columns of a line that give where a terminal is narrow: who talks to whom, and the path. */
import { cutMiddle } from './cut-text.ts';
import { terminalWidth } from './terminal-text.ts';

/** What of the room of both the ends keep when the path wants more than they leave, and what they may want at most. */
const KEPT_ENDS_SHARE = 0.55;
const MOST_ENDS_SHARE = 0.75;
/** Below this the line is not cut: a terminal so narrow wraps whatever is shown. */
const LEAST_ROOM = 24;

export interface FittedWidths {
	readonly ends: number;
	/** Of the column; a path may stick out of it as far as `pathRoom`. */
	readonly path: number;
	readonly pathRoom: number;
}

/** Columns grow with what they show; what they have to cut is as little as the other one allows. */
export class FittedColumns {
	readonly #least: { readonly ends: number; readonly path: number };
	readonly #pathShare: number;
	#columns = 0;
	/** Wanted. */
	#ends = 0;
	#path = 0;

	/** `least`: the widths that they begin with. `pathShare`: of the terminal, which the path's column may grow to. */
	constructor(least: { readonly ends: number; readonly path: number }, pathShare: number) {
		this.#least = least;
		this.#pathShare = pathShare;
	}

	/** `others`: columns of the terminal that the rest of the line takes. Null: nothing is to be cut. */
	fit(columns: number, others: number, ends: number, path: number): FittedWidths | null {
		const room = columns - others;
		if (room < LEAST_ROOM) return null;
		if (columns !== this.#columns) this.#begin(columns);
		this.#ends = Math.max(this.#ends, Math.min(ends, Math.floor(room * MOST_ENDS_SHARE)));
		const most = Math.floor(columns * this.#pathShare);
		// A path that sticks out moves no other line, unless it has to be cut at its column anyway.
		if (path <= most || room - this.#ends <= most) this.#path = Math.max(this.#path, Math.min(path, most));
		const kept = Math.max(room - this.#path, Math.floor(room * KEPT_ENDS_SHARE));
		const given = Math.min(this.#ends, kept);
		return { ends: given, path: Math.min(this.#path, room - given), pathRoom: room - given };
	}

	#begin(columns: number): void {
		this.#columns = columns;
		this.#ends = this.#least.ends;
		this.#path = this.#least.path;
	}
}

/** Both cut to half of the width, or one alone to what the other leaves. */
export function cutPair(one: string, other: string, between: string, width: number): string {
	const room = width - terminalWidth(between);
	const [oneWidth, otherWidth] = [terminalWidth(one), terminalWidth(other)];
	if (oneWidth + otherWidth <= room) return one + between + other;
	const oneRoom = Math.min(oneWidth, Math.max(Math.floor(room / 2), room - otherWidth));
	return cutMiddle(one, oneRoom) + between + cutMiddle(other, room - oneRoom);
}

export function padded(text: string, width: number): string {
	return text + ' '.repeat(Math.max(0, width - terminalWidth(text)));
}
