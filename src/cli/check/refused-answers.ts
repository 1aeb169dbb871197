/** Why a question to the API server has no answer, as a finding. */
import { KubeStatusError, KubeUnreachableError } from '../../kubernetes/errors.ts';
import type { PodwireError } from '../../messaging/errors.ts';
import { type Finding, unknown } from './requirement.ts';

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const NOT_FOUND = 404;

export const INSTALL = { words: 'install it', command: 'podwire install | kubectl apply -f -' } as const;

export function isNotFound(error: PodwireError): boolean {
	return error instanceof KubeStatusError && error.status === NOT_FOUND;
}

export function isForbidden(error: PodwireError): boolean {
	return error instanceof KubeStatusError && error.status === FORBIDDEN;
}

export function isUnauthorized(error: PodwireError): boolean {
	return error instanceof KubeStatusError && error.status === UNAUTHORIZED;
}

/** `what`: what the present user may have no right to see: `the nodes`. */
export function notJudged(error: PodwireError, what: string): Finding {
	if (isForbidden(error)) return unknown(`not judged: you may not see ${what}`);
	if (isUnauthorized(error)) return unknown('not judged: the API server does not accept the credentials');
	if (error instanceof KubeUnreachableError) return unknown('not judged: the API server does not answer');
	return unknown(`not judged: ${error.message}`);
}
