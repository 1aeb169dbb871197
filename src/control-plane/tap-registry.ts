/** All taps of this controller: who may begin, and what they want of the nodes together. */
import { type podwire, wire } from '../messaging/wire.ts';
import type { AccessControl, TapAccess } from './access/tap-access.ts';
import type { User } from './access/user.ts';
import { ApiError } from './api/api-errors.ts';
import type { ClientStream } from './api/client-stream.ts';
import { podKey } from './inventory.ts';
import type { TapRequest } from './tap-scope.ts';
import { type TapPlan, TapSession } from './tap-session.ts';
import type { TapSurroundings } from './tap-surroundings.ts';

export const MAX_TAPS = 256;
/** What an agent takes on one pod. */
export const MAX_TAPS_PER_POD = 64;

export interface TapRegistryOptions {
	readonly control: Pick<AccessControl, 'ids' | 'audit' | 'maxTapsOfUser'>;
	/** `ended` of it is called by the registry's own. */
	readonly surroundings: TapSurroundings;
}

type UserIdentity = Pick<User, 'name' | 'uid'>;

export class TapRegistry {
	readonly #options: TapRegistryOptions;
	readonly #sessions = new Map<string, TapSession>();

	constructor(options: TapRegistryOptions) {
		this.#options = options;
	}

	get sessions(): readonly TapSession[] {
		return [...this.#sessions.values()];
	}

	plans(): readonly TapPlan[] {
		return this.sessions.flatMap((session) => session.plan() ?? []);
	}

	get(id: string): TapSession | null {
		return this.#sessions.get(id) ?? null;
	}

	/** A tap that may begin. Throws ApiError, InventoryError or PodwireError; nothing has changed then. */
	admit(request: TapRequest, access: TapAccess): TapSession {
		const { query } = request;
		const running = query.tap === null ? undefined : this.#sessions.get(query.tap);
		if (query.tap !== null) this.#demandOwn(query.tap, request, access.user);
		const others = this.sessions.filter((session) => session !== running);
		this.#demandRoom(others, access.user);
		if (query.publish !== null && others.some(({ publicationName }) => publicationName === query.publish)) {
			throw new ApiError('Conflict', `another tap publishes as ${query.publish}: choose another name`);
		}
		const session = new TapSession({
			id: query.tap ?? this.#newId(request, access.user),
			request,
			access,
			surroundings: { ...this.#options.surroundings, ended: (tap) => this.#ended(tap) },
			resumed: query.tap !== null,
		});
		demandRoomOnPods(session, others);
		return session;
	}

	/** Begins to send; a stream that had the tap before is ended without a word. */
	begin(session: TapSession, stream: ClientStream): void {
		const running = this.#sessions.get(session.id);
		this.#sessions.set(session.id, session);
		running?.handOver();
		session.start(stream);
	}

	/** Ends every tap in order. */
	async stopAll(reason: podwire.v1.EndReason = wire.EndReason.END_REASON_SHUTTING_DOWN, text = ''): Promise<void> {
		await Promise.all(this.sessions.map((session) => session.stop(reason, text)));
	}

	/** Whoever goes on with a tap has begun it, with the same words. */
	#demandOwn(id: string, { fingerprint }: TapRequest, user: User): void {
		const { ids, audit } = this.#options.control;
		const running = this.#sessions.get(id);
		const isTheirs = running === undefined || isSameUser(running.access.user, user);
		if (running !== undefined && isTheirs && running.request.fingerprint !== fingerprint) {
			throw new ApiError('Conflict', `tap ${id} runs with another target or other filters`);
		}
		if (isTheirs && ids.isOf(id, user, fingerprint)) return;
		audit.notTheirs(user, id, 'resume');
		throw new ApiError('Forbidden', `tap ${id} was begun by another user, or with another target or other filters`);
	}

	#demandRoom(others: readonly TapSession[], user: User): void {
		if (others.length >= MAX_TAPS) {
			throw new ApiError('TooManyRequests', `${MAX_TAPS} taps run already: end one of them`);
		}
		const { maxTapsOfUser } = this.#options.control;
		if (others.filter(({ access }) => isSameUser(access.user, user)).length < maxTapsOfUser) return;
		const sentence = `${maxTapsOfUser} taps of ${JSON.stringify(user.name)} run already: end one of them`;
		throw new ApiError('TooManyRequests', sentence);
	}

	#newId({ fingerprint }: TapRequest, user: User): string {
		for (;;) {
			const id = this.#options.control.ids.issue(user, fingerprint);
			if (!this.#sessions.has(id)) return id;
		}
	}

	#ended(tap: TapSession): void {
		if (this.#sessions.get(tap.id) !== tap) return;
		this.#sessions.delete(tap.id);
		this.#options.surroundings.ended(tap);
	}
}

/** The name says who it is; the UID tells apart who had the name one after the other. */
export function isSameUser(one: UserIdentity, other: UserIdentity): boolean {
	return one.name === other.name && one.uid === other.uid;
}

function demandRoomOnPods(session: TapSession, others: readonly TapSession[]): void {
	const taps = new Map<string, number>();
	for (const pod of others.flatMap((other) => other.pods)) taps.set(podKey(pod), (taps.get(podKey(pod)) ?? 0) + 1);
	const full = session.pods.find((pod) => (taps.get(podKey(pod)) ?? 0) >= MAX_TAPS_PER_POD);
	if (full !== undefined) {
		throw new ApiError('TooManyRequests', `${full.name} has ${MAX_TAPS_PER_POD} taps already: end one of them`);
	}
}
