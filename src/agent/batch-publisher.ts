/** From the native side to NATS: batches as they are, and a count of those that could not go. */
import type { NativeBatch } from '../addon/addon.ts';
import type { NatsConnection, PublishOutcome } from '../messaging/nats-connection.ts';
import { subjectsOfPod } from '../messaging/subjects.ts';
import type { Log } from './log.ts';

interface PodName {
	readonly namespace: string;
	readonly name: string;
}

/** What could not be published for one tap of one pod. */
export interface TapDrops {
	readonly batches: number;
	readonly exchanges: number;
}

const NOTHING: TapDrops = { batches: 0, exchanges: 0 };

function podOf(subject: string): string {
	return subject.slice(0, subject.lastIndexOf('.'));
}

/**
 * Publishes in order. A batch that NATS cannot take now is dropped whole: subscribers see the gap in the numbers,
 * and the status tells the count. Nothing waits here, so there is no queue to bound.
 */
export class BatchPublisher {
	readonly #connection: NatsConnection;
	readonly #log: Log;
	readonly #drops = new Map<string, TapDrops>();
	#lastOutcome: PublishOutcome = 'published';
	#exchangesLostEver = 0;
	readonly #batches: Record<PublishOutcome, number> = { published: 0, disconnected: 0, full: 0, 'too-large': 0 };
	#publishedBytes = 0;

	constructor(connection: NatsConnection, log: Log) {
		this.#connection = connection;
		this.#log = log;
	}

	publish(batches: readonly NativeBatch[]): void {
		for (const { subject, bytes, exchanges } of batches) {
			const outcome = this.#connection.publish(subject, bytes);
			this.#batches[outcome] += 1;
			if (outcome === 'published') this.#publishedBytes += bytes.length;
			else this.#count(subject, exchanges);
			this.#tell(outcome, subject, bytes.length);
		}
	}

	/** Of one tap; its subject is the one its batches have. */
	dropsOfTap(subject: string): TapDrops {
		return this.#drops.get(subject) ?? NOTHING;
	}

	/** Exchanges of all taps of a pod that could not be published. */
	exchangesLost({ namespace, name }: PodName): number {
		if (this.#drops.size === 0) return 0;
		const pod = subjectsOfPod(namespace, name);
		let exchanges = 0;
		for (const [subject, drops] of this.#drops) if (podOf(subject) === pod) exchanges += drops.exchanges;
		return exchanges;
	}

	/** Of every pod since the start. */
	get exchangesLostEver(): number {
		return this.#exchangesLostEver;
	}

	/** Since the start. */
	get batches(): Readonly<Record<PublishOutcome, number>> {
		return this.#batches;
	}

	/** Since the start. */
	get publishedBytes(): number {
		return this.#publishedBytes;
	}

	/** Forgets the counts of all other pods: what is kept grows with the pods that are assigned. */
	keepOnly(pods: readonly PodName[]): void {
		const kept = new Set(pods.map(({ namespace, name }) => subjectsOfPod(namespace, name)));
		for (const subject of this.#drops.keys()) if (!kept.has(podOf(subject))) this.#drops.delete(subject);
	}

	#count(subject: string, exchanges: number): void {
		this.#exchangesLostEver += exchanges;
		const before = this.dropsOfTap(subject);
		this.#drops.set(subject, { batches: before.batches + 1, exchanges: before.exchanges + exchanges });
	}

	/** Once per run of the same outcome. */
	#tell(outcome: PublishOutcome, subject: string, bytes: number): void {
		if (outcome === this.#lastOutcome) return;
		this.#lastOutcome = outcome;
		if (outcome === 'published') this.#log.info({ subject }, 'publishing again');
		else this.#log.warn({ subject, bytes, reason: outcome }, 'batches are dropped');
	}
}
