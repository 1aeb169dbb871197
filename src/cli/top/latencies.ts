/** The times to the first response byte of many exchanges: percentiles within a thousandth, and the greatest as it was. */
import { Int32Histogram } from 'hdr-histogram-js';

/** A longer time counts as this one in percentiles. It bounds a histogram to about 100 kB. */
export const LONGEST_MICROS = 3_600_000_000;
const SIGNIFICANT_DIGITS = 3;
const NANOS_PER_MICRO = 1_000;

export class Latencies {
	readonly #histogram: Int32Histogram;
	#maxNanos = 0;

	constructor() {
		// It grows with what it records.
		this.#histogram = new Int32Histogram(1, 2, SIGNIFICANT_DIGITS);
		this.#histogram.autoResize = true;
	}

	/** How many times were recorded. */
	get count(): number {
		return this.#histogram.totalCount;
	}

	/** In ns; null: nothing was recorded. */
	get max(): number | null {
		return this.count === 0 ? null : this.#maxNanos;
	}

	record(nanos: number): void {
		const micros = Math.round(nanos / NANOS_PER_MICRO);
		this.#histogram.recordValue(Math.min(Math.max(0, micros), LONGEST_MICROS));
		if (nanos > this.#maxNanos) this.#maxNanos = nanos;
	}

	/** As if all that `other` recorded had been recorded here. */
	add(other: Latencies): void {
		if (other.count === 0) return;
		this.#histogram.add(other.#histogram);
		if (other.#maxNanos > this.#maxNanos) this.#maxNanos = other.#maxNanos;
	}

	/** Nearest rank, in ns; null: nothing was recorded. `percent`: 0 to 100. */
	percentile(percent: number): number | null {
		if (this.count === 0) return null;
		return Math.min(this.#histogram.getValueAtPercentile(percent) * NANOS_PER_MICRO, this.#maxNanos);
	}

	/**
	 * How many took longer than the bound before and at most each of `boundsNanos`, which rise; and last, how many took
	 * longer than all.
	 */
	countsWithin(boundsNanos: readonly number[]): number[] {
		const counts = new Array<number>(boundsNanos.length + 1).fill(0);
		let bound = 0;
		for (let index = 0; index < this.#histogram.countsArrayLength; ++index) {
			const count = this.#histogram.getCountAtIndex(index);
			if (count === 0) continue;
			const nanos = this.#histogram.valueFromIndex(index) * NANOS_PER_MICRO;
			while (bound < boundsNanos.length && nanos > (boundsNanos[bound] ?? 0)) ++bound;
			counts[bound] = (counts[bound] ?? 0) + count;
		}
		return counts;
	}
}
