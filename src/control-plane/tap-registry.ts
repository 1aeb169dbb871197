/** All taps of this controller: who may begin, and what they want of the nodes together. */
import type { Clock } from '../messaging/clock.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { ApiError } from './api-errors.ts';
import type { ClientStream } from './client-stream.ts';
import { podKey } from './inventory.ts';
import type { Publication } from './publication.ts';
import type { TapRequest } from './tap-scope.ts';
import type { TapPlan } from './tap-session.ts';
import { TapSession, type TapSurroundings } from './tap-session.ts';

export const MAX_TAPS = 256;
/** What an agent takes on one pod. */
export const MAX_TAPS_PER_POD = 64;
const ID_BYTES = 4;

export interface TapRegistryOptions {
	readonly clock: Clock;
	readonly randomBytes: (size: number) => Buffer;
	/** `ended` of it is called by the registry's own. */
	readonly surroundings: TapSurroundings;
	readonly publicationOf: (name: string) => Publication;
}

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
	admit(request: TapRequest): TapSession {
		const { query, fingerprint } = request;
		const running = query.tap === null ? undefined : this.#sessions.get(query.tap);
		if (running !== undefined && running.request.fingerprint !== fingerprint) {
			throw new ApiError('Conflict', `tap ${running.id} runs with another target or other filters`);
		}
		const others = this.sessions.filter((session) => session !== running);
		if (others.length >= MAX_TAPS)
			throw new ApiError('TooManyRequests', `${MAX_TAPS} taps run already: end one of them`);
		if (query.publish !== null && others.some(({ publicationName }) => publicationName === query.publish)) {
			throw new ApiError('Conflict', `another tap publishes as ${query.publish}: choose another name`);
		}
		const { surroundings, publicationOf } = this.#options;
		const session = new TapSession({
			id: query.tap ?? this.#newId(),
			request,
			surroundings: { ...surroundings, ended: (tap) => this.#ended(tap) },
			publication: query.publish === null ? null : publicationOf(query.publish),
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

	#newId(): string {
		for (;;) {
			const id = `t-${this.#options.randomBytes(ID_BYTES).toString('hex')}`;
			if (!this.#sessions.has(id)) return id;
		}
	}

	#ended(tap: TapSession): void {
		if (this.#sessions.get(tap.id) !== tap) return;
		this.#sessions.delete(tap.id);
		this.#options.surroundings.ended(tap);
	}
}

function demandRoomOnPods(session: TapSession, others: readonly TapSession[]): void {
	const taps = new Map<string, number>();
	for (const pod of others.flatMap((other) => other.pods)) taps.set(podKey(pod), (taps.get(podKey(pod)) ?? 0) + 1);
	const full = session.pods.find((pod) => (taps.get(podKey(pod)) ?? 0) >= MAX_TAPS_PER_POD);
	if (full !== undefined) {
		throw new ApiError('TooManyRequests', `${full.name} has ${MAX_TAPS_PER_POD} taps already: end one of them`);
	}
}
