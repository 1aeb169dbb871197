/** What one client is sent, and what it could not be: its names, and its losses by cause. */
import { type podwire, wire } from '../messaging/wire.ts';
import type { ClientStream } from './api/client-stream.ts';
import type { MergedBatch } from './batch-merger.ts';
import { StreamNames } from './stream-names.ts';
import type { NameSource } from './tap-names.ts';
import type { TapTotals } from './tap-totals.ts';
import { clientTooSlow, lostOnTheWay } from './tap-words.ts';

type Notice = podwire.v1.Notice.$Properties;

/** A client that reads nothing of a full queue for so long is given up. */
export const STALLED_CLIENT_MS = 300_000;

export class TapOutput {
	readonly #stream: ClientStream;
	readonly #names: StreamNames;
	readonly #losses = new Map<podwire.v1.LossCause, number>();
	readonly #first: readonly Notice[];
	readonly #totals: TapTotals;
	#started: podwire.v1.TapStarted.$Properties | null;
	#droppedUntold = 0;
	#fullSinceMs: number | null = null;

	/** `started` is told by `begin`, or before anything else is; `first` right after it. */
	constructor(
		stream: ClientStream,
		names: NameSource,
		started: podwire.v1.TapStarted.$Properties,
		first: readonly Notice[],
		totals: TapTotals,
	) {
		this.#totals = totals;
		this.#stream = stream;
		this.#first = first;
		this.#names = new StreamNames(names);
		this.#started = started;
	}

	get losses(): podwire.v1.Loss.$Properties[] {
		return [...this.#losses].map(([cause, count]) => ({ cause, count }));
	}

	/** Says that the tap has started, once. */
	begin(): void {
		if (this.#started === null) return;
		this.#stream.started(this.#started);
		this.#started = null;
		for (const notice of this.#first) this.#stream.notice(notice);
	}

	/** A batch for which there is no room is dropped whole, counted, and told as soon as there is. */
	forward(batch: MergedBatch): void {
		this.begin();
		if (this.#stream.hasRoom) {
			this.tellDropped();
			this.#stream.batch(batch, this.#names.untold(batch.envelope.addresses));
			this.#totals.forwarded(batch.envelope.exchanges.length, batch.bytes.length);
			return;
		}
		const exchanges = batch.envelope.exchanges.length;
		this.#lose(wire.LossCause.LOSS_CAUSE_CONTROL_PLANE_QUEUE_FULL, exchanges);
		this.#droppedUntold += exchanges;
	}

	/** A gap in the numbers of a pod's batches. */
	lostOnTheWay(pod: podwire.v1.Pod.$Properties, exchanges: number): void {
		if (exchanges === 0) return;
		this.#lose(wire.LossCause.LOSS_CAUSE_NATS, exchanges);
		this.say(lostOnTheWay(pod, exchanges));
	}

	tellDropped(): void {
		if (this.#droppedUntold === 0 || !this.#stream.hasRoom) return;
		this.#stream.notice(clientTooSlow(this.#droppedUntold));
		this.#droppedUntold = 0;
	}

	say(notice: Notice): void {
		this.begin();
		this.#stream.notice(notice);
	}

	/** To be called every second. False: the client is to be given up. */
	tick(nowMs: number): boolean {
		this.#stream.alive();
		this.tellDropped();
		if (this.#stream.hasRoom) this.#fullSinceMs = null;
		else this.#fullSinceMs ??= nowMs;
		return this.#fullSinceMs === null || nowMs - this.#fullSinceMs < STALLED_CLIENT_MS;
	}

	ended(reason: podwire.v1.EndReason, text: string): void {
		this.begin();
		this.tellDropped();
		this.#stream.ended({ reason, text, losses: this.losses });
	}

	/** Ends the stream without a word. */
	abandon(): void {
		this.#stream.abandon();
	}

	#lose(cause: podwire.v1.LossCause, count: number): void {
		if (count === 0) return;
		this.#losses.set(cause, (this.#losses.get(cause) ?? 0) + count);
		this.#totals.lost(cause, count);
	}
}
