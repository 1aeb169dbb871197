/** Who was refused what, and who taps: one line each. Never a body, the value of a filter, or a credential. */
import type { Clock } from '../../messaging/clock.ts';
import type { Log } from '../log.ts';
import type { ResourceAttributes } from './subject-access.ts';
import type { User } from './user.ts';

/** What a tap asked for, without its filters: they may hold secrets. */
export interface AskedTap {
	/** In words: `deploy/frontend in shop`. */
	readonly target: string;
	/** Subresources: `tap`, `bodies`, `unredacted`. */
	readonly rights: readonly string[];
	readonly publish: string | null;
	/** The tap that it is to go on with. */
	readonly resumed: string | null;
}

export interface TapFacts {
	readonly tap: string;
	readonly user: User;
	readonly asked: AskedTap;
}

export interface EndFacts {
	readonly exchanges: number;
	readonly why: string;
	readonly losses: readonly object[];
}

/** Who is not believed may ask as often as he likes, but is not to fill the log. */
const UNAUTHENTICATED_EVERY_MS = 1000;

export class Audit {
	readonly #log: Log;
	readonly #clock: Clock;
	#unauthenticatedMs = Number.NEGATIVE_INFINITY;
	#untold = 0;

	constructor(log: Log, clock: Clock) {
		this.#log = log;
		this.#clock = clock;
	}

	/** A right that was asked for and is not there. `asked`: null when it was no tap. */
	denied(user: User, attributes: ResourceAttributes, reason: string, asked: AskedTap | null): void {
		this.#log.warn({ audit: 'denied', ...who(user), ...attributes, reason, asked }, 'denied');
	}

	/** More of them than are worth a line each. */
	deniedMore(user: User, pods: number, asked: AskedTap): void {
		this.#log.warn({ audit: 'denied', ...who(user), resource: 'pods', pods, asked }, 'denied further pods');
	}

	/** Something that is another user's. */
	notTheirs(user: User, tap: string, what: 'resume' | 'end'): void {
		const reason = 'the tap is not this user’s';
		this.#log.warn({ audit: 'denied', ...who(user), resource: 'taps', name: tap, verb: what, reason }, 'denied');
	}

	/** Not of the front proxy; `why` says what was missing. One line a second; `untold`: how many had none before it. */
	unauthenticated(address: string, path: string, why: string): void {
		const now = this.#clock.nowMs();
		if (now - this.#unauthenticatedMs < UNAUTHENTICATED_EVERY_MS) {
			this.#untold += 1;
			return;
		}
		const facts = { audit: 'unauthenticated', address, path, reason: why, untold: this.#untold };
		this.#unauthenticatedMs = now;
		this.#untold = 0;
		this.#log.warn(facts, 'a request without proof');
	}

	begins({ tap, user, asked }: TapFacts, pods: number): void {
		this.#log.info({ audit: 'begins', tap, ...who(user), asked, pods }, 'a tap begins');
	}

	ended({ tap, user, asked }: TapFacts, facts: EndFacts): void {
		this.#log.info({ audit: 'ended', tap, ...who(user), target: asked.target, ...facts }, 'a tap ended');
	}
}

function who({ name, uid, groups }: User): {
	readonly user: string;
	readonly uid: string;
	readonly groups: readonly string[];
} {
	return { user: name, uid, groups };
}
