/** How requests of one user reach one cluster: TLS, credentials, impersonation and proxy of a kubeconfig. */
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { PodwireError } from '../messaging/errors.ts';
import type { ClusterChoice } from './cluster-choice.ts';
import { type CredentialSource, type Credentials, credentialSource } from './credentials.ts';
import type { ExecSurroundings } from './exec-credentials.ts';
import { headerValue, impersonationHeaders } from './impersonation.ts';
import type { ApiAccess } from './kube-api.ts';
import { proxyAgent, proxyOf } from './proxy.ts';

/**
 * The part of the client library's KubeConfig that KubeApi needs, without the time that loading the library takes, and
 * with what it leaves out: exec plugins with cluster information and certificates that are renewed, groups, UID and
 * extra fields of impersonation, `tokenFile`, proxies of the environment.
 */
export class ClusterAccess implements ApiAccess {
	readonly choice: ClusterChoice;
	readonly #env: ExecSurroundings['env'];
	readonly #credentials: CredentialSource;

	constructor(choice: ClusterChoice, surroundings: ExecSurroundings) {
		this.choice = choice;
		this.#env = surroundings.env;
		this.#credentials = credentialSource(choice.userName ?? '', choice.user, choice.cluster, surroundings);
	}

	getCurrentCluster(): { readonly server: string } {
		return this.choice.cluster;
	}

	/** Runs what signs the user in, so that a request after it does not wait for people. Throws SignInError. */
	async signIn(): Promise<void> {
		await this.#credentials.current();
	}

	credentialsRefused(): boolean {
		return this.#credentials.refused();
	}

	async applyToHTTPSOptions(options: RequestOptions): Promise<void> {
		const { cluster, user } = this.choice;
		const server = new URL(cluster.server);
		const credentials = await this.#credentials.current();
		applyCredentials(options, credentials);
		if (user.impersonation !== null) addHeaders(options, impersonationHeaders(user.impersonation));
		if (server.protocol === 'https:') await this.#applyTls(options);
		const proxy = proxyOf(server, cluster.proxyUrl, this.#env);
		// No connection is used twice: one that waits in a pool would still show the certificate of an earlier sign-in.
		options.agent = proxy === null ? false : await proxyAgent(server, proxy);
	}

	async #applyTls(options: RequestOptions): Promise<void> {
		const { certificateAuthority, skipTlsVerify, tlsServerName } = this.choice.cluster;
		if (tlsServerName !== null) options.servername = tlsServerName;
		if (skipTlsVerify) {
			options.rejectUnauthorized = false;
		} else if (certificateAuthority !== null) {
			options.ca = 'data' in certificateAuthority ? certificateAuthority.data : await caText(certificateAuthority.file);
		}
	}
}

function applyCredentials(options: RequestOptions, { authorization, certificate, key }: Credentials): void {
	if (certificate !== null) options.cert = certificate;
	if (key !== null) options.key = key;
	if (authorization !== null) addHeaders(options, { Authorization: headerValue(authorization) });
}

function addHeaders(options: RequestOptions, headers: Record<string, string | string[]>): void {
	options.headers = Object.assign(options.headers ?? {}, headers);
}

async function caText(file: string): Promise<string> {
	try {
		return await readFile(file, 'utf8');
	} catch (cause) {
		const why = (cause as Error).message;
		throw new PodwireError('CONFIGURATION', `the cluster's certificate authority ${file} cannot be read: ${why}`, {
			cause,
		});
	}
}
