/** Which Podwire a command means: that of the cluster that the kubeconfig names, or that of this machine. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { DEFAULT_SOCKET_PATH } from '../client/unix-socket-transport.ts';
import type { ClusterAccess } from '../kubernetes/cluster-access.ts';
import type { ClusterChoice } from '../kubernetes/cluster-choice.ts';
import type { Kubeconfig } from '../kubernetes/kubeconfig.ts';
import { PodwireError } from '../messaging/errors.ts';
import { clusterOverrides, flagThatNamesCluster, requestTimeoutOf } from './cluster-flags.ts';
import type { CommandEnvironment } from './environment.ts';
import type { FlagValues } from './flag-values.ts';
import { UsageError } from './usage-error.ts';

export interface LocalPlace {
	readonly kind: 'local';
	readonly socketPath: string;
}

export interface ClusterPlace {
	readonly kind: 'cluster';
	readonly choice: ClusterChoice;
}

export interface NoPlace {
	readonly kind: 'none';
	/** Where the control plane of this machine would listen. */
	readonly socketPath: string;
	/** Why it is none, with what to do. */
	readonly reason: PodwireError;
}

/** Each means the Podwire of this machine. */
const LOCAL_FLAGS = ['standalone', 'local', 'socket'];

/** Throws PodwireError when what names the cluster cannot be understood. */
export async function choosePlace(
	flags: FlagValues,
	environment: CommandEnvironment,
): Promise<LocalPlace | ClusterPlace | NoPlace> {
	const clusterFlag = flagThatNamesCluster(flags);
	const localFlag = LOCAL_FLAGS.find((name) => flags.has(name));
	const socketPath = flags.one('socket') ?? (environment.env.PODWIRE_SOCKET || DEFAULT_SOCKET_PATH);
	if (localFlag !== undefined) {
		if (clusterFlag === null) return { kind: 'local', socketPath };
		throw new UsageError(`--${localFlag} and ${clusterFlag}: expected one of them, the local Podwire or a cluster`);
	}
	const localRuns = clusterFlag === null && existsSync(socketPath);
	const choice = await chosenCluster(flags, environment, localRuns);
	if (choice !== null) return { kind: 'cluster', choice };
	if (localRuns) return { kind: 'local', socketPath };
	const reason = nowhere(socketPath, clusterFlag, flags.one('kubeconfig') ?? environment.env.KUBECONFIG);
	return { kind: 'none', socketPath, reason };
}

/** Throws PodwireError also when there is none. */
export async function chosenPlace(
	flags: FlagValues,
	environment: CommandEnvironment,
): Promise<LocalPlace | ClusterPlace> {
	const place = await choosePlace(flags, environment);
	if (place.kind === 'none') throw place.reason;
	return place;
}

/** After "Using": `cluster prod (context prod-admin, https://198.18.0.1:6443)`. */
export function placeWords(place: LocalPlace | ClusterPlace): string {
	if (place.kind === 'local') return `the local Podwire (${place.socketPath})`;
	const { clusterName, context, cluster } = place.choice;
	const name = clusterName === null ? 'the cluster' : `cluster ${clusterName}`;
	return `${name} (${context === null ? '' : `context ${context}, `}${cluster.server})`;
}

/** How requests reach the API server of a cluster. */
export async function clusterAccess(
	{ choice }: ClusterPlace,
	{ env, clock }: CommandEnvironment,
): Promise<ClusterAccess> {
	const { ClusterAccess } = await import('../kubernetes/cluster-access.ts');
	return new ClusterAccess(choice, { env, clock, interactive: process.stdin.isTTY === true });
}

/** Null: nothing names one. */
async function chosenCluster(
	flags: FlagValues,
	{ env }: CommandEnvironment,
	localRuns: boolean,
): Promise<ClusterChoice | null> {
	const overrides = clusterOverrides(flags);
	requestTimeoutOf(flags);
	const config = await kubeconfigOf(flags, env);
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

/** That of the flags, of the environment or of a pod's service account; null: there is none. Throws PodwireError. */
export async function kubeconfigOf(flags: FlagValues, env: NodeJS.ProcessEnv): Promise<Kubeconfig | null> {
	const { readKubeconfig } = await import('../kubernetes/kubeconfig-files.ts');
	const read = await readKubeconfig({ explicit: flags.one('kubeconfig') ?? null, env, home: homeOf(env) });
	const { serviceAccountConfig } = await import('../kubernetes/service-account.ts');
	return read === null || namesNothing(read) ? (serviceAccountConfig(env) ?? read) : read;
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

function namesNothing({ currentContext, contexts }: Kubeconfig): boolean {
	return currentContext === null && contexts.size === 0;
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
