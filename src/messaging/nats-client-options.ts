/** What the `nats` client is to do, from our settings. */
import { readFileSync } from 'node:fs';
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

function readAuthority(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch (cause) {
		throw new PodwireError('CONFIGURATION', `The NATS certificate authority ${path} cannot be read`, { cause });
	}
}

function tlsOptions(settings: NatsSettings): ConnectionOptions['tls'] | undefined {
	const wanted = settings.servers.some((server) => server.startsWith('tls://'));
	if (!wanted && settings.certificateAuthorityFile === undefined) return undefined;
	const authority = settings.certificateAuthorityFile;
	// The client verifies an address against `localhost` unless it is told the host.
	const only = settings.servers.length === 1 ? settings.servers[0] : undefined;
	const host = only === undefined ? {} : { host: new URL(only).hostname.replace(/^\[|\]$/g, '') };
	return { ...host, ...(authority === undefined ? {} : { ca: readAuthority(authority) }) };
}

/** Throws PodwireError (CONFIGURATION) when a file that the settings name cannot be read. */
export function clientOptions(settings: NatsSettings, name: string, retryDelayMs: () => number): ConnectionOptions {
	const tls = tlsOptions(settings);
	return {
		name,
		servers: [...settings.servers],
		noAsyncTraces: true,
		resolve: false, // the client's own look-up ignores /etc/hosts
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
