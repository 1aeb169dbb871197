/** NATS' users: those of Podwire's own parts, and observers that operators ask for. */
import { fencedObserver, natsPermissions, type RolePermissions } from '../messaging/nats-permissions.ts';
import { isNamespaceName } from '../messaging/target.ts';
import type { RandomBytes } from './issuance.ts';
import { KEYS, OBSERVER_NAMESPACES_ANNOTATION, SECRETS } from './objects.ts';
import { annotationOf, type Secret, textOf, withContent } from './secret.ts';

export interface NatsUser {
	readonly user: string;
	readonly password: string;
	readonly permissions: RolePermissions;
}

const PASSWORD_BYTES = 32;
/** What nats-server's configuration takes in quotes as it is, and what is no bcrypt hash, which begins with `$`. */
const PASSWORD = /^[A-Za-z0-9_+/=.~-]{16,256}$/;
const USER = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,299}$/;

/** More observers than this get no user; the first by name do. */
export const MAX_OBSERVERS = 500;
/** Of one observer. */
export const MAX_OBSERVED_NAMESPACES = 200;

/** The users of Podwire's own parts by their Secrets. */
export const OWN_USERS = [
	{ secret: SECRETS.natsAgent, user: 'agent', permissions: natsPermissions.agent },
	{ secret: SECRETS.natsControlPlane, user: 'control-plane', permissions: natsPermissions.controlPlane },
	{ secret: SECRETS.natsObserver, user: 'observer', permissions: natsPermissions.observer },
] as const;

/** The Secret with what is missing or malformed of user and password; a good password is never replaced. */
export function withCredentials(secret: Secret, user: string, randomBytes: RandomBytes): Secret {
	const password = textOf(secret, KEYS.password);
	return withContent(secret, {
		[KEYS.user]: user,
		...(password !== null && PASSWORD.test(password)
			? {}
			: { [KEYS.password]: randomBytes(PASSWORD_BYTES).toString('hex') }),
	});
}

export interface Observer {
	/** As it is to be. */
	readonly secret: Secret;
	readonly user: NatsUser;
}

export type ObserverOutcome =
	| { readonly observer: Observer; readonly refusal: null }
	| { readonly observer: null /** A sentence. */; readonly refusal: string };

/**
 * The user that a labelled Secret asks for. User and password that the operator chose are kept when NATS can take
 * them; a user's name that is missing becomes `observer-` and the Secret's name. `taken`: names of other users.
 */
export function observerOf(secret: Secret, taken: ReadonlySet<string>, randomBytes: RandomBytes): ObserverOutcome {
	const { name } = secret.metadata;
	const refuse = (why: string): ObserverOutcome => ({ observer: null, refusal: `Secret ${name}: ${why}` });
	if (secret.immutable === true) return refuse('it is immutable, so it gets no NATS user; make it without `immutable`');
	const namespaces = observedNamespaces(annotationOf(secret, OBSERVER_NAMESPACES_ANNOTATION) ?? '');
	if (typeof namespaces === 'string') return refuse(namespaces);
	const user = textOf(secret, KEYS.user) || `observer-${name}`;
	if (!USER.test(user)) return refuse('user: expected at most 300 letters, digits, _, . and -');
	if (taken.has(user)) return refuse(`user: ${user} is another Secret's already; name another, or none`);
	const given = textOf(secret, KEYS.password);
	if (given !== null && given !== '' && !PASSWORD.test(given)) {
		return refuse('password: expected 16 to 256 letters, digits and any of _+/=.~- ; remove it to have one made');
	}
	const filled = withCredentials(secret, user, randomBytes);
	const password = textOf(filled, KEYS.password) ?? '';
	const permissions = namespaces === null ? natsPermissions.observer : fencedObserver(namespaces);
	return { observer: { secret: filled, user: { user, password, permissions } }, refusal: null };
}

/** nats-server's `authorization` block. The same users give the same bytes. */
export function authorizationText(users: readonly NatsUser[]): string {
	// Not hashed: only NATS may read this Secret, 256 random bits cannot be guessed, and bcrypt would cost a tenth of a
	// second for each of thousands of agents that come back at once after a restart.
	return `${JSON.stringify({ users }, null, '\t')}\n`;
}

/** null: all of them; a sentence when it cannot be read. */
function observedNamespaces(text: string): string[] | null | string {
	const names = text.split(',').map((name) => name.trim());
	if (names.includes('*')) return null;
	const unique = [...new Set(names)].sort();
	if (unique.length <= MAX_OBSERVED_NAMESPACES && unique.every(isNamespaceName)) return unique;
	return `annotation ${OBSERVER_NAMESPACES_ANNOTATION}: expected at most ${MAX_OBSERVED_NAMESPACES} namespaces such as shop,web, or *; ${JSON.stringify(text.slice(0, 100))} came`;
}
