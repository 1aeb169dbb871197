/** The one cluster and user of a kubeconfig that a command uses, by kubectl's rules for `--context` and its likes. */
import { PodwireError } from '../messaging/errors.ts';
import { nearestOf } from '../messaging/resource-kinds.ts';
import type { Impersonation } from './impersonation.ts';
import { type ClusterEntry, type ContextEntry, type Kubeconfig, NO_USER, type UserEntry } from './kubeconfig.ts';

/** Each as it was typed after the flag of its name; null: not given. */
export interface ClusterOverrides {
	readonly context: string | null;
	readonly cluster: string | null;
	readonly user: string | null;
	readonly server: string | null;
	readonly token: string | null;
	readonly certificateAuthority: string | null;
	readonly clientCertificate: string | null;
	readonly clientKey: string | null;
	readonly tlsServerName: string | null;
	readonly insecureSkipTlsVerify: boolean;
	readonly impersonation: Impersonation | null;
}

export const NO_OVERRIDES: ClusterOverrides = {
	context: null,
	cluster: null,
	user: null,
	server: null,
	token: null,
	certificateAuthority: null,
	clientCertificate: null,
	clientKey: null,
	tlsServerName: null,
	insecureSkipTlsVerify: false,
	impersonation: null,
};

export interface ClusterChoice {
	/** Null: no context was used. */
	readonly context: string | null;
	/** Null: only a server's address is known. */
	readonly clusterName: string | null;
	readonly cluster: ClusterEntry;
	/** Of the kubeconfig; null: the credentials were typed, or there are none. */
	readonly userName: string | null;
	readonly user: UserEntry;
	/** Of the context. */
	readonly namespace: string | null;
}

/** Null when nothing names a cluster. Throws PodwireError: USAGE for what was typed, CONFIGURATION for the kubeconfig. */
export function chooseCluster(config: Kubeconfig | null, overrides: ClusterOverrides): ClusterChoice | null {
	const contextName = overrides.context ?? config?.currentContext ?? null;
	const context = contextName === null ? null : requireContext(config, contextName, overrides.context !== null);
	const clusterName = overrides.cluster ?? context?.cluster ?? null;
	const cluster = clusterEntry(config, clusterName, contextName, overrides);
	if (cluster === null) return null;
	const userName = overrides.user ?? context?.user ?? null;
	return {
		context: contextName,
		clusterName,
		cluster: overriddenCluster(cluster, overrides),
		userName: overrides.token === null && overrides.clientCertificate === null ? userName : null,
		user: overriddenUser(userEntry(config, userName, contextName, overrides), overrides),
		namespace: context?.namespace ?? null,
	};
}

function requireContext(config: Kubeconfig | null, name: string, typed: boolean): ContextEntry {
	const context = config?.contexts.get(name);
	if (context !== undefined) return context;
	if (typed) throw unknownName('--context', 'a context', name, [...(config?.contexts.keys() ?? [])], config);
	throw new PodwireError(
		'CONFIGURATION',
		`current-context "${name}" is not among the contexts of ${filesText(config)}: ${choices([...(config?.contexts.keys() ?? [])])}; name one with --context`,
	);
}

function clusterEntry(
	config: Kubeconfig | null,
	name: string | null,
	context: string | null,
	{ cluster: typed, server }: ClusterOverrides,
): ClusterEntry | null {
	const entry = name === null || name === '' ? undefined : config?.clusters.get(name);
	if (entry === undefined && typed !== null) {
		throw unknownName('--cluster', 'a cluster', typed, [...(config?.clusters.keys() ?? [])], config);
	}
	if (entry !== undefined && (entry.server !== '' || server !== null)) return entry;
	if (server !== null) return emptyCluster(server);
	if (entry !== undefined) {
		throw new PodwireError('CONFIGURATION', `cluster "${name}" of ${filesText(config)} has no server`);
	}
	if (context === null) return null;
	throw new PodwireError(
		'CONFIGURATION',
		`context "${context}" uses cluster "${name ?? ''}", which is not in ${filesText(config)}`,
	);
}

function userEntry(
	config: Kubeconfig | null,
	name: string | null,
	context: string | null,
	{ user: typed }: ClusterOverrides,
): UserEntry {
	if (name === null) return NO_USER;
	const entry = config?.users.get(name);
	if (entry !== undefined) return entry;
	if (typed !== null) throw unknownName('--user', 'a user', typed, [...(config?.users.keys() ?? [])], config);
	throw new PodwireError(
		'CONFIGURATION',
		`context "${context}" uses user "${name}", which is not in ${filesText(config)}`,
	);
}

function emptyCluster(server: string): ClusterEntry {
	return { server, certificateAuthority: null, skipTlsVerify: false, tlsServerName: null, proxyUrl: null };
}

function overriddenCluster(cluster: ClusterEntry, overrides: ClusterOverrides): ClusterEntry {
	const { server, certificateAuthority, tlsServerName, insecureSkipTlsVerify } = overrides;
	return {
		...cluster,
		server: checkedServer(server ?? cluster.server, server !== null),
		certificateAuthority: certificateAuthority === null ? cluster.certificateAuthority : { file: certificateAuthority },
		// A certificate authority that was typed is meant to be believed, and to be asked.
		skipTlsVerify: insecureSkipTlsVerify || (cluster.skipTlsVerify && certificateAuthority === null),
		tlsServerName: tlsServerName ?? cluster.tlsServerName,
	};
}

function checkedServer(text: string, typed: boolean): string {
	const url = URL.parse(text) ?? URL.parse(`https://${text}`);
	const name = typed ? '--server' : 'server of the cluster';
	if (/^https?:\/\//i.test(text) && url !== null) return text.replace(/\/+$/, '');
	// As kubectl has it, an address without a scheme is one of http; nobody means that for a server with credentials.
	if (!text.includes('://') && url !== null) return `https://${text.replace(/\/+$/, '')}`;
	throw new PodwireError(
		typed ? 'USAGE' : 'CONFIGURATION',
		`${name}: expected an address such as https://198.18.0.1:6443, got "${text}"`,
	);
}

/** Credentials that were typed stand alone: those of the kubeconfig's user are not mixed in. */
function overriddenUser(user: UserEntry, overrides: ClusterOverrides): UserEntry {
	const { token, clientCertificate, clientKey } = overrides;
	const impersonation = overrides.impersonation ?? user.impersonation;
	if (token !== null) return { ...NO_USER, ...certificateOf(overrides), token, impersonation };
	if (clientCertificate === null && clientKey === null) return { ...user, impersonation };
	return { ...user, ...certificateOf(overrides), impersonation };
}

function certificateOf({ clientCertificate, clientKey }: ClusterOverrides): Partial<UserEntry> {
	return {
		...(clientCertificate === null ? {} : { certificate: { file: clientCertificate } }),
		...(clientKey === null ? {} : { key: { file: clientKey } }),
	};
}

function unknownName(
	flag: string,
	expected: string,
	name: string,
	names: readonly string[],
	config: Kubeconfig | null,
): PodwireError {
	const nearest = nearestOf(name, names);
	const hint = nearest === null ? '' : ` (did you mean ${nearest}?)`;
	return new PodwireError(
		'USAGE',
		`${flag}: expected ${expected} of ${filesText(config)}: ${choices(names)}, got "${name}"${hint}`,
	);
}

/** Of many names the first ones. */
const SHOWN_NAMES = 20;

function choices(names: readonly string[]): string {
	if (names.length === 0) return 'there is none';
	const more = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : '';
	return names.slice(0, SHOWN_NAMES).join(', ') + more;
}

function filesText(config: Kubeconfig | null): string {
	if (config === null) return 'the kubeconfig (there is no file)';
	return config.files.length === 0 ? 'the service account' : config.files.join(', ');
}
