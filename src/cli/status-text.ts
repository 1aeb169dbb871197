/** A status code in three columns, coloured by its class (RFC 9110, section 15). */
import type { Colours } from './colours.ts';

export const STATUS_WIDTH = 3;
const NOT_SEEN = '-';
/** Codes are three digits; anything else is shown and not remembered. */
const CODES = 1000;

export class StatusText {
	readonly #colours: Colours;
	readonly #known: (string | undefined)[] = new Array(CODES);
	readonly #notSeen: string = NOT_SEEN.padStart(STATUS_WIDTH);

	constructor(colours: Colours) {
		this.#colours = colours;
	}

	/** Null: no status was seen. */
	of(status: number | null): string {
		if (status === null) return this.#notSeen;
		const known = this.#known[status];
		if (known !== undefined) return known;
		const text = this.#coloured(status);
		if (status < CODES) this.#known[status] = text;
		return text;
	}

	#coloured(status: number): string {
		const text = String(status).padStart(STATUS_WIDTH);
		if (status < 200) return text;
		if (status < 300) return this.#colours.green(text);
		if (status < 400) return this.#colours.cyan(text);
		return status < 500 ? this.#colours.yellow(text) : this.#colours.red(text);
	}
}
