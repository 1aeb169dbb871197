/** Ends taps as their users ask, also those that another replica runs. */
import type { NatsConnection } from '../messaging/nats-connection.ts';
import { END_OF_TAPS } from '../messaging/subjects.ts';
import { wire } from '../messaging/wire.ts';
import type { Audit } from './access/audit.ts';
import type { User } from './access/user.ts';
import { ApiError } from './api/api-errors.ts';
import { isSameUser, type TapRegistry } from './tap-registry.ts';

/** For the replica that runs a tap to answer. */
export const END_ANSWER_MS = 1500;

export interface TapEnderOptions {
	readonly nats: NatsConnection;
	readonly registry: TapRegistry;
	readonly audit: Audit;
}

export class TapEnder {
	readonly #options: TapEnderOptions;

	constructor(options: TapEnderOptions) {
		this.#options = options;
	}

	/** Answers other replicas. Returns what ends that. */
	start(): () => void {
		const subscription = this.#options.nats.subscribe(END_OF_TAPS, (bytes, _subject, reply) => {
			const { tap, user, uid } = wire.EndTap.decode(bytes);
			const ending = this.#endHere(tap, { name: user, uid });
			if (ending === null) return;
			reply?.(wire.EndTapAnswer.encode({ refused: ending === 'refused' }).finish());
		});
		return () => subscription.unsubscribe();
	}

	/** Resolves when it is over, or another replica ends it. Throws ApiError (NotFound, Forbidden). */
	async end(id: string, user: User): Promise<void> {
		const here = this.#endHere(id, user);
		if (here instanceof Promise) return here;
		const answer = here === 'refused' ? here : await this.#ask(id, user);
		if (answer === 'ended') return;
		if (answer === null) throw new ApiError('NotFound', `there is no tap ${id}`);
		this.#options.audit.notTheirs(user, id, 'end');
		throw new ApiError('Forbidden', `tap ${id} was begun by another user`);
	}

	/** Null: it does not run here. */
	#endHere(id: string, { name, uid }: Pick<User, 'name' | 'uid'>): Promise<void> | 'refused' | null {
		const session = this.#options.registry.get(id);
		if (session === null) return null;
		if (!isSameUser(session.access.user, { name, uid })) return 'refused';
		return session.stop(wire.EndReason.END_REASON_STOPPED);
	}

	async #ask(tap: string, { name, uid }: User): Promise<'ended' | 'refused' | null> {
		const question = wire.EndTap.encode({ tap, user: name, uid }).finish();
		const answer = await this.#options.nats.request(END_OF_TAPS, question, END_ANSWER_MS);
		if (answer === null) return null;
		return wire.EndTapAnswer.decode(answer).refused ? 'refused' : 'ended';
	}
}
