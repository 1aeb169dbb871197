/** What there is to tap now, for as long as a person at a prompt waits. */
import type { Clock } from '../../messaging/clock.ts';
import { RESOURCE_KINDS, type ResourceKind } from '../../messaging/resource-kinds.ts';

/** All of it, or it rejects: half of the names would complete a word to what is not meant. */
export interface NameSource {
	readonly kinds: readonly ResourceKind[];
	/** Where neither a flag nor the word names one. */
	readonly namespace: string;
	/** `namespace`: for kinds that are in one. */
	names(kind: ResourceKind, namespace: string): Promise<readonly string[]>;
}

/** As long as it is not known where a tap would go. */
export const NOWHERE: NameSource = { kinds: RESOURCE_KINDS, namespace: '', names: async () => [] };

export class Deadline {
	readonly #passed: Promise<null>;

	/** `remainingMs`: from now on. */
	constructor(clock: Clock, remainingMs: number) {
		this.#passed = new Promise((resolve) => {
			clock.setTimeout(() => resolve(null), Math.max(0, remainingMs));
		});
	}

	/** Null: it failed, or came too late. */
	async within<Value>(work: () => Promise<Value>): Promise<Value | null> {
		const attempt = (async () => work())();
		return Promise.race([attempt.catch(() => null), this.#passed]);
	}
}
