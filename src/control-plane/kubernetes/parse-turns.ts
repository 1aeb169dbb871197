/** At most one large text is parsed in each round of the event loop, however many arrive at once. */
export class ParseTurns {
	#last: Promise<void> = Promise.resolve();

	/** Resolves in a round of its own, in the order of the calls. */
	take(): Promise<void> {
		this.#last = this.#last.then(() => new Promise((resolve) => setImmediate(resolve)));
		return this.#last;
	}
}
