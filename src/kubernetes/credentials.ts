/** What a user of a kubeconfig shows to the API server, fetched anew for each request where it may change. */
import { readFile } from 'node:fs/promises';
import { SignInError } from './errors.ts';
import { ExecCredentials, type ExecSurroundings } from './exec-credentials.ts';
import type { ClusterEntry, PemSource, UserEntry } from './kubeconfig.ts';

export interface Credentials {
	/** Of the `Authorization` header; null: none. */
	readonly authorization: string | null;
	/** PEM; both or neither. */
	readonly certificate: string | null;
	readonly key: string | null;
}

/** Throws SignInError. */
export interface CredentialSource {
	current(): Promise<Credentials>;
	/** The API server did not believe what `current` gave. False: it would give the same again. */
	refused(): boolean;
}

const NOTHING: Credentials = { authorization: null, certificate: null, key: null };

/** As client-go: certificates always count; of the others token file, token, password, exec plugin, auth provider the first. */
export function credentialSource(
	userName: string,
	user: UserEntry,
	cluster: ClusterEntry,
	surroundings: ExecSurroundings,
): CredentialSource {
	const header = headerSource(userName, user, cluster, surroundings);
	const { certificate, key } = user;
	if (certificate === null && key === null) return header;
	return {
		current: async () => ({
			...(await header.current()),
			certificate: await pemText(userName, 'client certificate', certificate),
			key: await pemText(userName, 'client key', key),
		}),
		refused: () => header.refused(),
	};
}

function headerSource(
	userName: string,
	user: UserEntry,
	cluster: ClusterEntry,
	surroundings: ExecSurroundings,
): CredentialSource {
	const { token, tokenFile, username, password, exec, authProvider } = user;
	if (tokenFile !== null) return unchanging(async () => bearer(await fileToken(userName, tokenFile, token)));
	if (token !== null) return unchanging(async () => bearer(token));
	if (username !== null) {
		const encoded = Buffer.from(`${username}:${password ?? ''}`, 'utf8').toString('base64');
		return unchanging(async () => ({ ...NOTHING, authorization: `Basic ${encoded}` }));
	}
	if (exec !== null) return new ExecCredentials({ userName, exec, cluster, ...surroundings });
	if (authProvider === null) return unchanging(async () => NOTHING);
	return unchanging(async () => {
		const { authProviderHeader } = await import('./auth-provider.ts');
		return { ...NOTHING, authorization: await authProviderHeader(userName, authProvider) };
	});
}

function unchanging(current: () => Promise<Credentials>): CredentialSource {
	return { current, refused: () => false };
}

function bearer(token: string): Credentials {
	return { ...NOTHING, authorization: `Bearer ${token}` };
}

async function fileToken(userName: string, path: string, fallback: string | null): Promise<string> {
	try {
		const token = (await readFile(path, 'utf8')).trim();
		if (token !== '') return token;
		throw new Error('it is empty');
	} catch (cause) {
		if (fallback !== null) return fallback;
		throw new SignInError(userName, `its token file ${path} cannot be used: ${(cause as Error).message}`, { cause });
	}
}

export async function pemText(userName: string, what: string, source: PemSource | null): Promise<string> {
	if (source === null) throw new SignInError(userName, `it has no ${what}; certificate and key go together`);
	if ('data' in source) return source.data;
	try {
		return await readFile(source.file, 'utf8');
	} catch (cause) {
		throw new SignInError(userName, `its ${what} ${source.file} cannot be read: ${(cause as Error).message}`, {
			cause,
		});
	}
}
