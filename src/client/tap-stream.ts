/** One tap as its reader sees it: it outlives broken connections until it is closed or has ended. */
import type { Clock } from '../messaging/clock.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { BatchReader } from './batch-reader.ts';
import { ControlPlaneRefusedError, ControlPlaneUnreachableError } from './errors.ts';
import { FrameDecoder } from './frame-decoder.ts';
import type { TapEvent } from './tap-events.ts';
import type { TapRequest, TapTransport } from './tap-transport.ts';

/** The control plane says something every second: a connection that is silent for this long is dead. */
export const SILENCE_TIMEOUT_MS = 5_000;
export const FIRST_RETRY_DELAY_MS = 100;
export const LONGEST_RETRY_DELAY_MS = 2_000;
/** Of what a server asks for; a tap is no batch job. */
export const LONGEST_RETRY_AFTER_MS = 30_000;

export interface TapStreamOptions {
	readonly transport: TapTransport;
	readonly request: TapRequest;
	readonly clock: Clock;
	readonly silenceTimeoutMs?: number;
}

export class TapStream {
	readonly #options: TapStreamOptions;
	readonly #closing = new AbortController();
	readonly #silenceTimeoutMs: number;
	readonly #reader = new BatchReader();
	#tap: string | null = null;
	#connected = false;
	#stopping = false;

	constructor(options: TapStreamOptions) {
		this.#options = options;
		this.#silenceTimeoutMs = options.silenceTimeoutMs ?? SILENCE_TIMEOUT_MS;
	}

	/**
	 * To be iterated once. While the reader is busy nothing more is read. Throws when the control plane cannot be
	 * reached at first, or when it refuses.
	 */
	async *events(): AsyncGenerator<TapEvent, void, void> {
		let lostAtMs: number | null = null;
		let delayMs = FIRST_RETRY_DELAY_MS;
		while (!this.#closing.signal.aborted) {
			let askedDelayMs = 0;
			try {
				for await (const event of this.#connection()) {
					if (event.kind === 'started') {
						if (lostAtMs !== null) yield { kind: 'back', afterMs: this.#options.clock.nowMs() - lostAtMs };
						lostAtMs = null;
						delayMs = FIRST_RETRY_DELAY_MS;
					}
					yield event;
					if (event.kind === 'ended') return;
				}
			} catch (error) {
				if (this.#closing.signal.aborted) return;
				if (this.#stopping && this.#tap !== null) return;
				if (!this.#mayRetry(error, lostAtMs)) throw error;
				askedDelayMs = Math.min(retryAfterMs(error), LONGEST_RETRY_AFTER_MS);
				if (lostAtMs === null) {
					lostAtMs = this.#options.clock.nowMs();
					yield { kind: 'lost', reason: (error as Error).message };
				}
			}
			if (this.#closing.signal.aborted || this.#stopping) return;
			await this.#delay(Math.max(delayMs, askedDelayMs));
			delayMs = Math.min(delayMs * 2, LONGEST_RETRY_DELAY_MS);
		}
	}

	/** Asks for the end; the last batches and `ended` still come. Without a connection there is nothing to come: closes. */
	async stop(): Promise<void> {
		this.#stopping = true;
		if (!this.#connected || this.#tap === null) return this.close();
		try {
			await this.#options.transport.endTap(this.#tap, this.#options.request);
		} catch {
			this.close(); // who cannot be asked will not answer either
		}
	}

	/** Ends the iteration at once. */
	close(): void {
		this.#closing.abort();
	}

	/** `lostAtMs`: when the connection broke; null: just now. */
	#mayRetry(error: unknown, lostAtMs: number | null): boolean {
		if (this.#tap === null) return false;
		if (error instanceof ControlPlaneUnreachableError) return true;
		if (!(error instanceof ControlPlaneRefusedError)) return false;
		if (error.temporary) return true;
		const { transport, clock } = this.#options;
		return lostAtMs !== null && error.mayBeEarly && clock.nowMs() - lostAtMs < (transport.refusalGraceMs ?? 0);
	}

	async *#connection(): AsyncGenerator<TapEvent, void, void> {
		const silence = new AbortController();
		const signal = AbortSignal.any([silence.signal, this.#closing.signal]);
		try {
			for await (const frame of this.#frames(silence, signal)) {
				if (frame.started) {
					this.#tap = frame.started.tap ?? null;
					this.#connected = true;
					yield { kind: 'started', started: frame.started };
				} else if (frame.batch) {
					yield batchEvent(this.#reader, frame.batch);
				} else if (frame.notice) {
					yield { kind: 'notice', notice: frame.notice };
				} else if (frame.ended) {
					if (this.#outlives(frame.ended)) throw new ControlPlaneUnreachableError(endedSentence(frame.ended));
					yield { kind: 'ended', ended: frame.ended };
					return;
				}
			}
			throw new ControlPlaneUnreachableError('it closed the connection');
		} finally {
			this.#connected = false;
			silence.abort();
		}
	}

	/** A control plane that goes may come back; a tap that was asked to end is over. */
	#outlives(ended: podwire.v1.TapEnded.$Properties): boolean {
		return ended.reason === wire.EndReason.END_REASON_SHUTTING_DOWN && !this.#stopping;
	}

	async *#frames(silence: AbortController, signal: AbortSignal): AsyncGenerator<podwire.v1.StreamFrame, void, void> {
		const { transport } = this.#options;
		if (transport.prepare !== undefined) await Promise.race([transport.prepare(), aborted(signal)]);
		if (signal.aborted) return;
		const decoder = new FrameDecoder();
		const opened = this.#withinSilence(silence, this.#open(signal), transport.openTimeoutMs ?? this.#silenceTimeoutMs);
		const chunks = (await opened)[Symbol.asyncIterator]();
		for (;;) {
			const { done, value } = await this.#withinSilence(silence, chunks.next(), this.#silenceTimeoutMs);
			if (done) return;
			yield* decoder.push(value);
		}
	}

	#open(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
		const { request, transport } = this.#options;
		const parameters = new URLSearchParams(request.parameters);
		if (this.#tap !== null) parameters.set('tap', this.#tap);
		return transport.open({ path: request.path, parameters }, signal);
	}

	/** Only waiting counts as silence, not the time that the reader takes. */
	async #withinSilence<Value>(silence: AbortController, waiting: Promise<Value>, timeoutMs: number): Promise<Value> {
		const timer = this.#options.clock.setTimeout(() => silence.abort(), timeoutMs);
		try {
			return await waiting;
		} catch (cause) {
			if (cause instanceof ControlPlaneRefusedError) throw cause;
			if (silence.signal.aborted) {
				throw new ControlPlaneUnreachableError(`it said nothing for ${timeoutMs / 1000} s`, { cause });
			}
			if (cause instanceof ControlPlaneUnreachableError) throw cause;
			throw new ControlPlaneUnreachableError('the connection broke', { cause });
		} finally {
			timer.cancel();
		}
	}

	#delay(delayMs: number): Promise<void> {
		return new Promise((resolve) => {
			const finish = () => {
				timer.cancel();
				this.#closing.signal.removeEventListener('abort', finish);
				resolve();
			};
			const timer = this.#options.clock.setTimeout(finish, delayMs);
			this.#closing.signal.addEventListener('abort', finish);
		});
	}
}

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) resolve();
		else signal.addEventListener('abort', () => resolve(), { once: true });
	});
}

/** One batch that cannot be read says nothing about the next. */
function batchEvent(reader: BatchReader, bytes: Uint8Array): TapEvent {
	try {
		return { kind: 'batch', batch: reader.read(bytes) };
	} catch {
		return { kind: 'malformed' };
	}
}

function retryAfterMs(error: unknown): number {
	return error instanceof ControlPlaneRefusedError ? (error.retryAfterMs ?? 0) : 0;
}

function endedSentence({ text }: podwire.v1.TapEnded.$Properties): string {
	return text ? text : 'it is shutting down';
}
