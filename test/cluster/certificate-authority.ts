/** Keys and certificates for a cluster that lives for hours: ECDSA with P-256, files in PEM. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' };
const LIFETIME_MS = 30 * 24 * 3600 * 1000;
/** For clocks that differ a little. */
const BACKDATED_MS = 3600 * 1000;

export interface Subject {
	/** Kubernetes takes it for the user's name. */
	readonly commonName: string;
	/** Kubernetes takes them for the user's groups. */
	readonly organizations?: readonly string[];
	/** Names and IP addresses that a server is called by. */
	readonly hosts?: readonly string[];
}

/** Paths of a certificate and its key. */
export interface CertificateFiles {
	readonly certificate: string;
	readonly key: string;
}

export class CertificateAuthority {
	/** Path of its own certificate. */
	readonly certificate: string;
	readonly key: string;
	readonly #folder: string;
	readonly #issuer: x509.X509Certificate;
	readonly #signingKey: webcrypto.CryptoKey;

	private constructor(folder: string, name: string, issuer: x509.X509Certificate, signingKey: webcrypto.CryptoKey) {
		this.#folder = folder;
		this.#issuer = issuer;
		this.#signingKey = signingKey;
		this.certificate = join(folder, `${name}.crt`);
		this.key = join(folder, `${name}.key`);
	}

	/** Writes NAME.crt and NAME.key into the folder; what it issues goes there too. */
	static async create(folder: string, name: string): Promise<CertificateAuthority> {
		const keys = await makeKeys();
		const certificate = await x509.X509CertificateGenerator.createSelfSigned({
			name: new x509.Name([{ CN: [name] }]),
			...validity(),
			keys,
			signingAlgorithm: SIGNING_ALGORITHM,
			extensions: [
				new x509.BasicConstraintsExtension(true, undefined, true),
				new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
				await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
			],
		});
		const authority = new CertificateAuthority(folder, name, certificate, keys.privateKey);
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		writeFileSync(authority.certificate, certificate.toString('pem'));
		await writeKey(authority.key, keys.privateKey);
		return authority;
	}

	/** Issues a certificate for a client and, when the subject has hosts, a server. `name`: of the files. */
	async issue(name: string, { commonName, organizations = [], hosts = [] }: Subject): Promise<CertificateFiles> {
		const keys = await makeKeys();
		const usages = [x509.ExtendedKeyUsage.clientAuth, ...(hosts.length > 0 ? [x509.ExtendedKeyUsage.serverAuth] : [])];
		const names = hosts.map((host) => ({ type: isAddress(host) ? ('ip' as const) : ('dns' as const), value: host }));
		const certificate = await x509.X509CertificateGenerator.create({
			subject: new x509.Name([...organizations.map((group) => ({ O: [group] })), { CN: [commonName] }]),
			issuer: this.#issuer.subjectName,
			...validity(),
			publicKey: keys.publicKey,
			signingKey: this.#signingKey,
			signingAlgorithm: SIGNING_ALGORITHM,
			extensions: [
				new x509.BasicConstraintsExtension(false, undefined, true),
				new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
				new x509.ExtendedKeyUsageExtension(usages),
				await x509.AuthorityKeyIdentifierExtension.create(this.#issuer.publicKey),
				...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
			],
		});
		const files = { certificate: join(this.#folder, `${name}.crt`), key: join(this.#folder, `${name}.key`) };
		writeFileSync(files.certificate, certificate.toString('pem'));
		await writeKey(files.key, keys.privateKey);
		return files;
	}
}

/** A key pair that signs tokens. Writes both halves. */
export async function makeTokenKeys(folder: string): Promise<{ privateKey: string; publicKey: string }> {
	const keys = await makeKeys();
	const files = { privateKey: join(folder, 'service-accounts.key'), publicKey: join(folder, 'service-accounts.pub') };
	await writeKey(files.privateKey, keys.privateKey);
	const publicKey = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
	writeFileSync(files.publicKey, x509.PemConverter.encode(publicKey, 'PUBLIC KEY'));
	return files;
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
	return webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

async function writeKey(path: string, key: webcrypto.CryptoKey): Promise<void> {
	const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
	writeFileSync(path, x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'), { mode: 0o600 });
}

function validity(): { notBefore: Date; notAfter: Date } {
	const nowMs = Date.now();
	return { notBefore: new Date(nowMs - BACKDATED_MS), notAfter: new Date(nowMs + LIFETIME_MS) };
}

function isAddress(host: string): boolean {
	return host.includes(':') || /^[\d.]+$/.test(host);
}
