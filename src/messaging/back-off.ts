/** Delay between attempts: doubles with each up to the last, with up to a quarter more at random. */
export class BackOff {
	readonly #firstMs: number;
	readonly #lastMs: number;
	readonly #random: () => number;
	#attempts = 0;

	/** `random`: in [0, 1). */
	constructor(firstMs: number, lastMs: number, random: () => number) {
		this.#firstMs = firstMs;
		this.#lastMs = lastMs;
		this.#random = random;
	}

	attempted(): void {
		this.#attempts += 1;
	}

	/** An attempt succeeded. */
	reset(): void {
		this.#attempts = 0;
	}

	delayMs(): number {
		const doublings = Math.min(this.#attempts, Math.ceil(Math.log2(this.#lastMs / this.#firstMs)));
		return Math.min(this.#lastMs, this.#firstMs * 2 ** doublings) * (1 + this.#random() / 4);
	}
}
