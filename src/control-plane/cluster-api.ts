/** The API server as the control plane reaches it: by the service account of its pod, or a kubeconfig. */
import { Agent, type RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { ClusterAccess } from '../kubernetes/cluster-access.ts';
import { chooseCluster, NO_OVERRIDES } from '../kubernetes/cluster-choice.ts';
import { type ApiAccess, KubeApi } from '../kubernetes/kube-api.ts';
import { readKubeconfig } from '../kubernetes/kubeconfig-files.ts';
import { serviceAccountConfig } from '../kubernetes/service-account.ts';
import { systemClock } from '../messaging/clock.ts';
import { PodwireError } from '../messaging/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Connections that wait for the next request. */
const MAX_FREE_CONNECTIONS = 16;

/** `kubeconfigPath`: null for the service account. Throws PodwireError (CONFIGURATION). */
export async function clusterApi(kubeconfigPath: string | null, env: Environment): Promise<KubeApi> {
	const config =
		kubeconfigPath === null
			? serviceAccountConfig(env)
			: await readKubeconfig({ explicit: kubeconfigPath, env, home: homedir() });
	const choice = chooseCluster(config, NO_OVERRIDES);
	if (choice !== null) {
		return new KubeApi(new PooledAccess(new ClusterAccess(choice, { env, interactive: false, clock: systemClock })));
	}
	const where = kubeconfigPath ?? 'this pod: it has no service account token';
	throw new PodwireError('CONFIGURATION', `no cluster is named in ${where}. Name a kubeconfig with --kubeconfig FILE`);
}

/**
 * Uses connections again, since access reviews are many and small. Node.js keeps those of different certificates and
 * authorities apart; tokens go with each request.
 */
class PooledAccess implements ApiAccess {
	readonly #access: ClusterAccess;
	readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: MAX_FREE_CONNECTIONS });

	constructor(access: ClusterAccess) {
		this.#access = access;
	}

	getCurrentCluster(): { readonly server: string } {
		return this.#access.getCurrentCluster();
	}

	credentialsRefused(): boolean {
		return this.#access.credentialsRefused();
	}

	async applyToHTTPSOptions(options: RequestOptions): Promise<void> {
		await this.#access.applyToHTTPSOptions(options);
		const isTls = this.getCurrentCluster().server.startsWith('https:');
		// A proxy has an agent of its own.
		if (options.agent === false && isTls) options.agent = this.#agent;
	}
}
