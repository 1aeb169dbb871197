/**
 * What a tap has seen, shown and lost, in numbers. Counted from the records that arrived and from the counters of
 * their senders, which are cumulative per pod and epoch: what was sent and did not arrive is known exactly.
 */

export interface LossCount {
	readonly words: string;
	readonly count: number;
}

export interface Truth {
	/** Pods tapped, in all. */
	readonly pods: number;
	/** Exchanges that were judged at the pods. */
	readonly seen: number;
	readonly shown: number;
	readonly filtered: number;
	readonly unjudged: number;
	/** Over the rate. */
	readonly skipped: number;
	/** Arrived after as many as were asked for. */
	readonly beyondLimit: number;
	/** Not shown, in a form of output that shows an exchange when it has ended. */
	readonly stillOpen: number;
	/** Every cause with a count, the exact ones first. */
	readonly losses: readonly LossCount[];
	/** The sum of `losses`. */
	readonly lost: number;
	/** Exchanges were counted, not packets, gaps or connections that held an unknown number of them. */
	readonly lostExactly: boolean;
	/** Why more may be lost than anybody counted; empty when the numbers are whole. */
	readonly uncounted: readonly string[];
	/** Connections that could not be read, by cause, where that is no loss of HTTP that was understood. */
	readonly unreadable: readonly LossCount[];
	/** Shown exchanges by what is missing of them. */
	readonly incomplete: readonly LossCount[];
}
