/** Whether a client's certificate leads to an authority now: the part of RFC 5280, section 6, that clients of one authority need. */
import type { X509Certificate } from 'node:crypto';

/** Certificates between the client's own and an authority. */
const MAX_INTERMEDIATES = 4;

/** RFC 5280, section 4.2.1.12. */
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';
const ANY_EXTENDED_KEY_USAGE = '2.5.29.37.0';

/** `certificate`: as the connection has it, with those that the client sent along. Null: it is good; else why not. */
export function certificateProblem(
	certificate: X509Certificate,
	authorities: readonly X509Certificate[],
	nowMs: number,
): string | null {
	if (!isForClients(certificate)) return 'its certificate is not for client authentication';
	let current = certificate;
	for (let intermediates = 0; ; intermediates += 1) {
		const period = periodProblem(current, nowMs);
		if (period !== null) return period;
		const authority = authorities.find((candidate) => hasIssued(candidate, current));
		if (authority !== undefined) return periodProblem(authority, nowMs);
		const next = current.issuerCertificate;
		if (next === undefined || next.raw.equals(current.raw) || intermediates === MAX_INTERMEDIATES) break;
		if (!hasIssued(next, current)) break;
		current = next;
	}
	return 'its certificate is not signed by the authority of the front proxy';
}

function hasIssued(issuer: X509Certificate, certificate: X509Certificate): boolean {
	return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function periodProblem({ validFromDate, validToDate }: X509Certificate, nowMs: number): string | null {
	if (nowMs < validFromDate.getTime()) return `a certificate of it is not valid before ${validFromDate.toISOString()}`;
	if (nowMs > validToDate.getTime()) return `a certificate of it has expired at ${validToDate.toISOString()}`;
	return null;
}

/** A certificate that names no usage is for any. */
function isForClients({ keyUsage }: X509Certificate): boolean {
	const usages = keyUsage as readonly string[] | undefined;
	return usages === undefined || usages.includes(CLIENT_AUTHENTICATION) || usages.includes(ANY_EXTENDED_KEY_USAGE);
}

/** The last of several, as the API server itself takes it; '' where there is none. */
export function commonNameOf(certificate: X509Certificate): string {
	const name: unknown = certificate.toLegacyObject().subject?.CN;
	if (Array.isArray(name)) return String(name.at(-1) ?? '');
	return typeof name === 'string' ? name : '';
}
