/**
 * The authority's life, so that no verifier ever meets a certificate whose authority it does not know yet:
 *
 *   made → (two thirds of its life over) a successor is made and told in every bundle → (a day after every bundle was
 *   seen to hold it) the successor signs → (a day after the last certificate of the old one was replaced) the old one
 *   leaves the bundles.
 */
import type { X509Certificate } from 'node:crypto';
import {
	hasPrivateKey,
	includes,
	isSignedBy,
	isValidAt,
	readBundle,
	readCertificate,
	validityOf,
} from './certificates.ts';
import type { CertificateAndKey } from './issuance.ts';
import { CLOCK_SKEW_MS, HANDOVER_MS, renewalMs } from './lifetimes.ts';
import { ANNOUNCED_AT_ANNOTATION, KEYS } from './objects.ts';
import { annotationOf, type Secret, textOf } from './secret.ts';

/** An authority that may sign: its certificate is valid and its key is its own. */
export interface Authority {
	readonly certificate: X509Certificate;
	readonly keyed: CertificateAndKey;
}

/** What the authority's Secret holds, as far as it is usable at this time. */
export interface AuthorityState {
	/** Signs. */
	readonly current: Authority | null;
	/** Is told to verifiers, and will sign. */
	readonly next: Authority | null;
	/** Since when every bundle has held `next`; null: not yet. */
	readonly announcedAtMs: number | null;
	/** Do not sign any more, and are still believed. */
	readonly retired: readonly X509Certificate[];
}

export type AuthorityStep =
	/** There is none: make one that signs at once. */
	| 'make'
	/** Make the successor. */
	| 'make next'
	/** Write down that every bundle holds the successor now. */
	| 'note announcement'
	/** A bundle lost the successor: it has to be announced again. */
	| 'forget announcement'
	/** The successor signs from now on; the current one retires. */
	| 'promote'
	| 'keep';

/** Of those that do not sign any more; the youngest are kept. Only repeated damage makes more than one. */
const MAX_RETIRED = 8;

export function authorityState(secret: Secret, nowMs: number): AuthorityState {
	const current = authorityOf(secret, KEYS.certificate, KEYS.privateKey, nowMs);
	const next = authorityOf(secret, KEYS.nextCertificate, KEYS.nextPrivateKey, nowMs);
	const announcedAtMs = Date.parse(annotationOf(secret, ANNOUNCED_AT_ANNOTATION) ?? '');
	const signing = [current, next].flatMap((authority) => authority?.certificate ?? []);
	const retired = [readCertificate(textOf(secret, KEYS.certificate)), ...readBundle(textOf(secret, KEYS.bundle))]
		.filter((certificate) => certificate !== null)
		.filter((certificate) => certificate.ca && isValidAt(certificate, nowMs) && !includes(signing, certificate))
		.filter((certificate, index, all) => !includes(all.slice(0, index), certificate))
		.sort((one, other) => other.validFromDate.getTime() - one.validFromDate.getTime())
		.slice(0, MAX_RETIRED);
	return { current, next, announcedAtMs: Number.isNaN(announcedAtMs) ? null : announcedAtMs, retired };
}

/** `announced`: every bundle that verifiers use holds the successor at this time. */
export function authorityStep(state: AuthorityState, announced: boolean, nowMs: number): AuthorityStep {
	const { current, next, announcedAtMs } = state;
	if (current === null) return next === null ? 'make' : 'promote';
	if (next === null) return nowMs >= renewalMs(validityOf(current.certificate)) ? 'make next' : 'keep';
	if (!announced) return announcedAtMs === null ? 'keep' : 'forget announcement';
	if (announcedAtMs === null) return 'note announcement';
	return nowMs - announcedAtMs >= HANDOVER_MS ? 'promote' : 'keep';
}

/** The retired ones that have to stay: a leaf of theirs is in use, or may still be where the new one has not arrived. */
export function stillBelieved(
	{ current, retired }: AuthorityState,
	leaves: readonly X509Certificate[],
	nowMs: number,
): readonly X509Certificate[] {
	const allReplaced = leaves.every((leaf) => {
		const madeMs = validityOf(leaf).notBeforeMs + CLOCK_SKEW_MS;
		return current !== null && isSignedBy(leaf, current.certificate) && nowMs - madeMs >= HANDOVER_MS;
	});
	return allReplaced ? [] : retired;
}

function authorityOf(secret: Secret, certificateKey: string, privateKeyKey: string, nowMs: number): Authority | null {
	const pem = textOf(secret, certificateKey);
	const privateKey = textOf(secret, privateKeyKey);
	const certificate = readCertificate(pem);
	if (certificate === null || pem === null || privateKey === null) return null;
	if (!certificate.ca || !isValidAt(certificate, nowMs) || !hasPrivateKey(certificate, privateKey)) return null;
	return { certificate, keyed: { certificate: pem, privateKey } };
}
