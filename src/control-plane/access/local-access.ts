/** Access to the socket of `podwire up`: who may open it may do everything. */
import type { TapRequest } from '../tap-scope.ts';
import { describeTargets } from '../targets.ts';
import type { AskedTap, Audit } from './audit.ts';
import type { AccessControl, TapAccess, Verdict } from './tap-access.ts';
import { PlainTapIds, type TapIds } from './tap-ids.ts';
import { rightsOf } from './tap-rights.ts';
import type { User } from './user.ts';

export const LOCAL_USER: User = { name: '', uid: '', groups: [], extra: {} };

export class LocalAccess implements AccessControl {
	readonly problem = null;
	readonly ids: TapIds;
	readonly audit: Audit;
	readonly maxTapsOfUser: number = Number.POSITIVE_INFINITY;

	constructor(randomBytes: (size: number) => Buffer, audit: Audit) {
		this.ids = new PlainTapIds(randomBytes);
		this.audit = audit;
	}

	authenticate(): User {
		return LOCAL_USER;
	}

	async demandStatus(): Promise<void> {}

	tapAccess(_user: User, request: TapRequest): TapAccess {
		return new LocalTapAccess(request);
	}
}

class LocalTapAccess implements TapAccess {
	readonly user = LOCAL_USER;
	readonly asked: AskedTap;

	constructor(request: TapRequest) {
		this.asked = askedOf(request);
	}

	async demand(): Promise<void> {}
	async judge(): Promise<void> {}
	async judgeAgain(): Promise<void> {}

	verdict(): Verdict {
		return 'allowed';
	}

	missingFor(): string {
		return '';
	}

	mayName(): boolean {
		return true;
	}

	async askNames(): Promise<void> {}
}

export function askedOf({ targets, query }: TapRequest): AskedTap {
	const rights = rightsOf(query).map(({ subresource }) => subresource);
	return { target: describeTargets(targets), rights, publish: query.publish, resumed: query.tap };
}
