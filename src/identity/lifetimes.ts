/** How long certificates live and when they are renewed. */

const DAY_MS = 24 * 60 * 60 * 1000;

export const AUTHORITY_LIFE_MS: number = 3650 * DAY_MS;
export const LEAF_LIFE_MS: number = 90 * DAY_MS;

/** A certificate begins this much before it is made: other machines' clocks may be late. */
export const CLOCK_SKEW_MS: number = 10 * 60 * 1000;

/**
 * How long a new authority is in every bundle before anything is signed by it, and how long an old one stays after the
 * last certificate that it signed was replaced. Kubelets bring a changed Secret to running pods within minutes.
 */
export const HANDOVER_MS: number = DAY_MS;

/** Of a certificate's validity, from its beginning to its end. */
const RENEWAL_NUMERATOR = 2;
const RENEWAL_DENOMINATOR = 3;

export interface Validity {
	/** Milliseconds since 1970, as is the end. */
	readonly notBeforeMs: number;
	readonly notAfterMs: number;
}

/** When a certificate is to be renewed: two thirds of its life are over. */
export function renewalMs({ notBeforeMs, notAfterMs }: Validity): number {
	return notBeforeMs + ((notAfterMs - notBeforeMs) * RENEWAL_NUMERATOR) / RENEWAL_DENOMINATOR;
}
