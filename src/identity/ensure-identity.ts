/** Makes what the cluster's identity lacks, renews what is due, and leaves the rest byte for byte as it is. */
import { KubeStatusError } from '../kubernetes/errors.ts';
import type { KubeApi } from '../kubernetes/kube-api.ts';
import type { Clock } from '../messaging/clock.ts';
import { PodwireError } from '../messaging/errors.ts';
import { planIdentity } from './identity-plan.ts';
import { IdentityStore, isConflict } from './identity-store.ts';
import type { RandomBytes } from './issuance.ts';
import type { Log } from './log.ts';
import { API_SERVICE } from './objects.ts';
import { isOwn, type Secret } from './secret.ts';

export interface IdentityOptions {
	readonly api: KubeApi;
	/** Podwire's own. */
	readonly namespace: string;
	readonly clock: Clock;
	readonly randomBytes: RandomBytes;
	readonly log: Log;
}

export interface WrittenSecret {
	readonly name: string;
	/** `made podwire-ca`, `renewed podwire-nats-server: two thirds of its life are over`. */
	readonly words: string;
}

export interface IdentityReport {
	readonly written: readonly WrittenSecret[];
	/** Names of Secrets that were as they should be. */
	readonly left: readonly string[];
	/** Whether the APIService has the bundle; `missing` when there is no such object (yet). */
	readonly apiService: 'set' | 'left' | 'missing';
	/** Sentences about observers that got no user. */
	readonly warnings: readonly string[];
}

/** Others that write at the same time make an attempt fail; each of them wins at most once for each object. */
const MAX_ATTEMPTS = 32;

/**
 * One pass. Any number may run at once: each write names the version that it replaces, and after a conflict all is
 * read again. Throws KubeStatusError, KubeUnreachableError, and PodwireError after too many conflicts.
 */
export async function ensureIdentity(options: IdentityOptions): Promise<IdentityReport> {
	const store = new IdentityStore(options.api, options.namespace);
	const written: WrittenSecret[] = [];
	const unwritable = new Set<string>();
	for (let attempt = 1; attempt <= MAX_ATTEMPTS; ++attempt) {
		try {
			return await pass(store, options, { written, unwritable });
		} catch (error) {
			if (!isConflict(error) && !(error instanceof ObserverRefusedError)) throw error;
			options.log.info({ attempt }, `reading the identity again: ${error.message}`);
		}
	}
	throw new PodwireError(
		'UNAVAILABLE',
		`the Secrets of namespace ${options.namespace} were changed by others during each of ${MAX_ATTEMPTS} attempts: end what else writes them`,
	);
}

/** The API server does not take an observer's Secret, for a policy of the cluster perhaps: it has to do without a user. */
class ObserverRefusedError extends Error {}

interface Progress {
	readonly written: WrittenSecret[];
	/** Names of observers' Secrets that the API server refused. */
	readonly unwritable: Set<string>;
}

async function pass(
	store: IdentityStore,
	{ namespace, clock, randomBytes, log }: IdentityOptions,
	{ written, unwritable }: Progress,
): Promise<IdentityReport> {
	const read = await store.read();
	const snapshot = { ...read, secrets: read.secrets.filter(({ metadata }) => !unwritable.has(metadata.name)) };
	const plan = await planIdentity({ snapshot, namespace, nowMs: clock.wallMs(), randomBytes });
	for (const { secret, words } of plan.writes) {
		await writeOrSkip(store, secret, unwritable);
		written.push({ name: secret.metadata.name, words });
		log.info({ secret: secret.metadata.name }, words);
	}
	const warnings = [
		...plan.warnings,
		...[...unwritable].map((name) => `Secret ${name}: the API server takes no change`),
	];
	for (const sentence of warnings) log.warn({}, sentence);
	const report = { written, left: plan.left, warnings };
	if (snapshot.apiServiceBundle === null) return { ...report, apiService: 'missing' };
	if (snapshot.apiServiceBundle === plan.bundle) return { ...report, apiService: 'left' };
	await store.setApiServiceBundle(plan.bundle, snapshot.apiServiceVersion);
	log.info({ apiService: API_SERVICE }, 'the APIService has a new authority');
	return { ...report, apiService: 'set' };
}

async function writeOrSkip(store: IdentityStore, secret: Secret, unwritable: Set<string>): Promise<void> {
	try {
		await store.write(secret);
	} catch (cause) {
		if (isOwn(secret) || isConflict(cause) || !(cause instanceof KubeStatusError)) throw cause;
		unwritable.add(secret.metadata.name);
		throw new ObserverRefusedError(`Secret ${secret.metadata.name}: ${cause.message}`, { cause });
	}
}
