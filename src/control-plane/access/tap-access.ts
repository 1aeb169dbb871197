/** What the user of one tap may see of it. */
import type { ApiRequest } from '../api/http-messages.ts';
import type { TapRequest } from '../tap-scope.ts';
import type { AskedTap, Audit } from './audit.ts';
import type { TapIds } from './tap-ids.ts';
import type { User } from './user.ts';

export interface PodName {
	readonly namespace: string;
	readonly name: string;
}

/** `unknown`: it was not asked yet. */
export type Verdict = 'allowed' | 'denied' | 'unknown';

export interface TapAccess {
	readonly user: User;
	readonly asked: AskedTap;
	/** Throws ApiError (Forbidden, ServiceUnavailable) unless targets and peers may be named. */
	demand(): Promise<void>;
	/** Finds out about pods of which nothing is known. Throws ApiError (ServiceUnavailable). */
	judge(pods: readonly PodName[]): Promise<void>;
	/** Finds out anew. Throws ApiError (ServiceUnavailable); what was known stays then. */
	judgeAgain(pods: readonly PodName[]): Promise<void>;
	verdict(pod: PodName): Verdict;
	/** Which rights are missing for denied pods, for a sentence: `watch pods.tap.podwire.dev/tap in namespace shop`. */
	missingFor(pods: readonly PodName[]): string;
	/** Whether pods and services of a namespace may be named; false also while it is not known. Asks by itself. */
	mayName(namespace: string): boolean;
	/** Finds out whether they may be named, so that the first lines have names. */
	askNames(namespaces: readonly string[]): Promise<void>;
}

/** Who may come in, and what each may do. */
export interface AccessControl {
	/** Null: requests can be judged; else why not. */
	readonly problem: string | null;
	readonly ids: TapIds;
	readonly audit: Audit;
	/** At one time, on one replica. */
	readonly maxTapsOfUser: number;
	/** Throws ApiError (Unauthorized). */
	authenticate(request: ApiRequest): User;
	/** Throws ApiError (Forbidden, ServiceUnavailable). */
	demandStatus(user: User): Promise<void>;
	/** Throws ApiError (BadRequest) for what nobody may tap here. */
	tapAccess(user: User, request: TapRequest): TapAccess;
}
