/** The node's heartbeat: at once after a change, otherwise at an interval. */
import type { Clock, Timer } from '../messaging/clock.ts';
import type { NatsConnection } from '../messaging/nats-connection.ts';
import { statusSubject } from '../messaging/subjects.ts';
import { type podwire, wire } from '../messaging/wire.ts';

/** Changes within it are told together. */
export const COALESCE_MS = 50;
export const TAPPING_INTERVAL_MS = 1000;
export const IDLE_INTERVAL_MS = 5000;

/** NodeStatus.pods: field 6, length-delimited. */
const PODS_TAG = (6 << 3) | 2;

/** What changes from one status to the next; the reporter adds the rest. A pod's is the same object while it is the same. */
export type StatusContent = Pick<
	podwire.v1.NodeStatus.$Properties,
	| 'pods'
	| 'losses'
	| 'limitations'
	| 'assignments'
	| 'malformedMessages'
	| 'attachMode'
	| 'bodiesForbidden'
	| 'unredactedForbidden'
>;

export interface StatusReporterOptions {
	readonly node: string;
	readonly version: string;
	readonly connection: NatsConnection;
	readonly clock: Clock;
	/** In [0, 1). */
	readonly random: () => number;
	readonly content: () => StatusContent;
	/** Something is attached. */
	readonly isTapping: () => boolean;
}

export class StatusReporter {
	readonly #options: StatusReporterOptions;
	readonly #epoch: number;
	readonly #startedAtMs: number;
	#number = 0;
	#lastAtMs = Number.NEGATIVE_INFINITY;
	#timer: Timer | null = null;
	#timerAtMs = Number.POSITIVE_INFINITY;
	#stopped = false;
	/** Most pods say the same again. */
	readonly #encoded = new WeakMap<podwire.v1.PodStatus.$Properties, Uint8Array>();

	constructor(options: StatusReporterOptions) {
		this.#options = options;
		this.#epoch = Math.floor(options.random() * 2 ** 32);
		this.#startedAtMs = options.clock.nowMs();
	}

	/** Reports for the first time, and then again and again until `stop`. */
	start(): void {
		this.#report(false);
		this.#schedule();
	}

	/** Something changed: reports as soon as the last report is `COALESCE_MS` old, and `delayMs` passed. */
	changed(delayMs = 0): void {
		this.#reportAt(Math.max(this.#lastAtMs + COALESCE_MS, this.#options.clock.nowMs() + delayMs));
	}

	/** Reports for the last time, that the agent is stopping. */
	stop(): void {
		this.#stopped = true;
		this.#timer?.cancel();
		this.#report(true);
	}

	#schedule(): void {
		const intervalMs = this.#options.isTapping() ? TAPPING_INTERVAL_MS : IDLE_INTERVAL_MS;
		this.#reportAt(this.#lastAtMs + intervalMs);
	}

	#reportAt(atMs: number): void {
		if (this.#stopped || this.#timerAtMs <= atMs) return;
		this.#timer?.cancel();
		this.#timerAtMs = atMs;
		this.#timer = this.#options.clock.setTimeout(() => this.#due(), atMs - this.#options.clock.nowMs());
	}

	#due(): void {
		this.#timerAtMs = Number.POSITIVE_INFINITY;
		this.#report(false);
		this.#schedule();
	}

	/** What cannot be published now is not kept: the next one says it all. */
	#report(stopping: boolean): void {
		const { clock, connection, content, node, version } = this.#options;
		this.#lastAtMs = clock.nowMs();
		if (!connection.isConnected) return;
		this.#number += 1;
		const { pods, ...rest } = content();
		const status = wire.NodeStatus.encode({
			...rest,
			node,
			version,
			epoch: this.#epoch,
			number: this.#number,
			uptimeMs: Math.floor(this.#lastAtMs - this.#startedAtMs),
			stopping,
		});
		for (const pod of pods ?? []) status.uint32(PODS_TAG).bytes(this.#bytesOf(pod));
		connection.publish(statusSubject(node), status.finish());
	}

	#bytesOf(pod: podwire.v1.PodStatus.$Properties): Uint8Array {
		const before = this.#encoded.get(pod);
		if (before !== undefined) return before;
		const bytes = wire.PodStatus.encode(pod).finish();
		this.#encoded.set(pod, bytes);
		return bytes;
	}
}
