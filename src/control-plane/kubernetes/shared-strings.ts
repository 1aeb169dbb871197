/** Equal strings kept once. Forgets the oldest, so that names which come and go do not add up: sharing is a saving, no promise. */
export class SharedStrings {
	readonly #most: number;
	#current = new Map<string, string>();
	#previous = new Map<string, string>();

	/** Holds at most twice `most`. */
	constructor(most: number) {
		this.#most = most;
	}

	of(text: string): string {
		const known = this.#current.get(text);
		if (known !== undefined) return known;
		const shared = this.#previous.get(text) ?? text;
		if (this.#current.size >= this.#most) {
			this.#previous = this.#current;
			this.#current = new Map();
		}
		this.#current.set(shared, shared);
		return shared;
	}
}
