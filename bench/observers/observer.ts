/** Something that watches a pod's traffic while a workload runs, or nothing: the baseline. */
import type { Pod, PodNetwork } from '../../scripts/pod-network/pod-network.ts';

export interface Observation {
	/** Distinct requests it showed, by their sequence numbers; null for one that shows none. */
	readonly shown: number | null;
	/** What it said it lost, in its own words. */
	readonly losses: string;
	/** Processor seconds by process. */
	readonly cpuSeconds: Readonly<Record<string, number>>;
}

export interface RunningObserver {
	/** Ends it after the workload has; resolves when it has shown all it will. */
	stop(): Promise<Observation>;
}

export interface Observer {
	readonly name: string;
	/** Resolves when it watches. */
	start(network: PodNetwork, pod: Pod, directory: string): Promise<RunningObserver>;
}
