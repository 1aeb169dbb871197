/** Where a tap goes: to the cluster that the kubeconfig names, or to the Podwire of this machine. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import type { TapTransport } from '../client/tap-transport.ts';
import { DEFAULT_SOCKET_PATH } from '../client/unix-socket-transport.ts';
import type { ClusterChoice } from '../kubernetes/cluster-choice.ts';
import { PodwireError } from '../messaging/errors.ts';
import { clusterOverrides, flagThatNamesCluster, requestTimeoutOf } from './cluster-flags.ts';
import type { FlagValues } from './command-line.ts';
import type { CommandEnvironment } from './environment.ts';
import type { TapCluster } from './tap-request.ts';
import { UsageError } from './usage-error.ts';

export interface TapPlace {
	/** After "Using". */
	readonly words: string;
	/** Null: it is this machine. */
	readonly cluster: TapCluster | null;
	/** The last batches and the end of a tap arrive within this time, or are not waited for; in ms. */
	readonly endTimeoutMs: number;
	openTransport(): Promise<TapTransport>;
}

const LOCAL_END_TIMEOUT_MS = 2_000;
/** The way leads over the API server, and back from every node. */
const CLUSTER_END_TIMEOUT_MS = 5_000;

/** Throws PodwireError when there is neither, or what names the cluster cannot be understood. */
export async function tapPlace(flags: FlagValues, environment: CommandEnvironment): Promise<TapPlace> {
	const clusterFlag = flagThatNamesCluster(flags);
	const localFlag = ['standalone', 'socket'].find((name) => flags.has(name));
	const socketPath = flags.one('socket') ?? (environment.env.PODWIRE_SOCKET || DEFAULT_SOCKET_PATH);
	if (localFlag !== undefined) {
		if (clusterFlag === null) return localPlace(socketPath);
		throw new UsageError(`--${localFlag} and ${clusterFlag}: expected one of them, the local Podwire or a cluster`);
	}
	const localRuns = clusterFlag === null && existsSync(socketPath);
	const choice = await chosenCluster(flags, environment, localRuns);
	if (choice !== null) return clusterPlace(choice, flags, environment);
	if (localRuns) return localPlace(socketPath);
	throw nowhere(socketPath, clusterFlag, flags.one('kubeconfig') ?? environment.env.KUBECONFIG);
}

function localPlace(socketPath: string): TapPlace {
	return {
		words: `the local Podwire (${socketPath})`,
		cluster: null,
		endTimeoutMs: LOCAL_END_TIMEOUT_MS,
		openTransport: async () => {
			const { UnixSocketTransport } = await import('../client/unix-socket-transport.ts');
			return new UnixSocketTransport(socketPath);
		},
	};
}

/** Null: nothing names one. */
async function chosenCluster(
	flags: FlagValues,
	{ env }: CommandEnvironment,
	localRuns: boolean,
): Promise<ClusterChoice | null> {
	const overrides = clusterOverrides(flags);
	requestTimeoutOf(flags);
	const { readKubeconfig } = await import('../kubernetes/kubeconfig-files.ts');
	const read = await readKubeconfig({ explicit: flags.one('kubeconfig') ?? null, env, home: homeOf(env) });
	const { serviceAccountConfig } = await import('../kubernetes/service-account.ts');
	const config = read === null || namesNothing(read) ? (serviceAccountConfig(env) ?? read) : read;
	if (config === null && flagThatNamesCluster(flags) === null) return null;
	const { chooseCluster } = await import('../kubernetes/cluster-choice.ts');
	const choice = chooseCluster(config, overrides);
	if (choice !== null || config === null || config.contexts.size === 0 || localRuns) return choice;
	const names = [...config.contexts.keys()].join(', ');
	throw new PodwireError(
		'CONFIGURATION',
		`${config.files.join(', ')} has no current context; name one with --context: ${names}`,
	);
}

/** HOME first, as kubectl has it. A user without an entry in the system's files has none. */
function homeOf({ HOME }: NodeJS.ProcessEnv): string {
	if (HOME) return HOME;
	try {
		return homedir();
	} catch {
		return '';
	}
}

function namesNothing({ currentContext, contexts }: { currentContext: string | null; contexts: { size: number } }) {
	return currentContext === null && contexts.size === 0;
}

function clusterPlace(choice: ClusterChoice, flags: FlagValues, { env, clock }: CommandEnvironment): TapPlace {
	const openTimeoutMs = requestTimeoutOf(flags);
	return {
		words: clusterWords(choice),
		cluster: { namespace: choice.namespace },
		endTimeoutMs: CLUSTER_END_TIMEOUT_MS,
		openTransport: async () => {
			const [{ ClusterAccess }, { DEFAULT_OPEN_TIMEOUT_MS, KubernetesTransport }] = await Promise.all([
				import('../kubernetes/cluster-access.ts'),
				import('../client/kubernetes-transport.ts'),
			]);
			const access = new ClusterAccess(choice, { env, clock, interactive: process.stdin.isTTY === true });
			return new KubernetesTransport(access, openTimeoutMs ?? DEFAULT_OPEN_TIMEOUT_MS);
		},
	};
}

/** `cluster prod (context prod-admin, https://198.18.0.1:6443)`. */
function clusterWords({ clusterName, context, cluster }: ClusterChoice): string {
	const name = clusterName === null ? 'the cluster' : `cluster ${clusterName}`;
	return `${name} (${context === null ? '' : `context ${context}, `}${cluster.server})`;
}

function nowhere(socketPath: string, clusterFlag: string | null, kubeconfig: string | undefined): PodwireError {
	const named = kubeconfig ? `${kubeconfig} names no cluster` : 'no kubeconfig names a cluster';
	if (clusterFlag !== null) {
		return new UsageError(`${clusterFlag}: expected a kubeconfig with a cluster (--kubeconfig FILE), but ${named}`);
	}
	return new PodwireError(
		'UNAVAILABLE',
		`there is nothing to tap: ${named}, and no Podwire runs on this machine ` +
			`(nothing is at ${socketPath}). Name a cluster with --kubeconfig FILE, or start Podwire here, in another terminal: sudo podwire up`,
	);
}
