/** Columns that grow with what they show and never shrink, so that lines stay under each other while they can. */

/** A value wider than `most` sticks out of its line and moves no other. */
export class Column {
	readonly #most: number;
	#width: number;

	constructor(least: number, most: number) {
		this.#width = least;
		this.#most = Math.max(least, most);
	}

	get width(): number {
		return this.#width;
	}

	/** Spaces that fill up a value of this width, after it or before it. */
	padding(width: number): string {
		return spaces(this.room(width));
	}

	/** How many they are; less than one for a value that fills its column. */
	room(width: number): number {
		if (width > this.#width && width <= this.#most) this.#width = width;
		return this.#width - width;
	}
}

const SPACES = Array.from({ length: 128 }, (_, count) => ' '.repeat(count));

function spaces(count: number): string {
	return count <= 0 ? '' : (SPACES[count] ?? ' '.repeat(count));
}
