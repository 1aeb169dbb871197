/** From what is in the cluster and the time: what has to be written, in order. Asks nobody and writes nothing. */
import type { X509Certificate } from 'node:crypto';
import { type AuthorityState, authorityState, authorityStep, stillBelieved } from './authority.ts';
import { bundleOf, includes, leafProblem, readBundle, readCertificate } from './certificates.ts';
import { Draft, type IdentityPlan, type Snapshot } from './identity-draft.ts';
import type { CertificateAndKey, RandomBytes } from './issuance.ts';
import {
	authorizationText,
	MAX_OBSERVERS,
	type NatsUser,
	type Observer,
	OWN_USERS,
	observerOf,
	withCredentials,
} from './nats-users.ts';
import { ANNOUNCED_AT_ANNOTATION, KEYS, type LeafPurpose, leafPurposes, natsUrl, SECRETS } from './objects.ts';
import { bytesOf, isObserver, isOwn, type Secret, textOf, withAnnotation, withContent } from './secret.ts';

export interface PlanInput {
	readonly snapshot: Snapshot;
	readonly namespace: string;
	/** Since 1970. */
	readonly nowMs: number;
	readonly randomBytes: RandomBytes;
}

const KEY_BYTES = 32;
const TOKEN = /^[0-9a-f]{64}$/;
const OPAQUE = 'Opaque';
const TLS = 'kubernetes.io/tls';

export async function planIdentity(input: PlanInput): Promise<IdentityPlan> {
	const draft = new Draft(input.snapshot, input.namespace);
	const bundle = await planAuthority(input, draft);
	for (const purpose of leafPurposes(input.namespace)) await planLeaf(purpose, bundle, input, draft);
	planTapKey(input, draft);
	planMetricsToken(input, draft);
	const users = [...planOwnUsers(bundle, input, draft), ...planObservers(bundle, input, draft)];
	// Last: NATS is not to know a password that its user's Secret did not get.
	const server = draft.secret(SECRETS.natsServer, TLS);
	draft.put(withContent(server, { [KEYS.authorization]: authorizationText(users) }), 'the users of NATS changed');
	return draft.plan(bundleOf(bundle.certificates));
}

/** Who signs, and whom verifiers are to believe. */
interface Trust {
	readonly authority: AuthorityState;
	readonly certificates: readonly X509Certificate[];
}

async function planAuthority({ snapshot, nowMs, randomBytes }: PlanInput, draft: Draft): Promise<Trust> {
	const before = draft.secret(SECRETS.authority, TLS);
	const state = authorityState(before, nowMs);
	const step = authorityStep(state, isAnnounced(state, snapshot), nowMs);
	let after = before;
	switch (step) {
		case 'make': {
			const made = await newAuthority(nowMs, randomBytes);
			after = withContent(after, { [KEYS.certificate]: made.certificate, [KEYS.privateKey]: made.privateKey });
			break;
		}
		case 'make next': {
			const made = await newAuthority(nowMs, randomBytes);
			after = withContent(after, { [KEYS.nextCertificate]: made.certificate, [KEYS.nextPrivateKey]: made.privateKey });
			after = withAnnotation(after, ANNOUNCED_AT_ANNOTATION, null);
			break;
		}
		case 'note announcement':
			after = withAnnotation(after, ANNOUNCED_AT_ANNOTATION, new Date(nowMs).toISOString());
			break;
		case 'forget announcement':
			after = withAnnotation(after, ANNOUNCED_AT_ANNOTATION, null);
			break;
		case 'promote':
			after = withContent(after, {
				[KEYS.certificate]: state.next?.keyed.certificate ?? null,
				[KEYS.privateKey]: state.next?.keyed.privateKey ?? null,
				[KEYS.nextCertificate]: null,
				[KEYS.nextPrivateKey]: null,
			});
			after = withAnnotation(after, ANNOUNCED_AT_ANNOTATION, null);
			break;
		default:
	}
	// The one that was replaced above is among the retired from here on, since the Secret's old bundle holds it.
	const authority = authorityState(after, nowMs);
	const believed = [authority.current, authority.next].flatMap((one) => one?.certificate ?? []);
	const certificates = [...believed, ...stillBelieved(authority, leavesOf(snapshot), nowMs)];
	draft.put(withContent(after, { [KEYS.bundle]: bundleOf(certificates) }), AUTHORITY_WORDS[step]);
	return { authority, certificates };
}

/** Loaded when something is to be made, which is seldom: it takes more memory than all else of identity. */
function issuance(): Promise<typeof import('./issuance.ts')> {
	return import('./issuance.ts');
}

async function newAuthority(nowMs: number, randomBytes: RandomBytes): Promise<CertificateAndKey> {
	const { issueAuthority } = await issuance();
	return await issueAuthority(nowMs, randomBytes);
}

const AUTHORITY_WORDS = {
	make: 'its certificate or key is missing, malformed or over',
	'make next': 'a successor is made and announced, since two thirds of its life are over',
	'note announcement': 'its successor is known everywhere',
	'forget announcement': 'its successor is announced again',
	promote: 'its successor signs from now on',
	keep: 'its bundle changed',
} as const;

/** Whether everything that Podwire's own verifiers read holds the successor. */
function isAnnounced({ next }: AuthorityState, { secrets, apiServiceBundle }: Snapshot): boolean {
	if (next === null) return false;
	const bundles = secrets.filter(isOwn).flatMap((secret) => textOf(secret, KEYS.bundle) ?? []);
	return [...bundles, ...(apiServiceBundle === null ? [] : [apiServiceBundle])].every((bundle) =>
		includes(readBundle(bundle), next.certificate),
	);
}

function leavesOf({ secrets }: Snapshot): X509Certificate[] {
	const holders: readonly string[] = [SECRETS.controlPlaneTls, SECRETS.natsServer];
	return secrets
		.filter(({ metadata }) => holders.includes(metadata.name))
		.flatMap((secret) => readCertificate(textOf(secret, KEYS.certificate)) ?? []);
}

async function planLeaf(
	purpose: LeafPurpose,
	{ authority, certificates }: Trust,
	{ nowMs, randomBytes }: PlanInput,
	draft: Draft,
): Promise<void> {
	let secret = draft.secret(purpose.secret, TLS);
	const certificate = readCertificate(textOf(secret, KEYS.certificate));
	const judged = { purpose, bundle: certificates, nowMs };
	const problem = leafProblem(certificate, textOf(secret, KEYS.privateKey), judged);
	if (problem !== null && authority.current !== null) {
		const { issueLeaf } = await issuance();
		const made = await issueLeaf(purpose, authority.current.keyed, nowMs, randomBytes);
		secret = withContent(secret, { [KEYS.certificate]: made.certificate, [KEYS.privateKey]: made.privateKey });
	}
	secret = withContent(secret, { [KEYS.bundle]: bundleOf(certificates) });
	draft.put(secret, problem ?? 'its bundle changed');
}

function planTapKey({ randomBytes }: PlanInput, draft: Draft): void {
	const secret = draft.secret(SECRETS.tapKey, OPAQUE);
	if (bytesOf(secret, KEYS.tapKey)?.length === KEY_BYTES) draft.put(secret, '');
	else draft.put(withContent(secret, { [KEYS.tapKey]: randomBytes(KEY_BYTES) }), 'its key is malformed');
}

/** What a scrape of metrics has to show: hexadecimal, so that it fits into a header as it is. */
function planMetricsToken({ randomBytes }: PlanInput, draft: Draft): void {
	const secret = draft.secret(SECRETS.metrics, OPAQUE);
	if (TOKEN.test(textOf(secret, KEYS.token) ?? '')) draft.put(secret, '');
	else
		draft.put(withContent(secret, { [KEYS.token]: randomBytes(KEY_BYTES).toString('hex') }), 'its token is malformed');
}

function planOwnUsers({ certificates }: Trust, { namespace, randomBytes }: PlanInput, draft: Draft): NatsUser[] {
	return OWN_USERS.map(({ secret: name, user, permissions }) => {
		const filled = withCredentials(draft.secret(name, OPAQUE), user, randomBytes);
		const url = name === SECRETS.natsObserver ? { [KEYS.url]: natsUrl(namespace) } : {};
		draft.put(
			withContent(filled, { [KEYS.bundle]: bundleOf(certificates), ...url }),
			'its content was incomplete or changed',
		);
		return { user, password: textOf(filled, KEYS.password) ?? '', permissions };
	});
}

function planObservers({ certificates }: Trust, input: PlanInput, draft: Draft): NatsUser[] {
	const taken = new Set<string>(OWN_USERS.map(({ user }) => user));
	const users: NatsUser[] = [];
	for (const secret of observerSecrets(input.snapshot)) {
		if (users.length === MAX_OBSERVERS) {
			draft.warn(
				`More than ${MAX_OBSERVERS} Secrets ask for a NATS user; Secret ${secret.metadata.name} and those after it get none`,
			);
			break;
		}
		const { observer, refusal } = observerOf(secret, taken, input.randomBytes);
		if (observer === null) {
			draft.warn(refusal);
			continue;
		}
		taken.add(observer.user.user);
		users.push(observer.user);
		draft.put(observerSecret(observer, certificates, input.namespace), 'a NATS user for it');
	}
	return users;
}

function observerSecret({ secret }: Observer, certificates: readonly X509Certificate[], namespace: string): Secret {
	const url = textOf(secret, KEYS.url) || natsUrl(namespace);
	return withContent(secret, { [KEYS.bundle]: bundleOf(certificates), [KEYS.url]: url });
}

function observerSecrets({ secrets }: Snapshot): Secret[] {
	return secrets
		.filter((secret) => isObserver(secret) && !isOwn(secret))
		.sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
}
