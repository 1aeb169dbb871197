/** The certificate that a server shows, from files that may change while it runs. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Clock, Timer } from '../../messaging/clock.ts';
import { PodwireError } from '../../messaging/errors.ts';

/** Mounted Secrets are replaced in ways that watching files does not tell of. */
const LOOK_EVERY_MS = 2000;

export interface CertificatePair {
	/** PEM, with the certificates between it and its authority. */
	readonly cert: Buffer;
	readonly key: Buffer;
}

export interface ServingCertificateOptions {
	readonly certificatePath: string;
	readonly keyPath: string;
	readonly clock: Clock;
	readonly onChange: (pair: CertificatePair, expires: Date) => void;
	/** The files cannot be used as they are; the last good pair stays. Told once for each reason. */
	readonly onProblem: (sentence: string) => void;
}

export class ServingCertificate {
	readonly #options: ServingCertificateOptions;
	#pair: CertificatePair;
	#timer: Timer | null = null;
	#lastProblem = '';

	/** Throws PodwireError (CONFIGURATION). */
	constructor(options: ServingCertificateOptions) {
		this.#options = options;
		this.#pair = readPair(options);
	}

	get pair(): CertificatePair {
		return this.#pair;
	}

	get expires(): Date {
		return expiryOf(this.#pair);
	}

	start(): void {
		this.#timer = this.#options.clock.setTimeout(() => {
			this.#look();
			this.start();
		}, LOOK_EVERY_MS);
	}

	stop(): void {
		this.#timer?.cancel();
	}

	#look(): void {
		try {
			const pair = readPair(this.#options);
			this.#lastProblem = '';
			if (pair.cert.equals(this.#pair.cert) && pair.key.equals(this.#pair.key)) return;
			this.#pair = pair;
			this.#options.onChange(pair, expiryOf(pair));
		} catch (error) {
			if (!(error instanceof PodwireError)) throw error;
			if (error.message === this.#lastProblem) return;
			this.#lastProblem = error.message;
			this.#options.onProblem(error.message);
		}
	}
}

function expiryOf({ cert }: CertificatePair): Date {
	return new X509Certificate(cert).validToDate;
}

function readPair({ certificatePath, keyPath }: ServingCertificateOptions): CertificatePair {
	try {
		const cert = readFileSync(certificatePath);
		const key = readFileSync(keyPath);
		if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return { cert, key };
	} catch (cause) {
		const why = cause instanceof Error ? cause.message : String(cause);
		const sentence = `The serving certificate (${certificatePath}, ${keyPath}) cannot be read: ${why}`;
		throw new PodwireError('CONFIGURATION', sentence, { cause });
	}
	throw new PodwireError('CONFIGURATION', `The key ${keyPath} does not belong to the certificate ${certificatePath}`);
}
