/** Bytes handed to the NATS client that the server has not confirmed: the client's own buffers know no bound. */
export class OutboundWindow {
	readonly #maxBytes: number;
	readonly #confirmEveryBytes: number;
	#sentBytes = 0;
	#askedBytes = 0;
	#confirmedBytes = 0;

	/** `confirmEveryBytes`: how often the server is asked; well below `maxBytes`. */
	constructor(maxBytes: number, confirmEveryBytes: number) {
		this.#maxBytes = maxBytes;
		this.#confirmEveryBytes = confirmEveryBytes;
	}

	get unconfirmedBytes(): number {
		return this.#sentBytes - this.#confirmedBytes;
	}

	hasRoomFor(bytes: number): boolean {
		return this.unconfirmedBytes + bytes <= this.#maxBytes;
	}

	/**
	 * To be called after a message was handed over. Returns what to call once the server has answered a ping sent
	 * now, or null when no ping is due.
	 */
	sent(bytes: number): (() => void) | null {
		this.#sentBytes += bytes;
		if (this.#sentBytes - this.#askedBytes < this.#confirmEveryBytes) return null;
		this.#askedBytes = this.#sentBytes;
		const upTo = this.#sentBytes;
		return () => {
			this.#confirmedBytes = Math.max(this.#confirmedBytes, upTo);
		};
	}

	/** The connection ended and the client threw its buffers away. */
	reset(): void {
		this.#askedBytes = this.#sentBytes;
		this.#confirmedBytes = this.#sentBytes;
	}
}
