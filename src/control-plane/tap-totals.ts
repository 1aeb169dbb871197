/** What all taps of this controller together have had and sent since its start, also those that are over. */
import type { podwire } from '../messaging/wire.ts';

export class TapTotals {
	readonly #losses = new Map<podwire.v1.LossCause, number>();
	#begun = 0;
	#receivedExchanges = 0;
	#forwardedExchanges = 0;
	#forwardedBytes = 0;
	#unpublishedExchanges = 0;

	/** Those that go on with an earlier one among them. */
	get begun(): number {
		return this.#begun;
	}

	/** Records that came from agents. */
	get receivedExchanges(): number {
		return this.#receivedExchanges;
	}

	/** Records that were sent to clients. */
	get forwardedExchanges(): number {
		return this.#forwardedExchanges;
	}

	/** Of batches that were sent to clients. */
	get forwardedBytes(): number {
		return this.#forwardedBytes;
	}

	/** Of taps with a name on NATS, which could not take them. */
	get unpublishedExchanges(): number {
		return this.#unpublishedExchanges;
	}

	/** Of exchanges, between agents and clients. */
	lostBy(cause: podwire.v1.LossCause): number {
		return this.#losses.get(cause) ?? 0;
	}

	began(): void {
		this.#begun += 1;
	}

	received(exchanges: number): void {
		this.#receivedExchanges += exchanges;
	}

	forwarded(exchanges: number, bytes: number): void {
		this.#forwardedExchanges += exchanges;
		this.#forwardedBytes += bytes;
	}

	lost(cause: podwire.v1.LossCause, exchanges: number): void {
		this.#losses.set(cause, this.lostBy(cause) + exchanges);
	}

	unpublished(exchanges: number): void {
		this.#unpublishedExchanges += exchanges;
	}
}
