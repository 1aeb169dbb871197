/** Where NATS is and how to sign in, from a flag and the environment. */
import { PodwireError } from './errors.ts';

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

/** Variables of the environment that settings are read from. */
export const NATS_VARIABLES = {
	url: 'PODWIRE_NATS_URL',
	user: 'PODWIRE_NATS_USER',
	password: 'PODWIRE_NATS_PASSWORD',
	token: 'PODWIRE_NATS_TOKEN',
	credentialsFile: 'PODWIRE_NATS_CREDS',
	certificateAuthorityFile: 'PODWIRE_NATS_CA',
} as const;

export const DEFAULT_NATS_URL = 'nats://127.0.0.1:4222';

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

function parseServer(text: string, setBy: string): ParsedServer {
	const refuse = (what: string): never => {
		throw new PodwireError(
			'CONFIGURATION',
			`${setBy}: expected nats://HOST:PORT or tls://HOST:PORT, ${what} came: ${urlWithoutCredentials(text)}`,
		);
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

/**
 * Settings from a URL (or several, separated by commas) that a flag gave, else from the environment, else of a
 * server on this machine. Credentials of the environment win over those in the URL.
 */
export function natsSettings(
	flagUrl: string | undefined,
	environment: Readonly<Record<string, string | undefined>>,
): NatsSettings {
	const variableUrl = environment[NATS_VARIABLES.url] || undefined;
	const setBy = flagUrl === undefined ? NATS_VARIABLES.url : '--nats';
	const texts = (flagUrl ?? variableUrl ?? DEFAULT_NATS_URL).split(',').map((text) => text.trim());
	const parsed = texts.map((text) => parseServer(text, setBy));
	const signIn = parsed.find((server) => server.user !== undefined || server.token !== undefined);
	return {
		servers: parsed.map(({ server }) => server),
		...optional('user', environment[NATS_VARIABLES.user] || signIn?.user),
		...optional('password', environment[NATS_VARIABLES.password] || signIn?.password),
		...optional('token', environment[NATS_VARIABLES.token] || signIn?.token),
		...optional('credentialsFile', environment[NATS_VARIABLES.credentialsFile]),
		...optional('certificateAuthorityFile', environment[NATS_VARIABLES.certificateAuthorityFile]),
	};
}
