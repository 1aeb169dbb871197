/** What the `nats` client is to do, from our settings. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { Authenticator, ConnectionOptions } from 'nats';
import { credsAuthenticator } from 'nats/lib/nats-base-client/authenticator.js';
import { PodwireError } from './errors.ts';
import type { NatsSettings } from './nats-settings.ts';

/** A server that does not answer is given up after the third of these: 4.5 s at most. */
const PING_INTERVAL_MS = 1500;
const PINGS_WITHOUT_ANSWER = 2;
const CONNECT_TIMEOUT_MS = 5000;

/** Reads the file anew for each connection, so that renewed credentials count; keeps the last ones if it is gone. */
function credentialsOf(path: string): Authenticator {
	let last: Uint8Array;
	try {
		last = readFileSync(path);
	} catch (cause) {
		throw new PodwireError('CONFIGURATION', `The NATS credentials file ${path} cannot be read`, { cause });
	}
	return credsAuthenticator(() => {
		try {
			last = readFileSync(path);
		} catch {
			// The bytes read before may still be right; if not, the server refuses them and that is told.
		}
		return last;
	});
}

function requireReadable(path: string): void {
	try {
		readFileSync(path);
	} catch (cause) {
		throw new PodwireError('CONFIGURATION', `The NATS certificate authority ${path} cannot be read`, { cause });
	}
}

function tlsOptions(settings: NatsSettings): ConnectionOptions['tls'] | undefined {
	const wanted = settings.servers.some((server) => server.startsWith('tls://'));
	const authority = settings.certificateAuthorityFile;
	if (!wanted && authority === undefined) return undefined;
	if (authority !== undefined) requireReadable(authority);
	const hosts = settings.servers.map((server) => new URL(server).hostname.replace(/^\[|\]$/g, ''));
	const options: ConnectionOptions['tls'] & { servername?: string; checkServerIdentity: typeof checkServerIdentity } = {
		checkServerIdentity: (_host, certificate) => identityOfAny(hosts, certificate),
		// The client reads it at each handshake, so that a renewed authority counts from the next connection on.
		...(authority === undefined ? {} : { caFile: authority }),
	};
	const [only] = hosts;
	if (hosts.length === 1 && only !== undefined && isIP(only) === 0) options.servername = only;
	return options;
}

/**
 * The certificate has to be for one of the named servers. Left alone, the client judges it by the name of the server
 * that it dials only for host names, and by `localhost` for addresses.
 */
function identityOfAny(hosts: readonly string[], certificate: PeerCertificate): Error | undefined {
	const refusals = hosts.map((host) => checkServerIdentity(host, certificate));
	return refusals.includes(undefined) ? undefined : refusals[0];
}

/** Throws PodwireError (CONFIGURATION) when a file that the settings name cannot be read. */
export function clientOptions(settings: NatsSettings, name: string, retryDelayMs: () => number): ConnectionOptions {
	const tls = tlsOptions(settings);
	return {
		name,
		servers: [...settings.servers],
		noAsyncTraces: true,
		resolve: false, // the client's own look-up ignores /etc/hosts
		ignoreClusterUpdates: true, // servers tell each other's addresses, which no certificate has
		timeout: CONNECT_TIMEOUT_MS,
		pingInterval: PING_INTERVAL_MS,
		maxPingOut: PINGS_WITHOUT_ANSWER,
		maxReconnectAttempts: -1,
		ignoreAuthErrorAbort: true,
		reconnectDelayHandler: retryDelayMs,
		...(settings.user === undefined ? {} : { user: settings.user, pass: settings.password ?? '' }),
		...(settings.token === undefined ? {} : { token: settings.token }),
		...(settings.credentialsFile === undefined ? {} : { authenticator: credentialsOf(settings.credentialsFile) }),
		...(tls === undefined ? {} : { tls }),
	};
}
