/** A clock that a test turns. */
import type { Clock, Timer } from '../../src/messaging/clock.ts';

interface Waiting {
	readonly atMs: number;
	readonly callback: () => void;
}

export class ManualClock implements Clock {
	#nowMs = 0;
	readonly #waiting = new Set<Waiting>();

	nowMs(): number {
		return this.#nowMs;
	}

	wallMs(): number {
		return 1_795_381_445_000 + this.#nowMs;
	}

	setTimeout(callback: () => void, delayMs: number): Timer {
		const waiting = { atMs: this.#nowMs + Math.max(0, delayMs), callback };
		this.#waiting.add(waiting);
		return { cancel: () => void this.#waiting.delete(waiting) };
	}

	advance(ms: number): void {
		const endMs = this.#nowMs + ms;
		for (;;) {
			const [next] = [...this.#waiting].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
			if (next === undefined) break;
			this.#waiting.delete(next);
			this.#nowMs = next.atMs;
			next.callback();
		}
		this.#nowMs = endMs;
	}
}
