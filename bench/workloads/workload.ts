/** Traffic between the two pods of a ground, a sequence number in the path of each request. */
import type { Ground } from '../ground.ts';
import type { NamedProcess } from '../process-figures.ts';

export interface RunOrder {
	/** How long to go on; one that sends a fixed amount does not look at it. */
	readonly seconds: number;
	/** Of the first request; the others count up from it. */
	readonly firstNumber: number;
}

export interface WorkloadResult {
	/** Answered in full; each has a number of its own. */
	readonly requests: number;
	readonly requestsPerSecond: number;
	/** Of bodies; null where that is not what is measured. */
	readonly gigabytesPerSecond: number | null;
	/** From when the request was due to its whole answer; null where requests are sent as fast as they go. */
	readonly p99Micros: number | null;
}

/** What the ratio of a row is made of. */
export interface Measure {
	readonly unit: string;
	readonly best: 'most' | 'least';
	valueOf(result: WorkloadResult): number;
}

export interface RunningWorkload {
	/** Who answers. */
	servers(): readonly NamedProcess[];
	run(order: RunOrder): Promise<WorkloadResult>;
}

export interface Workload {
	readonly name: string;
	readonly description: string;
	/** What an observer has to read. */
	readonly protocol: 'HTTP/1.1' | 'HTTP/2';
	readonly measure: Measure;
	/** Programs of the system that it needs. */
	readonly needs: readonly string[];
	/** Of one run of about `seconds`, for telling how long all will take. */
	runSeconds(seconds: number): number;
	/** Starts what answers. */
	start(ground: Ground): Promise<RunningWorkload>;
}

export const requestRate: Measure = {
	unit: 'requests/s',
	best: 'most',
	valueOf: ({ requestsPerSecond }) => requestsPerSecond,
};

export const throughput: Measure = {
	unit: 'GB/s',
	best: 'most',
	valueOf: ({ gigabytesPerSecond }) => gigabytesPerSecond ?? Number.NaN,
};

export const tailLatency: Measure = {
	unit: 'µs p99',
	best: 'least',
	valueOf: ({ p99Micros }) => p99Micros ?? Number.NaN,
};
