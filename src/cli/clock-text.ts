/** The time of day at which an exchange began. */

const NANOS_PER_MILLI = 1_000_000;
const MILLIS_PER_SECOND = 1000;
const MILLIS_TEXT = Array.from({ length: MILLIS_PER_SECOND }, (_, millis) => String(millis).padStart(3, '0'));

/** `21:04:05.123`, local or UTC. Remembers the second it was asked for last, since most calls ask for it again. */
export class ClockText {
	readonly #utc: boolean;
	#seconds = Number.NaN;
	#text = '';

	constructor(utc: boolean) {
		this.#utc = utc;
	}

	of(seconds: number, nanos: number): string {
		return this.upToPoint(seconds) + millisText(nanos);
	}

	/** `21:04:05.` */
	upToPoint(seconds: number): string {
		if (seconds !== this.#seconds) {
			this.#seconds = seconds;
			this.#text = `${this.#secondText(new Date(seconds * MILLIS_PER_SECOND))}.`;
		}
		return this.#text;
	}

	#secondText(date: Date): string {
		if (Number.isNaN(date.getTime())) return '??:??:??';
		const parts = this.#utc
			? [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
			: [date.getHours(), date.getMinutes(), date.getSeconds()];
		return parts.map((part) => String(part).padStart(2, '0')).join(':');
	}
}

/** Of the nanoseconds of a second. */
export function millisOf(nanos: number): number {
	return Math.floor(nanos / NANOS_PER_MILLI);
}

/** `123`, of the nanoseconds of a second. */
export function millisText(nanos: number): string {
	return MILLIS_TEXT[millisOf(nanos)] ?? '???';
}
