/** One row of the table: what was counted of exchanges that have something in common. */
import type { podwire } from '../../messaging/wire.ts';
import type { End } from './ends.ts';
import { isFailure } from './failures.ts';
import { Latencies } from './latencies.ts';
import { type KeptExchange, LatestExchanges } from './latest-exchanges.ts';
import { RateWindow } from './rate-window.ts';

/** What rows are told apart by; null: by anything else. */
export interface TrafficKey {
	/** Null: sources are hidden. */
	readonly source: End | null;
	readonly destination: End;
	readonly method: string | null;
	readonly route: string | null;
	readonly status: string | null;
}

export class TrafficRow {
	/** Unique among the rows of a table. */
	readonly id: string;
	readonly key: TrafficKey;
	readonly latencies = new Latencies();
	readonly rate = new RateWindow();
	readonly latest = new LatestExchanges();
	count = 0;
	failed = 0;
	/** When the latest was counted, on the clock of the table; meaningless while there is none. */
	lastMs = 0;

	constructor(id: string, key: TrafficKey) {
		this.id = id;
		this.key = key;
	}

	/** Null: nothing was counted. */
	get successRate(): number | null {
		return this.count === 0 ? null : (this.count - this.failed) / this.count;
	}

	/** `kept`: null where nobody can open rows. */
	record(exchange: podwire.v1.Exchange.$Properties, kept: KeptExchange | null, nowMs: number): void {
		++this.count;
		if (isFailure(exchange)) ++this.failed;
		const nanos = exchange.firstResponseByteNanos;
		if (nanos !== null && nanos !== undefined) this.latencies.record(nanos);
		this.rate.record(nowMs);
		if (kept !== null) this.latest.keep(kept);
		this.lastMs = nowMs;
	}

	/** As if all that `other` recorded had been recorded here. */
	add(other: TrafficRow): void {
		this.count += other.count;
		this.failed += other.failed;
		this.latencies.add(other.latencies);
		this.rate.add(other.rate);
		this.latest.add(other.latest);
		this.lastMs = Math.max(this.lastMs, other.lastMs);
	}
}
