/** A timer that has not fired yet. */
export interface Timer {
	/** Does nothing once it has fired. */
	cancel(): void;
}

/** Time as the daemons see it; passed in wherever time matters. */
export interface Clock {
	/** Monotonic; for durations, leases and back-off. */
	nowMs(): number;
	/** Of the calendar, since 1970. */
	wallMs(): number;
	/** Calls once. A negative delay is none. */
	setTimeout(callback: () => void, delayMs: number): Timer;
}

/** The longest delay that Node.js takes; it fires anything longer at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
	nowMs: () => performance.now(),
	wallMs: () => Date.now(),
	setTimeout(callback, delayMs) {
		const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), MAX_DELAY_MS));
		return { cancel: () => clearTimeout(timer) };
	},
};
