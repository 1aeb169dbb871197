/** `podwire bootstrap`: makes the cluster's certificates and credentials, once. */
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { ClusterAccess } from '../kubernetes/cluster-access.ts';
import { chooseCluster, NO_OVERRIDES } from '../kubernetes/cluster-choice.ts';
import { KubeStatusError } from '../kubernetes/errors.ts';
import { KubeApi } from '../kubernetes/kube-api.ts';
import { readKubeconfig } from '../kubernetes/kubeconfig-files.ts';
import { serviceAccountConfig } from '../kubernetes/service-account.ts';
import { BackOff } from '../messaging/back-off.ts';
import { systemClock } from '../messaging/clock.ts';
import { daemonLog, runDaemon } from '../messaging/daemon.ts';
import { PodwireError } from '../messaging/errors.ts';
import { isNamespaceName } from '../messaging/target.ts';
import { ensureIdentity, type IdentityOptions, type IdentityReport, type WrittenSecret } from './ensure-identity.ts';
import { API_SERVICE } from './objects.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface BootstrapFlags {
	/** Path of a kubeconfig; without it the pod's service account. */
	readonly kubeconfig?: string | undefined;
}

const DEFAULT_NAMESPACE = 'podwire';

/** An API server that does not answer, and an APIService that is not there yet, are waited for this long. */
const TIME_LIMIT_MS = 120_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;

/**
 * Resolves to the exit status: 0 when all is as it should be, with what was made, renewed and left on stdout; else 1
 * after one sentence on stderr. Doing it again changes nothing.
 */
export function runBootstrap(flags: BootstrapFlags, env: Environment): Promise<number> {
	return runDaemon('bootstrap', env, async (requested) => {
		const ended = requested.then((why) => {
			throw new PodwireError('UNAVAILABLE', `ended by ${why} before all was made: run it again`);
		});
		const report = await Promise.race([ensureInTime(await identityOptions(flags, env)), ended]);
		process.stdout.write(`${reportLines(report).join('\n')}\n`);
	});
}

async function identityOptions(flags: BootstrapFlags, env: Environment): Promise<IdentityOptions> {
	const namespace = env.PODWIRE_NAMESPACE || DEFAULT_NAMESPACE;
	if (!isNamespaceName(namespace)) {
		const sentence = `PODWIRE_NAMESPACE: expected the name of a namespace, ${JSON.stringify(namespace)} came`;
		throw new PodwireError('CONFIGURATION', sentence);
	}
	const log = daemonLog('bootstrap', env, 'warn');
	return { api: await clusterApi(flags, env), namespace, clock: systemClock, randomBytes, log };
}

async function clusterApi({ kubeconfig }: BootstrapFlags, env: Environment): Promise<KubeApi> {
	const config =
		kubeconfig === undefined
			? serviceAccountConfig(env)
			: await readKubeconfig({ explicit: kubeconfig, env, home: homedir() });
	const choice = chooseCluster(config, NO_OVERRIDES);
	if (choice !== null) return new KubeApi(new ClusterAccess(choice, { env, interactive: false, clock: systemClock }));
	const where = kubeconfig ?? 'this pod: it has no service account token';
	throw new PodwireError('CONFIGURATION', `no cluster is named in ${where}. Name a kubeconfig with --kubeconfig FILE`);
}

/** Tries again what time may mend. */
async function ensureInTime(options: IdentityOptions): Promise<IdentityReport> {
	const { clock, log } = options;
	const deadlineMs = clock.nowMs() + TIME_LIMIT_MS;
	const backOff = new BackOff(FIRST_RETRY_MS, LAST_RETRY_MS, Math.random);
	const written: WrittenSecret[] = [];
	for (;;) {
		try {
			const report = await ensureIdentity(options);
			written.push(...report.written);
			if (report.apiService !== 'missing') return { ...report, written };
			throw new PodwireError('NOT_FOUND', `there is no APIService ${API_SERVICE}: apply the manifests of Podwire`);
		} catch (error) {
			const delayMs = backOff.delayMs();
			if (isFinal(error) || clock.nowMs() + delayMs > deadlineMs) throw error;
			log.warn({}, `${(error as Error).message}; trying again`);
			backOff.attempted();
			await new Promise<void>((resolve) => clock.setTimeout(resolve, delayMs));
		}
	}
}

const FINAL_STATUSES = [400, 405, 413, 415, 422];

/** What the API server refuses for good. Not a 403 or 404: roles and the namespace may be applied a moment later. */
function isFinal(error: unknown): boolean {
	if (!(error instanceof PodwireError)) return true;
	if (!(error instanceof KubeStatusError)) return error.code === 'CONFIGURATION';
	return FINAL_STATUSES.includes(error.status);
}

function reportLines({ written, left: leftAtLast, apiService, warnings }: IdentityReport): string[] {
	const left = leftAtLast.filter((name) => !written.some((secret) => secret.name === name));
	return [
		...written.map(({ words }) => words),
		...(apiService === 'set' ? [`set the authority of APIService ${API_SERVICE}`] : []),
		...(left.length === 0 ? [] : [`left as they are: ${left.join(', ')}`]),
		...(apiService === 'left' ? [`left as it is: APIService ${API_SERVICE}`] : []),
		...warnings.map((sentence) => `warning: ${sentence}`),
	];
}
