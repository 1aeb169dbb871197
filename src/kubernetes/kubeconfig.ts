/** A kubeconfig's entries. https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
import type { Impersonation } from './impersonation.ts';

export interface Kubeconfig {
	/** The files it was read from; none for a pod's service account. */
	readonly files: readonly string[];
	readonly currentContext: string | null;
	readonly contexts: ReadonlyMap<string, ContextEntry>;
	readonly clusters: ReadonlyMap<string, ClusterEntry>;
	readonly users: ReadonlyMap<string, UserEntry>;
}

export interface ContextEntry {
	readonly cluster: string;
	readonly user: string | null;
	readonly namespace: string | null;
}

/** Paths are absolute, or as they were typed. Data is PEM. */
export interface ClusterEntry {
	/** `https://HOST:PORT`, perhaps with a path. */
	readonly server: string;
	readonly certificateAuthority: PemSource | null;
	readonly skipTlsVerify: boolean;
	readonly tlsServerName: string | null;
	readonly proxyUrl: string | null;
	/** What the cluster's `client.authentication.k8s.io/exec` extension tells exec plugins; undefined: nothing. */
	readonly execConfig?: unknown;
}

export type PemSource = { readonly data: string } | { readonly file: string };

export interface UserEntry {
	readonly certificate: PemSource | null;
	readonly key: PemSource | null;
	readonly token: string | null;
	/** Read again for each request; wins over `token`. */
	readonly tokenFile: string | null;
	readonly username: string | null;
	readonly password: string | null;
	readonly exec: ExecEntry | null;
	readonly authProvider: AuthProviderEntry | null;
	readonly impersonation: Impersonation | null;
}

export type InteractiveMode = 'Never' | 'IfAvailable' | 'Always';

export interface ExecEntry {
	readonly apiVersion: string;
	readonly command: string;
	readonly args: readonly string[];
	readonly env: readonly (readonly [name: string, value: string])[];
	readonly installHint: string | null;
	readonly provideClusterInfo: boolean;
	readonly interactiveMode: InteractiveMode;
}

export interface AuthProviderEntry {
	readonly name: string;
	readonly config: Readonly<Record<string, string>>;
}

export const NO_USER: UserEntry = {
	certificate: null,
	key: null,
	token: null,
	tokenFile: null,
	username: null,
	password: null,
	exec: null,
	authProvider: null,
	impersonation: null,
};
