/** Access to the control plane of a cluster: the front proxy says who asks, the cluster's authorisation what is allowed. */
import type { Clock } from '../../messaging/clock.ts';
import type { Target } from '../../messaging/target.ts';
import { formatTarget } from '../../messaging/target.ts';
import { ApiError } from '../api/api-errors.ts';
import type { ApiRequest } from '../api/http-messages.ts';
import type { TapRequest } from '../tap-scope.ts';
import type { Audit } from './audit.ts';
import type { FrontProxy } from './front-proxy.ts';
import { ReviewedTapAccess } from './reviewed-tap-access.ts';
import type { SubjectAccessReviews } from './subject-access.ts';
import type { AccessControl, TapAccess } from './tap-access.ts';
import type { TapIds } from './tap-ids.ts';
import { attributesText, STATUS_ATTRIBUTES } from './tap-rights.ts';
import type { User } from './user.ts';

/** Of one user, on one replica. */
export const MAX_TAPS_PER_USER = 64;

export interface ClusterAccessOptions {
	readonly frontProxy: FrontProxy;
	readonly reviews: SubjectAccessReviews;
	readonly ids: TapIds;
	readonly audit: Audit;
	readonly clock: Clock;
}

export class ClusterAccess implements AccessControl {
	readonly maxTapsOfUser: number = MAX_TAPS_PER_USER;
	readonly #options: ClusterAccessOptions;

	constructor(options: ClusterAccessOptions) {
		this.#options = options;
	}

	get problem(): string | null {
		return this.#options.frontProxy.problem;
	}

	get ids(): TapIds {
		return this.#options.ids;
	}

	get audit(): Audit {
		return this.#options.audit;
	}

	authenticate(request: ApiRequest): User {
		try {
			return this.#options.frontProxy.authenticate(request);
		} catch (error) {
			const path = (request.url ?? '').split('?')[0] ?? '';
			const why = error instanceof Error ? error.message : String(error);
			this.audit.unauthenticated(request.socket.remoteAddress ?? '', path, why);
			throw error;
		}
	}

	async demandStatus(user: User): Promise<void> {
		const { reviews, audit } = this.#options;
		const { allowed, reason } = await reviews.review(user, STATUS_ATTRIBUTES);
		if (allowed) return;
		audit.denied(user, STATUS_ATTRIBUTES, reason, null);
		throw new ApiError('Forbidden', `${JSON.stringify(user.name)} may not ${attributesText(STATUS_ATTRIBUTES)}`);
	}

	tapAccess(user: User, request: TapRequest): TapAccess {
		const { targets, query } = request;
		const peers = [...query.to, ...query.from].flatMap(({ selection }) =>
			selection.by === 'resource' ? [selection.target] : [],
		);
		for (const target of [...targets.targets, ...peers]) demandInCluster(target);
		const { reviews, audit, clock } = this.#options;
		return new ReviewedTapAccess({ user, request, peers, reviews, audit, clock });
	}
}

/** Whatever a node has beside pods is nobody's to tap here. */
function demandInCluster(target: Target): void {
	if (!target.kind.standalone) return;
	const sentence = `${formatTarget(target)} can be named without Kubernetes only: here, name a pod or what owns pods`;
	throw new ApiError('BadRequest', sentence);
}
