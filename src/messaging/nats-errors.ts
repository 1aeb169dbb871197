/** What the NATS client and its socket report, as sentences. */
import { PodwireError } from './errors.ts';
import { NATS_VARIABLES } from './nats-settings.ts';

const REFUSED_CODES = new Set([
	'AUTHORIZATION_VIOLATION',
	'AUTHENTICATION_EXPIRED',
	'AUTHENTICATION_TIMEOUT',
	'ACCOUNT_EXPIRED',
	'BAD_AUTHENTICATION',
	'BAD_CREDS',
]);

/** Of OpenSSL's verification, as Node.js names them, beside ERR_TLS_* and ERR_SSL_*. */
const CERTIFICATE_CODES =
	/^(TLS|ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_OSSL|HOSTNAME_MISMATCH|INVALID_CA)/;

const NETWORK_CODES: Readonly<Record<string, string>> = {
	CONNECTION_REFUSED: 'nothing listens there',
	ECONNREFUSED: 'nothing listens there',
	ENOTFOUND: 'the name does not resolve',
	EAI_AGAIN: 'the name does not resolve now',
	TIMEOUT: 'it did not answer in time',
	CONNECTION_TIMEOUT: 'it did not answer in time',
	ETIMEDOUT: 'it did not answer in time',
	EHOSTUNREACH: 'there is no route to it',
	ENETUNREACH: 'there is no route to it',
	ECONNRESET: 'it closed the connection',
	EPIPE: 'it closed the connection',
};

function codeOf(error: unknown): string {
	const code = (error as { readonly code?: unknown } | null | undefined)?.code;
	return typeof code === 'string' ? code : '';
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error ?? 'it closed the connection');
}

/** A failed connection as an error of ours; `url` holds no credentials. */
export function connectionError(error: unknown, url: string): PodwireError {
	const code = codeOf(error);
	const cause = { cause: error };
	if (REFUSED_CODES.has(code)) {
		const how = `set ${NATS_VARIABLES.user} and ${NATS_VARIABLES.password}, ${NATS_VARIABLES.token} or ${NATS_VARIABLES.credentialsFile} to credentials that this server knows`;
		return new PodwireError('NATS_REFUSED', `NATS at ${url} refused the credentials: ${how}`, cause);
	}
	if (code === 'SERVER_OPT_NA') {
		return new PodwireError('NATS_TLS', `NATS at ${url} does not offer TLS: use nats:// instead of tls://`, cause);
	}
	if (CERTIFICATE_CODES.test(code)) {
		const how = `set ${NATS_VARIABLES.certificateAuthorityFile} to the PEM file of the authority that signed its certificate`;
		return new PodwireError('NATS_TLS', `NATS at ${url} cannot be trusted (${messageOf(error)}): ${how}`, cause);
	}
	const reason = NETWORK_CODES[code] ?? messageOf(error);
	const how = `start a nats-server there, or name another with --nats or ${NATS_VARIABLES.url}`;
	return new PodwireError('NATS_UNREACHABLE', `NATS at ${url} cannot be reached (${reason}): ${how}`, cause);
}

export interface PermissionContext {
	readonly operation: string;
	readonly subject: string;
}

/** An error that the server reports while the connection lives (or is being made again). */
export function serverProblem(code: string, url: string, permission?: PermissionContext): string {
	if (permission !== undefined) {
		const verb = permission.operation === 'publish' ? 'publish to' : 'subscribe to';
		return `NATS at ${url} does not permit this user to ${verb} ${permission.subject}: grant it in the server's configuration`;
	}
	if (REFUSED_CODES.has(code)) return connectionError({ code }, url).message;
	return `NATS at ${url} reports ${code}`;
}
