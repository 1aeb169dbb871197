/** Where a tap goes: to the cluster that the kubeconfig names, or to the Podwire of this machine. */
import type { TapTransport } from '../client/tap-transport.ts';
import { type ClusterPlace, chosenPlace, clusterAccess, type LocalPlace, placeWords } from './chosen-place.ts';
import { requestTimeoutOf } from './cluster-flags.ts';
import type { FlagValues } from './command-line.ts';
import type { CommandEnvironment } from './environment.ts';
import type { TapCluster } from './tap-request.ts';

export interface TapPlace {
	/** After "Using". */
	readonly words: string;
	/** Null: it is this machine. */
	readonly cluster: TapCluster | null;
	openTransport(): Promise<TapTransport>;
}

/** Throws PodwireError when there is neither, or what names the cluster cannot be understood. */
export async function tapPlace(flags: FlagValues, environment: CommandEnvironment): Promise<TapPlace> {
	const place = await chosenPlace(flags, environment);
	return place.kind === 'cluster' ? clusterPlace(place, flags, environment) : localPlace(place);
}

function localPlace(place: LocalPlace): TapPlace {
	return {
		words: placeWords(place),
		cluster: null,
		openTransport: async () => {
			const { UnixSocketTransport } = await import('../client/unix-socket-transport.ts');
			return new UnixSocketTransport(place.socketPath);
		},
	};
}

function clusterPlace(place: ClusterPlace, flags: FlagValues, environment: CommandEnvironment): TapPlace {
	const openTimeoutMs = requestTimeoutOf(flags);
	return {
		words: placeWords(place),
		cluster: { namespace: place.choice.namespace },
		openTransport: async () => {
			const [access, { DEFAULT_OPEN_TIMEOUT_MS, KubernetesTransport }] = await Promise.all([
				clusterAccess(place, environment),
				import('../client/kubernetes-transport.ts'),
			]);
			return new KubernetesTransport(access, openTimeoutMs ?? DEFAULT_OPEN_TIMEOUT_MS);
		},
	};
}
