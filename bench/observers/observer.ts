/** Something that watches a pod's traffic while a workload runs, or nothing: the baseline. */
import type { Ground } from '../ground.ts';
import type { NamedProcess } from '../process-figures.ts';
import type { Workload } from '../workloads/workload.ts';

export interface Observation {
	/** How many of the requests it told of; null for one that tells of none. */
	readonly told: number | null;
	/** `sequence`: distinct sequence numbers among what it showed. `own-count`: what it says that it saw. */
	readonly toldBy: 'sequence' | 'own-count' | null;
	/** What it said of losses, in its own words; empty when it says nothing. */
	readonly said: string;
	/** How long it went on showing when the load had ended; null where it is not waited for. */
	readonly behindSeconds?: number | null;
}

export interface RunningObserver {
	/** Whose processor time and memory are its cost. */
	processes(): readonly NamedProcess[];
	/** Bytes that were copied to user space since it began; null when that cannot be known. */
	copiedBytes(): number | null;
	/** Ends it after the workload has; resolves when it has told all it will. */
	stop(): Promise<Observation>;
}

export interface Observer {
	readonly name: string;
	readonly description: string;
	/** Programs of the system that it needs. */
	readonly needs: readonly string[];
	/** Why it cannot watch a workload; null when it can. */
	unfitFor(workload: Workload): string | null;
	/** Resolves when it watches the ground's server pod. */
	start(ground: Ground): Promise<RunningObserver>;
}

export const fitForAll = (): null => null;

export const readsHttp1Alone = ({ protocol }: Workload): string | null =>
	protocol === 'HTTP/1.1' ? null : `it does not read ${protocol}`;
