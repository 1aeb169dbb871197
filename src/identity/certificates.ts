/** Reads and judges certificates that were made before. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { renewalMs, type Validity } from './lifetimes.ts';
import type { LeafPurpose } from './objects.ts';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
/** RFC 5280, section 4.2.1.12. */
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** null for what is no certificate. */
export function readCertificate(pem: string | null): X509Certificate | null {
	if (pem === null) return null;
	try {
		return new X509Certificate(pem);
	} catch {
		return null;
	}
}

/** Of a bundle; what is unreadable in it is left out. */
export function readBundle(pem: string | null): X509Certificate[] {
	const texts = pem?.match(PEM_CERTIFICATE) ?? [];
	return texts.flatMap((text) => readCertificate(text) ?? []);
}

/** PEM, one after the other, each once. */
export function bundleOf(certificates: readonly X509Certificate[]): string {
	const texts = certificates.map((certificate) => `${certificate.toString().trim()}\n`);
	return [...new Set(texts)].join('');
}

export function includes(bundle: readonly X509Certificate[], certificate: X509Certificate): boolean {
	return bundle.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256);
}

export function validityOf(certificate: X509Certificate): Validity {
	return { notBeforeMs: certificate.validFromDate.getTime(), notAfterMs: certificate.validToDate.getTime() };
}

export function isValidAt(certificate: X509Certificate, nowMs: number): boolean {
	const { notBeforeMs, notAfterMs } = validityOf(certificate);
	return notBeforeMs <= nowMs && nowMs < notAfterMs;
}

export function hasPrivateKey(certificate: X509Certificate, pem: string | null): boolean {
	if (pem === null) return false;
	try {
		return certificate.checkPrivateKey(createPrivateKey(pem));
	} catch {
		return false;
	}
}

export function isSignedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
	return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

/** Why a leaf has to be made anew, as the end of a sentence; null when it is good. */
export function leafProblem(
	certificate: X509Certificate | null,
	privateKey: string | null,
	{ purpose, bundle, nowMs }: { purpose: LeafPurpose; bundle: readonly X509Certificate[]; nowMs: number },
): string | null {
	if (certificate === null) return 'its certificate is missing or malformed';
	if (!hasPrivateKey(certificate, privateKey)) return 'its private key is missing or another one';
	if (!isValidAt(certificate, nowMs)) return 'it is not valid at this time';
	if (!bundle.some((authority) => isSignedBy(certificate, authority))) return 'no authority of ours has signed it';
	if (!isFor(certificate, purpose)) return 'it is for other names or another use';
	return nowMs >= renewalMs(validityOf(certificate)) ? 'two thirds of its life are over' : null;
}

function isFor(certificate: X509Certificate, { dnsNames, usage }: LeafPurpose): boolean {
	const names = (certificate.subjectAltName ?? '').split(', ');
	const usages = certificate.keyUsage ?? [];
	return (
		dnsNames.every((name) => names.includes(`DNS:${name}`)) &&
		usages.includes(SERVER_AUTH) &&
		(usage === 'server' || usages.includes(CLIENT_AUTH))
	);
}
