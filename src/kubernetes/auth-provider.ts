/** The `auth-provider` entries that exec plugins replaced: oidc, azure and gcp, as the Kubernetes client library does them. */
import type { User } from '@kubernetes/client-node';
import { SignInError } from './errors.ts';
import type { AuthProviderEntry } from './kubeconfig.ts';

interface Authenticator {
	applyAuthentication(user: User, options: { headers: Record<string, unknown> }): Promise<void>;
}

/** Each is loaded when it is needed: the library takes most of a second. */
const AUTHENTICATORS: Readonly<Record<string, () => Promise<Authenticator>>> = {
	oidc: async () =>
		new (await import('@kubernetes/client-node/dist/oidc_auth.js')).OpenIDConnectAuth() as Authenticator,
	azure: async () => new (await import('@kubernetes/client-node/dist/azure_auth.js')).AzureAuth() as Authenticator,
	gcp: async () =>
		new (await import('@kubernetes/client-node/dist/gcp_auth.js')).GoogleCloudPlatformAuth() as Authenticator,
};

/** Tokens that were refreshed, by the entry they belong to; the library writes them there. */
const users = new WeakMap<AuthProviderEntry, { readonly user: User; readonly authenticator: Authenticator }>();

/** The value of `Authorization`. Throws SignInError. */
export async function authProviderHeader(userName: string, entry: AuthProviderEntry): Promise<string> {
	const { user, authenticator } = users.get(entry) ?? (await opened(userName, entry));
	const headers: Record<string, unknown> = {};
	try {
		await authenticator.applyAuthentication(user, { headers });
	} catch (cause) {
		throw new SignInError(userName, `its auth-provider ${entry.name} failed: ${(cause as Error).message}`, { cause });
	}
	if (typeof headers.Authorization === 'string') return headers.Authorization;
	const missing = ['id-token', 'client-id', 'refresh-token', 'idp-issuer-url'].filter((key) => !entry.config[key]);
	const why = missing.length === 0 ? 'it gave no token' : `its token cannot be had without ${missing.join(', ')}`;
	throw new SignInError(userName, `auth-provider ${entry.name}: ${why}`);
}

async function opened(userName: string, entry: AuthProviderEntry) {
	const open = Object.hasOwn(AUTHENTICATORS, entry.name) ? AUTHENTICATORS[entry.name] : undefined;
	if (open === undefined) {
		const known = Object.keys(AUTHENTICATORS).join(', ');
		throw new SignInError(userName, `auth-provider: expected one of ${known} (or an exec plugin), got "${entry.name}"`);
	}
	const user: User = { name: userName, authProvider: { name: entry.name, config: { ...entry.config } } };
	const fresh = { user, authenticator: await open() };
	users.set(entry, fresh);
	return fresh;
}
