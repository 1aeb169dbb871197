/** What the user of one tap may see of it, as SubjectAccessReviews say. */
import type { Clock } from '../../messaging/clock.ts';
import { NAMESPACE_KIND } from '../../messaging/resource-kinds.ts';
import { formatTarget, type Target } from '../../messaging/target.ts';
import { ApiError } from '../api/api-errors.ts';
import type { TapRequest } from '../tap-scope.ts';
import type { AskedTap, Audit } from './audit.ts';
import { askedOf } from './local-access.ts';
import { NameRights } from './name-rights.ts';
import { type Denial, PodRights } from './pod-rights.ts';
import type { Decision, ResourceAttributes, SubjectAccessReviews } from './subject-access.ts';
import type { PodName, TapAccess, Verdict } from './tap-access.ts';
import { attributesText, nameAttributes, rightsOf, type TapRight, targetAttributes } from './tap-rights.ts';
import type { User } from './user.ts';

/** Denied pods of one finding that get a line of the audit each. */
const MAX_DENIED_LINES = 20;

export interface ReviewedTapAccessOptions {
	readonly user: User;
	readonly request: TapRequest;
	/** Those of `--to` and `--from` that are resources. */
	readonly peers: readonly Target[];
	readonly reviews: SubjectAccessReviews;
	readonly audit: Audit;
	readonly clock: Clock;
}

export class ReviewedTapAccess implements TapAccess {
	readonly user: User;
	readonly asked: AskedTap;
	readonly #options: ReviewedTapAccessOptions;
	readonly #rights: readonly TapRight[];
	readonly #pods: PodRights;
	readonly #names: NameRights;

	constructor(options: ReviewedTapAccessOptions) {
		const { user, request, clock } = options;
		this.user = user;
		this.asked = askedOf(request);
		this.#options = options;
		this.#rights = rightsOf(request.query);
		const review = (attributes: ResourceAttributes) => this.#review(attributes);
		this.#pods = new PodRights({ rights: this.#rights, review, denied: (denials) => this.#podsDenied(denials) });
		this.#names = new NameRights(review, clock);
	}

	async demand(): Promise<void> {
		const { targets, namespace } = this.#options.request.targets;
		const ofTargets = targets.flatMap((target) =>
			this.#rights.map((right) => {
				const attributes = targetAttributes(target, namespace, right);
				return this.#require(attributes, `; the ClusterRole ${right.role} grants it`);
			}),
		);
		const ofPeers = this.#options.peers.map((peer) => {
			const where = peer.kind === NAMESPACE_KIND ? peer.name : (peer.namespace ?? namespace);
			const mend = `, so ${formatTarget(peer)} cannot be a peer: name it by its IP`;
			return this.#require(nameAttributes(where ?? ''), mend);
		});
		await Promise.all([...ofTargets, ...ofPeers]);
	}

	judge(pods: readonly PodName[]): Promise<void> {
		return this.#pods.judge(pods);
	}

	judgeAgain(pods: readonly PodName[]): Promise<void> {
		return this.#pods.judgeAgain(pods);
	}

	verdict(pod: PodName): Verdict {
		return this.#pods.verdict(pod);
	}

	missingFor(pods: readonly PodName[]): string {
		return this.#pods.missingFor(pods);
	}

	mayName(namespace: string): boolean {
		return this.#names.mayName(namespace);
	}

	askNames(namespaces: readonly string[]): Promise<void> {
		return this.#names.ask(namespaces);
	}

	#review(attributes: ResourceAttributes): Promise<Decision> {
		return this.#options.reviews.review(this.user, attributes);
	}

	async #require(attributes: ResourceAttributes, mend: string): Promise<void> {
		const { allowed, reason } = await this.#review(attributes);
		if (allowed) return;
		this.#options.audit.denied(this.user, attributes, reason, this.asked);
		const why = reason === '' ? '' : ` (${reason})`;
		const sentence = `${JSON.stringify(this.user.name)} may not ${attributesText(attributes)}${why}${mend}`;
		throw new ApiError('Forbidden', sentence);
	}

	#podsDenied(denials: readonly Denial[]): void {
		const { audit } = this.#options;
		for (const { attributes, reason } of denials.slice(0, MAX_DENIED_LINES)) {
			audit.denied(this.user, attributes, reason, this.asked);
		}
		if (denials.length > MAX_DENIED_LINES) audit.deniedMore(this.user, denials.length - MAX_DENIED_LINES, this.asked);
	}
}
