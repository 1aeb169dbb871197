/** Of which namespaces a user may be told names; asked when a name first turns up, never in the way of a stream. */
import type { Clock } from '../../messaging/clock.ts';
import type { Decision, ResourceAttributes } from './subject-access.ts';
import { nameAttributes } from './tap-rights.ts';

/** An answer is asked for anew after this; the old one holds until then. */
export const NAME_RIGHT_MS = 60_000;
/** What could not be found out is asked for again after this. */
const RETRY_MS = 5000;
/** Names of further namespaces are not told. */
export const MAX_NAMESPACES = 4096;
/** As SubjectAccessReviews have it. */
const ALL_NAMESPACES = '';

interface NameRight {
	allowed: boolean;
	askAgainMs: number;
}

export class NameRights {
	readonly #review: (attributes: ResourceAttributes) => Promise<Decision>;
	readonly #clock: Clock;
	readonly #rights = new Map<string, NameRight>();

	/** `review` may throw ApiError (ServiceUnavailable). */
	constructor(review: (attributes: ResourceAttributes) => Promise<Decision>, clock: Clock) {
		this.#review = review;
		this.#clock = clock;
	}

	/** False also while it is not known. */
	mayName(namespace: string): boolean {
		return this.#isAllowed(ALL_NAMESPACES) || this.#isAllowed(namespace);
	}

	/** Resolves when it is known of these, and whether of all there are, or cannot be. */
	async ask(namespaces: readonly string[]): Promise<void> {
		await Promise.all([ALL_NAMESPACES, ...namespaces].map((namespace) => this.#ask(namespace)));
	}

	#isAllowed(namespace: string): boolean {
		const known = this.#rights.get(namespace);
		if (known === undefined || this.#clock.nowMs() >= known.askAgainMs) void this.#ask(namespace);
		return known?.allowed ?? false;
	}

	async #ask(namespace: string): Promise<void> {
		const known = this.#rights.get(namespace);
		if (known === undefined && this.#rights.size >= MAX_NAMESPACES) return;
		const right = known ?? { allowed: false, askAgainMs: 0 };
		right.askAgainMs = this.#clock.nowMs() + NAME_RIGHT_MS;
		this.#rights.set(namespace, right);
		try {
			right.allowed = (await this.#review(nameAttributes(namespace))).allowed;
		} catch {
			right.askAgainMs = this.#clock.nowMs() + RETRY_MS;
		}
	}
}
