/** Acting as somebody else: `as`, `as-groups`, `as-uid` and `as-user-extra` of a kubeconfig; `--as` and its likes. */
export interface Impersonation {
	readonly user: string;
	readonly groups: readonly string[];
	readonly uid: string | null;
	/** Keys as the API server's authenticators have them. */
	readonly extra?: ReadonlyMap<string, readonly string[]>;
}

/** A field name of HTTP (RFC 9110, section 5.6.2) without `%`, which begins an escape, and upper case, which is lost. */
const PLAIN_KEY_BYTE = /[!#$&'*+.^_`|~0-9a-z-]/;

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
export function impersonationHeaders({ user, groups, uid, extra }: Impersonation): Record<string, string | string[]> {
	const headers: Record<string, string | string[]> = { 'Impersonate-User': headerValue(user) };
	if (groups.length > 0) headers['Impersonate-Group'] = groups.map(headerValue);
	if (uid !== null) headers['Impersonate-Uid'] = headerValue(uid);
	for (const [key, values] of extra ?? []) headers[`Impersonate-Extra-${escapedKey(key)}`] = values.map(headerValue);
	return headers;
}

/** UTF-8, which Node.js sends when each byte is a character of its own. */
export function headerValue(text: string): string {
	return Buffer.from(text, 'utf8').toString('latin1');
}

function escapedKey(key: string): string {
	return [...Buffer.from(key, 'utf8').toString('latin1')]
		.map((byte) =>
			PLAIN_KEY_BYTE.test(byte) ? byte : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
		)
		.join('');
}
