/** What a user may do, as the cluster's own authorisation says: SubjectAccessReviews, kept for a few seconds. */
import { createHash } from 'node:crypto';
import { KubeUnreachableError } from '../../kubernetes/errors.ts';
import type { KubeApi } from '../../kubernetes/kube-api.ts';
import type { Clock } from '../../messaging/clock.ts';
import { DurationCounter, type DurationCounts } from '../../messaging/duration-counts.ts';
import { PodwireError } from '../../messaging/errors.ts';
import { ApiError } from '../api/api-errors.ts';
import type { User } from './user.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/ */
export interface ResourceAttributes {
	readonly verb: string;
	/** '' is the core group. */
	readonly group: string;
	readonly resource: string;
	/** '' is the resource itself. */
	readonly subresource: string;
	/** '' is all of them, or that the resource is in none. */
	readonly namespace: string;
	/** '' is all of them. */
	readonly name: string;
}

export interface Decision {
	readonly allowed: boolean;
	/** In the words of the authoriser; may be ''. */
	readonly reason: string;
}

/** A decision is taken again after this. */
export const DECISION_MS = 4000;
/** The oldest goes first. */
export const MAX_DECISIONS = 8192;
/** In flight; further ones wait for their turn. */
export const MAX_CONCURRENT_REVIEWS = 64;
const REVIEW_TIMEOUT_MS = 5000;
const PATH = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

export type ReviewOutcome = 'allowed' | 'denied' | 'failed';

const DURATION_BOUNDS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

interface SubjectAccessReview {
	readonly status?: {
		readonly allowed?: boolean;
		readonly denied?: boolean;
		readonly reason?: string;
		readonly evaluationError?: string;
	};
}

interface KeptDecision {
	readonly decision: Promise<Decision>;
	readonly untilMs: number;
}

export class SubjectAccessReviews {
	readonly #api: KubeApi;
	readonly #clock: Clock;
	readonly #kept = new Map<string, KeptDecision>();
	readonly #waiting: (() => void)[] = [];
	readonly #outcomes: Record<ReviewOutcome, number> = { allowed: 0, denied: 0, failed: 0 };
	readonly #durations = new DurationCounter(DURATION_BOUNDS_SECONDS);
	#inFlight = 0;

	constructor(api: KubeApi, clock: Clock) {
		this.#api = api;
		this.#clock = clock;
	}

	/** Of what the API server was asked since the start; not of what was known already. */
	get outcomes(): Readonly<Record<ReviewOutcome, number>> {
		return this.#outcomes;
	}

	/** How long the API server took for an answer. */
	get durations(): DurationCounts {
		return this.#durations;
	}

	/** Equal questions at one time are asked once. Throws ApiError (ServiceUnavailable) when there is no answer. */
	review(user: User, attributes: ResourceAttributes): Promise<Decision> {
		const key = keyOf(user, attributes);
		const now = this.#clock.nowMs();
		const kept = this.#kept.get(key);
		if (kept !== undefined && now < kept.untilMs) return kept.decision;
		const decision = this.#ask(user, attributes);
		this.#kept.delete(key);
		const [oldest] = this.#kept.keys();
		if (this.#kept.size >= MAX_DECISIONS && oldest !== undefined) this.#kept.delete(oldest);
		this.#kept.set(key, { decision, untilMs: now + DECISION_MS });
		// What could not be found out is asked again at once.
		decision.catch(() => {
			if (this.#kept.get(key)?.decision === decision) this.#kept.delete(key);
		});
		return decision;
	}

	async #ask(user: User, attributes: ResourceAttributes): Promise<Decision> {
		await this.#turn();
		const askedMs = this.#clock.nowMs();
		try {
			const { name, uid, groups, extra } = user;
			const body = {
				apiVersion: 'authorization.k8s.io/v1',
				kind: 'SubjectAccessReview',
				spec: { user: name, uid, groups, extra, resourceAttributes: attributes },
			};
			const request = { method: 'POST', path: PATH, body, silenceTimeoutMs: REVIEW_TIMEOUT_MS } as const;
			const ask = () => this.#api.json<SubjectAccessReview>(request);
			// A connection that waited for its next use may have been closed just then: once more, on another.
			const review = await ask().catch((error: unknown) => {
				if (error instanceof KubeUnreachableError) return ask();
				throw error;
			});
			const decision = decisionOf(review);
			this.#outcomes[decision.allowed ? 'allowed' : 'denied'] += 1;
			this.#durations.observe((this.#clock.nowMs() - askedMs) / 1000);
			return decision;
		} catch (cause) {
			this.#outcomes.failed += 1;
			if (!(cause instanceof PodwireError)) throw cause;
			throw new ApiError('ServiceUnavailable', `the cluster does not say what ${name(user)} may do: ${cause.message}`);
		} finally {
			this.#endTurn();
		}
	}

	#turn(): Promise<void> | undefined {
		if (this.#inFlight >= MAX_CONCURRENT_REVIEWS) return new Promise((resolve) => this.#waiting.push(resolve));
		this.#inFlight += 1;
		return undefined;
	}

	/** Whoever waits takes the place over: if it were free for a moment, another could take it as well. */
	#endTurn(): void {
		const next = this.#waiting.shift();
		if (next === undefined) this.#inFlight -= 1;
		else next();
	}
}

function name(user: User): string {
	return JSON.stringify(user.name);
}

function decisionOf({ status }: SubjectAccessReview): Decision {
	const reason = [status?.reason ?? '', status?.evaluationError ?? ''].filter((text) => text !== '').join('; ');
	return { allowed: status?.allowed === true && status.denied !== true, reason };
}

/** Of fixed length, whatever groups a user brings. */
function keyOf({ name: user, uid, groups, extra }: User, attributes: ResourceAttributes): string {
	const { verb, group, resource, subresource, namespace, name: object } = attributes;
	const question = [user, uid, groups, extra, verb, group, resource, subresource, namespace, object];
	return createHash('sha256').update(JSON.stringify(question)).digest('base64');
}
