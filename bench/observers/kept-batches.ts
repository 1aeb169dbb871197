/** Batches that are kept while the load runs, to find the sequence numbers in when it has ended. */

/** More are counted alone. */
const maxBytes = 1024 ** 3;
const chunkBytes = 32 * 1024 ** 2;
/** Memory that is there before the load begins: some seconds of it. */
const preparedChunks = 3;

export class KeptBatches {
	readonly #batches: Uint8Array[] = [];
	readonly #free: Buffer[] = [];
	#chunk: Buffer = Buffer.alloc(0);
	#used = 0;
	#bytes = 0;

	get all(): readonly Uint8Array[] {
		return this.#batches;
	}

	prepare(): void {
		// Filled, so that no page of it is made later.
		while (this.#free.length < preparedChunks) this.#free.push(Buffer.allocUnsafeSlow(chunkBytes).fill(1));
	}

	/** Copies. False: there is no room for it. */
	add(bytes: Uint8Array): boolean {
		if (bytes.length > chunkBytes || this.#bytes + bytes.length > maxBytes) return false;
		if (this.#used + bytes.length > this.#chunk.length) {
			this.#chunk = this.#free.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
			this.#used = 0;
		}
		const batch = this.#chunk.subarray(this.#used, this.#used + bytes.length);
		batch.set(bytes);
		this.#batches.push(batch);
		this.#used += bytes.length;
		this.#bytes += bytes.length;
		return true;
	}
}
