/** Makes certificates with ECDSA keys on P-256 (RFC 5280, RFC 5480). */
import 'reflect-metadata';
import { createPrivateKey, KeyObject, webcrypto } from 'node:crypto';
import {
	AuthorityKeyIdentifierExtension,
	BasicConstraintsExtension,
	ExtendedKeyUsage,
	ExtendedKeyUsageExtension,
	type Extension,
	KeyUsageFlags,
	KeyUsagesExtension,
	SubjectAlternativeNameExtension,
	SubjectKeyIdentifierExtension,
	X509Certificate,
	X509CertificateGenerator,
} from '@peculiar/x509';
import { AUTHORITY_LIFE_MS, CLOCK_SKEW_MS, LEAF_LIFE_MS } from './lifetimes.ts';
import type { LeafPurpose } from './objects.ts';

export type RandomBytes = (count: number) => Buffer;

/** Both as PEM; the key as PKCS #8. */
export interface CertificateAndKey {
	readonly certificate: string;
	readonly privateKey: string;
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };
/** RFC 5280, section 4.1.2.2, allows 20; its first bit has to be 0. */
const SERIAL_BYTES = 16;
const NAME_BYTES = 4;

/** A self-signed authority. Its name is unlike that of any other, so that no verifier confuses two of them. */
export async function issueAuthority(nowMs: number, randomBytes: RandomBytes): Promise<CertificateAndKey> {
	const keys = await generateKeys();
	const certificate = await X509CertificateGenerator.createSelfSigned({
		serialNumber: serialNumber(randomBytes),
		name: [{ O: ['Podwire'] }, { CN: [`Podwire authority ${randomBytes(NAME_BYTES).toString('hex')}`] }],
		notBefore: wholeSecond(nowMs - CLOCK_SKEW_MS),
		notAfter: wholeSecond(nowMs + AUTHORITY_LIFE_MS),
		keys,
		signingAlgorithm: SIGNATURE,
		extensions: [
			new BasicConstraintsExtension(true, 0, true),
			new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
			await SubjectKeyIdentifierExtension.create(keys.publicKey),
		],
	});
	return exported(certificate, keys);
}

/** A certificate for a server, signed by `authority`; it ends no later than that. */
export async function issueLeaf(
	purpose: LeafPurpose,
	authority: CertificateAndKey,
	nowMs: number,
	randomBytes: RandomBytes,
): Promise<CertificateAndKey> {
	const keys = await generateKeys();
	const issuer = new X509Certificate(authority.certificate);
	const end = Math.min(nowMs + LEAF_LIFE_MS, issuer.notAfter.getTime());
	const certificate = await X509CertificateGenerator.create({
		serialNumber: serialNumber(randomBytes),
		subject: [{ O: ['Podwire'] }, { CN: [purpose.dnsNames[0] ?? purpose.secret] }],
		issuer: issuer.subjectName,
		notBefore: wholeSecond(nowMs - CLOCK_SKEW_MS),
		notAfter: wholeSecond(end),
		publicKey: keys.publicKey,
		signingKey: await importPrivateKey(authority.privateKey),
		signingAlgorithm: SIGNATURE,
		extensions: await leafExtensions(purpose, issuer, keys),
	});
	return exported(certificate, keys);
}

async function leafExtensions(
	{ dnsNames, usage }: LeafPurpose,
	issuer: X509Certificate,
	keys: webcrypto.CryptoKeyPair,
): Promise<Extension[]> {
	const usages = [ExtendedKeyUsage.serverAuth, ...(usage === 'server' ? [] : [ExtendedKeyUsage.clientAuth])];
	return [
		new BasicConstraintsExtension(false, undefined, true),
		new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
		new ExtendedKeyUsageExtension(usages),
		new SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: 'dns', value }))),
		await SubjectKeyIdentifierExtension.create(keys.publicKey),
		await AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export()),
	];
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
	return webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
}

function importPrivateKey(pem: string): Promise<webcrypto.CryptoKey> {
	const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
	return webcrypto.subtle.importKey('pkcs8', pkcs8, CURVE, false, ['sign']);
}

function exported(certificate: X509Certificate, keys: webcrypto.CryptoKeyPair): CertificateAndKey {
	return {
		certificate: `${certificate.toString('pem').trim()}\n`,
		privateKey: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
	};
}

function serialNumber(randomBytes: RandomBytes): string {
	const bytes = Buffer.from(randomBytes(SERIAL_BYTES));
	bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0); // positive, and of full length
	return bytes.toString('hex');
}

function wholeSecond(ms: number): Date {
	return new Date(Math.floor(ms / 1000) * 1000);
}
