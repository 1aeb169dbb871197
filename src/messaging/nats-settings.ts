/** Where NATS is and how to sign in, from settings. */
import { PodwireError } from './errors.ts';
import { type GivenSetting, givenSettings, inFile, type Origin } from './settings.ts';
import { DEFAULT_NATS_URL, NATS_SETTINGS, NATS_VARIABLES } from './settings-table.ts';

export interface NatsSettings {
	/** `nats://HOST:PORT` or `tls://HOST:PORT`, without credentials. At least one. */
	readonly servers: readonly string[];
	readonly user?: string;
	readonly password?: string;
	readonly token?: string;
	/** Path of a credentials file (JWT and seed). */
	readonly credentialsFile?: string;
	/** Path of a PEM file with the authority that signed the servers' certificates. */
	readonly certificateAuthorityFile?: string;
}

export { NATS_VARIABLES } from './settings-table.ts';

const DEFAULT_NATS_PORT = '4222';
const SCHEMES = ['nats:', 'tls:'];

interface ParsedServer {
	readonly server: string;
	readonly user?: string;
	readonly password?: string;
	readonly token?: string;
}

/** The URL as it may be shown: without user, password and token. */
export function urlWithoutCredentials(url: string): string {
	return url.replace(/^([^/]*\/\/)?.*@/, '$1');
}

function parseServer(text: string, { key, file }: Origin): ParsedServer {
	const refuse = (what: string): never => {
		const came = `${what} came: ${urlWithoutCredentials(text)}`;
		const expected = 'expected nats://HOST:PORT or tls://HOST:PORT';
		throw new PodwireError('CONFIGURATION', `${key}: ${expected}, ${came}${inFile(file)}`);
	};
	const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `nats://${text}`;
	if (!URL.canParse(withScheme)) return refuse('what is no URL');
	const url = new URL(withScheme);
	if (!SCHEMES.includes(url.protocol)) return refuse(`${url.protocol}//`);
	if (url.hostname === '') return refuse('no host');
	if (url.pathname !== '' && url.pathname !== '/') return refuse('a path');
	const server = `${url.protocol}//${url.hostname}:${url.port || DEFAULT_NATS_PORT}`;
	const user = decodeURIComponent(url.username);
	const password = decodeURIComponent(url.password);
	if (user !== '' && password !== '') return { server, user, password };
	return user === '' ? { server } : { server, token: user };
}

function optional<Key extends string>(key: Key, value: string | undefined): { readonly [K in Key]?: string } {
	return value === undefined || value === '' ? {} : ({ [key]: value } as { [K in Key]: string });
}

type GivenText = GivenSetting<string> | null;

export interface GivenNatsSettings {
	/** Or several, separated by commas. null: a server on this machine. */
	readonly nats: GivenText;
	readonly natsUser: GivenText;
	readonly natsPassword: GivenText;
	readonly natsToken: GivenText;
	readonly natsCredentials: GivenText;
	readonly natsAuthority: GivenText;
}

/**
 * Credentials that are set by themselves win over those in the URL; only those of a file do not, where the URL is not
 * from the file, since they may be meant for another server. Throws PodwireError (CONFIGURATION).
 */
export function natsSettingsOf(given: GivenNatsSettings): NatsSettings {
	const { nats, natsUser, natsPassword, natsToken } = given;
	const usual: GivenSetting<string> = {
		value: DEFAULT_NATS_URL,
		origin: { kind: 'environment', key: NATS_VARIABLES.url, file: null },
	};
	const { value, origin } = nats ?? usual;
	const parsed = value.split(',').map((text) => parseServer(text.trim(), origin));
	const inUrl = parsed.find((server) => server.user !== undefined || server.token !== undefined);
	const signIn = (set: GivenText): string | undefined =>
		inUrl !== undefined && set?.origin.kind === 'file' && origin.kind !== 'file' ? undefined : set?.value;
	return {
		servers: parsed.map(({ server }) => server),
		...optional('user', signIn(natsUser) || inUrl?.user),
		...optional('password', signIn(natsPassword) || inUrl?.password),
		...optional('token', signIn(natsToken) || inUrl?.token),
		...optional('credentialsFile', signIn(given.natsCredentials)),
		...optional('certificateAuthorityFile', given.natsAuthority?.value),
	};
}

/** From a URL that a flag gave, and the environment. Throws PodwireError (CONFIGURATION). */
export function natsSettings(
	flagUrl: string | undefined,
	environment: Readonly<Record<string, string | undefined>>,
): NatsSettings {
	return natsSettingsOf(givenSettings(NATS_SETTINGS, { flags: { nats: flagUrl }, env: environment, file: null }));
}
