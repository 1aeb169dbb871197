/** How much of what could be found again in a damaged capture was. */
import type { CanonicalExchange, Header } from './canonical-exchange.ts';
import { sameExchange } from './contradiction.ts';

export class Recovery {
	#possible = 0;
	#found = 0;
	#possibleFields = 0;
	#knownFields = 0;

	/** `candidates`: of the whole capture, those that the damage left alone. */
	count(candidates: readonly CanonicalExchange[], read: readonly CanonicalExchange[]): void {
		for (const whole of candidates) {
			const same = read.find((one) => sameExchange(one, whole));
			const partly = same ?? read.find((one) => beginsWith(one, whole));
			this.#possible += 1;
			this.#found += same === undefined ? 0 : 1;
			this.#possibleFields += fieldCount(whole);
			this.#knownFields += partly === undefined ? 0 : fieldCount(partly);
		}
	}

	/** Of the exchanges, those that were found whole. */
	get exchanges(): number {
		return this.#possible === 0 ? 1 : this.#found / this.#possible;
	}

	/** Of their methods, authorities, paths, statuses and header values, those that are known. */
	get fields(): number {
		return this.#possibleFields === 0 ? 1 : this.#knownFields / this.#possibleFields;
	}

	toString(): string {
		const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
		return `${this.#found} of ${this.#possible} exchanges whole (${percent(this.exchanges)}), ${percent(this.fields)} of fields`;
	}
}

/** The same one, perhaps with less of it known. */
function beginsWith(read: CanonicalExchange, whole: CanonicalExchange): boolean {
	return read.client === whole.client && read.stream === whole.stream && read.start === whole.start;
}

function fieldCount({ request, response }: CanonicalExchange): number {
	const values = [request?.method, request?.authority, request?.path, response?.status];
	const known = values.filter((value) => value !== null && value !== undefined).length;
	return known + knownHeaders(request?.headers) + knownHeaders(response?.headers);
}

function knownHeaders(headers: readonly Header[] = []): number {
	return headers.filter(([name, value]) => name !== null && value !== null).length;
}
