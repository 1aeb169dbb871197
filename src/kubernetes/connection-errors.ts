/** Why no API server was reached, as a sentence that says how to mend it. */

const REFUSED = 'nothing listens there; is the cluster running, and is that its address?';
const UNTRUSTED =
	'its certificate is not from the certificate authority that the kubeconfig names; a renewed cluster needs a new kubeconfig';

/** By the `code` of the error, of Node.js and of OpenSSL. */
const REASONS: Readonly<Record<string, string>> = {
	ECONNREFUSED: REFUSED,
	ENOTFOUND: 'there is no host of that name',
	EAI_AGAIN: 'its name cannot be resolved just now; is the network there?',
	ETIMEDOUT: 'no answer came; is the way there open (VPN, firewall, proxy)?',
	EHOSTUNREACH: 'there is no way to that host; is the network (VPN) there?',
	ENETUNREACH: 'there is no way to that network; is the network (VPN) there?',
	ECONNRESET: 'the connection was closed before an answer came',
	CERT_HAS_EXPIRED: "the API server's certificate has expired; whoever runs the cluster renews it",
	CERT_NOT_YET_VALID: "the API server's certificate is not valid yet; is this machine's clock right?",
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
	UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
	SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
	DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
	CERT_SIGNATURE_FAILURE: UNTRUSTED,
	ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on that port; is it a plain http:// server?',
	ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS on that port; is it a plain http:// server?',
	HPE_INVALID_CONSTANT: 'it does not speak HTTP on that port; is it an https:// server?',
	ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it demands a client certificate, and the user has none',
	ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: "the user's client certificate has expired",
	ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: "it does not accept the user's client certificate",
	ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: "it does not accept the user's client certificate",
	ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: "it does not know the certificate authority of the user's client certificate",
	ERR_OSSL_X509_KEY_VALUES_MISMATCH: "the user's client key does not belong to its client certificate",
	ERR_OSSL_PEM_NO_START_LINE: 'a certificate or key of the kubeconfig is not PEM',
	ERR_INVALID_CHAR: "a token of the kubeconfig's user holds characters that no header can",
};

/** `server`: as the kubeconfig has it. */
export function connectionSentence(server: string, cause: Error): string {
	const error = firstError(cause) as NodeJS.ErrnoException;
	if (error.code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
		return `the API server at ${server} is not who it should be (${error.message}); --tls-server-name NAME says which name to expect`;
	}
	const reason = REASONS[codeOf(error)] ?? error.message.trim();
	return `the API server at ${server} does not answer: ${reason}`;
}

/** What OpenSSL complains of while it writes has its words in the message alone. */
function codeOf({ code, message }: NodeJS.ErrnoException): string {
	const words = code === 'EPROTO' ? /SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] : undefined;
	return words === undefined ? (code ?? '') : `ERR_SSL_${words.trim().toUpperCase().replaceAll(' ', '_')}`;
}

/** Of several addresses that were tried, the first one's error: that of all of them says nothing. */
function firstError(cause: Error): Error {
	return cause instanceof AggregateError && cause.errors[0] instanceof Error ? cause.errors[0] : cause;
}
