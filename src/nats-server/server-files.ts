/** The mounted Secret of the NATS server, read and judged as a whole. */
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PodwireError } from '../messaging/errors.ts';

export const FILE_NAMES = ['tls.crt', 'tls.key', 'ca.crt', 'authorization.json'] as const;

export interface ServerFiles {
	/** By name, as they were mounted. */
	readonly texts: Readonly<Record<(typeof FILE_NAMES)[number], string>>;
	/** nats-server's `authorization` block. */
	readonly authorization: object;
	/** Differs when any of them does. */
	readonly digest: string;
}

/**
 * kubelet changes all of them at one moment, by a symbolic link: they are read twice, and believed when both readings
 * are the same. Throws PodwireError (MALFORMED_FILE) that names the file and what is wrong with it.
 */
export async function readServerFiles(directory: string): Promise<ServerFiles> {
	const texts = await readAll(directory);
	const again = await readAll(directory);
	const changed = FILE_NAMES.find((name) => texts[name] !== again[name]);
	if (changed !== undefined) throw malformed(join(directory, changed), 'is being changed right now');
	const path = (name: (typeof FILE_NAMES)[number]) => join(directory, name);
	requireKeyPair(texts['tls.crt'], texts['tls.key'], path('tls.crt'));
	requireCertificate(texts['ca.crt'], path('ca.crt'));
	const authorization = parseAuthorization(texts['authorization.json'], path('authorization.json'));
	const digest = createHash('sha256').update(JSON.stringify(texts)).digest('hex');
	return { texts, authorization, digest };
}

async function readAll(directory: string): Promise<ServerFiles['texts']> {
	const read = async (name: string): Promise<string> => {
		try {
			return await readFile(join(directory, name), 'utf8');
		} catch (cause) {
			const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is missing' : 'cannot be read';
			throw malformed(join(directory, name), why, cause);
		}
	};
	return {
		'tls.crt': await read('tls.crt'),
		'tls.key': await read('tls.key'),
		'ca.crt': await read('ca.crt'),
		'authorization.json': await read('authorization.json'),
	};
}

function requireCertificate(pem: string, path: string): X509Certificate {
	try {
		return new X509Certificate(pem);
	} catch (cause) {
		throw malformed(path, 'is no certificate in PEM', cause);
	}
}

function requireKeyPair(certificate: string, key: string, path: string): void {
	const parsed = requireCertificate(certificate, path);
	let own: boolean;
	try {
		own = parsed.checkPrivateKey(createPrivateKey(key));
	} catch (cause) {
		throw malformed(path.replace(/\.crt$/, '.key'), 'is no private key in PEM', cause);
	}
	if (!own) throw malformed(path, 'has another private key than tls.key');
}

/** Of its content only that it has users with names: the rest is nats-server's to judge. */
function parseAuthorization(text: string, path: string): object {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw malformed(path, 'is no JSON'); // without the parser's words: they quote from it
	}
	const users: unknown = (value as { readonly users?: unknown } | null)?.users;
	const good = Array.isArray(users) && users.length > 0 && users.every(hasCredentials);
	if (!good) throw malformed(path, 'expected {"users":[{"user":…,"password":…}]} with at least one user');
	return value as object;
}

function hasCredentials(entry: { readonly user?: unknown; readonly password?: unknown } | null): boolean {
	return typeof entry?.user === 'string' && typeof entry.password === 'string' && entry.password !== '';
}

function malformed(path: string, why: string, cause?: unknown): PodwireError {
	const mend = 'podwire bootstrap makes the Secret podwire-nats-server, which is mounted there';
	return new PodwireError('MALFORMED_FILE', `${path} ${why}: ${mend}`, { cause });
}
