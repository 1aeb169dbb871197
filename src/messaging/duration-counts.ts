/** How often something took how long: the counts of a histogram, without what would read them. */

export interface DurationCounts {
	/** Upper bounds, ascending. */
	readonly boundsSeconds: readonly number[];
	/** One more than there are bounds: what is above the last. */
	readonly counts: readonly number[];
	readonly sumSeconds: number;
}

export class DurationCounter implements DurationCounts {
	readonly boundsSeconds: readonly number[];
	readonly #counts: number[];
	#sumSeconds = 0;

	constructor(boundsSeconds: readonly number[]) {
		this.boundsSeconds = boundsSeconds;
		this.#counts = new Array<number>(boundsSeconds.length + 1).fill(0);
	}

	get counts(): readonly number[] {
		return this.#counts;
	}

	get sumSeconds(): number {
		return this.#sumSeconds;
	}

	observe(seconds: number): void {
		const index = this.boundsSeconds.findIndex((bound) => seconds <= bound);
		const bucket = index === -1 ? this.boundsSeconds.length : index;
		this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
		this.#sumSeconds += seconds;
	}
}
