/** A certificate authority for tests. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

type CryptoKeyPair = webcrypto.CryptoKeyPair;

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface Leaf {
	readonly certificate: string;
	readonly key: string;
}

export interface LeafOptions {
	/** `CN=jane,O=shop`. */
	readonly subject: string;
	/** IP addresses of a server. */
	readonly addresses?: readonly string[];
	readonly names?: readonly string[];
	/** Default: for a day. */
	readonly notAfter?: Date;
}

export class TestAuthority {
	readonly certificate: string;
	readonly #keys: CryptoKeyPair;
	readonly #subject: string;

	private constructor(certificate: string, keys: CryptoKeyPair, subject: string) {
		this.certificate = certificate;
		this.#keys = keys;
		this.#subject = subject;
	}

	static async create(subject = 'CN=test authority'): Promise<TestAuthority> {
		const keys = await generateKeys();
		const certificate = await x509.X509CertificateGenerator.createSelfSigned({
			name: subject,
			keys,
			signingAlgorithm: ALGORITHM,
			notBefore: new Date(Date.now() - 400 * DAY_MS),
			notAfter: new Date(Date.now() + DAY_MS),
			extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
		});
		return new TestAuthority(certificate.toString('pem'), keys, subject);
	}

	async issue({ subject, addresses = [], names = [], notAfter }: LeafOptions): Promise<Leaf> {
		const keys = await generateKeys();
		const alternatives = [
			...addresses.map((value) => ({ type: 'ip' as const, value })),
			...names.map((value) => ({ type: 'dns' as const, value })),
		];
		const certificate = await x509.X509CertificateGenerator.create({
			subject,
			issuer: this.#subject,
			publicKey: keys.publicKey,
			signingKey: this.#keys.privateKey,
			signingAlgorithm: ALGORITHM,
			notBefore: new Date(Date.now() - 300 * DAY_MS),
			notAfter: notAfter ?? new Date(Date.now() + DAY_MS),
			extensions: alternatives.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(alternatives)],
		});
		const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
		return { certificate: certificate.toString('pem'), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
	}
}

function generateKeys(): Promise<CryptoKeyPair> {
	return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
