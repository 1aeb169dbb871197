/** How often something happened lately. */

/** A window is so many slots of the same length, the last of which is not over. */
const SLOTS = 10;
const SLOT_MS = 1_000;
export const RATE_WINDOW_MS: number = SLOTS * SLOT_MS;

/** All times are of one monotonic clock, in ms, and do not go back. */
export class RateWindow {
	readonly #counts = new Uint32Array(SLOTS);
	/** The latest slot that was counted in or looked at, since the clock began. */
	#slot = 0;

	record(nowMs: number, times = 1): void {
		this.#advance(nowMs);
		const index = this.#slot % SLOTS;
		this.#counts[index] = (this.#counts[index] ?? 0) + times;
	}

	add(other: RateWindow): void {
		const slot = Math.max(this.#slot, other.#slot);
		this.#advance(slot * SLOT_MS);
		for (let back = 0; back < SLOTS && back <= other.#slot; ++back) {
			if (other.#slot - back <= slot - SLOTS) break;
			const index = (other.#slot - back) % SLOTS;
			this.#counts[index] = (this.#counts[index] ?? 0) + (other.#counts[index] ?? 0);
		}
	}

	/** Of the last RATE_WINDOW_MS, or since `sinceMs` where that is later; of a second at least. */
	perSecond(nowMs: number, sinceMs: number): number {
		this.#advance(nowMs);
		const windowMs = (SLOTS - 1) * SLOT_MS + (nowMs % SLOT_MS);
		const coveredMs = Math.max(SLOT_MS, Math.min(windowMs, nowMs - sinceMs));
		return (this.#counts.reduce((sum, count) => sum + count, 0) * 1_000) / coveredMs;
	}

	#advance(nowMs: number): void {
		const slot = Math.floor(nowMs / SLOT_MS);
		if (slot <= this.#slot) return;
		const passed = Math.min(SLOTS, slot - this.#slot);
		for (let back = 0; back < passed; ++back) this.#counts[(slot - back) % SLOTS] = 0;
		this.#slot = slot;
	}
}
