/**
 * Writes lines to stdout in blocks, at least one per turn of the event loop. Whoever writes waits for `ready` before more: a
 * reader that is slow holds up the tap's stream as far as the control plane, which counts what it drops.
 */
import type { Writable } from 'node:stream';
import { OutputBytes } from './output-bytes.ts';

/** Waiting for the reader; above it `ready` waits and `full` is true. What is written all the same comes on top. */
export const MAX_WAITING_BYTES = 1024 * 1024;

/** A block of so many goes out before more is written. */
const BLOCK_BYTES = 128 * 1024;

/** Below them a copy is less than the block that it leaves free. */
const MAX_COPIED_BYTES = 32 * 1024;

/** One that grew for a long line is not kept. */
const MAX_FREE_BLOCK_BYTES = 2 * BLOCK_BYTES;

/** As many as may wait for the reader. */
const MAX_FREE_BLOCKS = MAX_WAITING_BYTES / BLOCK_BYTES;

export class StdoutWriter {
	readonly #stream: Writable;
	readonly #onClosed: () => void;
	#block = new OutputBytes();
	/** Of blocks that the stream has done with. */
	readonly #free: OutputBytes[] = [];
	#scheduled = false;
	#closed = false;

	/** `onClosed`: the reader has gone (`| head`); called once. What is written after that goes nowhere. */
	constructor(stream: Writable, onClosed: () => void) {
		this.#stream = stream;
		this.#onClosed = onClosed;
		stream.on('error', () => this.#close());
		stream.once('close', () => this.#close());
	}

	write(text: string): void {
		this.output.text(text);
	}

	/** Where the next piece goes. */
	get output(): OutputBytes {
		if (this.#block.length >= BLOCK_BYTES) this.#send();
		if (!this.#scheduled) {
			this.#scheduled = true;
			setImmediate(() => this.#flush());
		}
		return this.#block;
	}

	/** The reader does not take what waits for it. */
	get full(): boolean {
		return !this.#closed && this.#block.length + this.#stream.writableLength > MAX_WAITING_BYTES;
	}

	/** Resolves at once unless `full`; then when the reader has taken what waited, or has gone, or `signal` is aborted. */
	async ready(signal: AbortSignal): Promise<void> {
		if (!this.full || signal.aborted) return;
		this.#flush();
		if (!this.#stream.writableNeedDrain) return;
		await new Promise<void>((resolve) => {
			const settle = () => {
				for (const event of ['drain', 'close', 'error']) this.#stream.off(event, settle);
				signal.removeEventListener('abort', settle);
				resolve();
			};
			for (const event of ['drain', 'close', 'error']) this.#stream.on(event, settle);
			signal.addEventListener('abort', settle);
		});
	}

	/** Resolves when all of it was taken; false when that took longer than `timeoutMs`. */
	async finish(timeoutMs: number): Promise<boolean> {
		this.#flush();
		if (this.#closed || this.#stream.writableLength === 0) return true;
		return new Promise((resolve) => {
			const timer = setTimeout(() => resolve(false), timeoutMs);
			this.#stream.write('', () => {
				clearTimeout(timer);
				resolve(true);
			});
		});
	}

	#flush(): void {
		this.#scheduled = false;
		this.#send();
	}

	#send(): void {
		if (this.#block.length > 0 && !this.#closed) {
			if (writesToDescriptor(this.#stream)) this.#writeBlock();
			else this.#stream.write(this.#block.take());
		}
		this.#block.clear();
	}

	/** What waits is not to be written over. Fresh blocks for megabytes a second would cost a collection of all garbage each. */
	#writeBlock(): void {
		const block = this.#block;
		// Behind what waits already little is copied: a block for each line would be many times what waits.
		if (this.#stream.writableLength > 0 && block.length < MAX_COPIED_BYTES) {
			this.#stream.write(block.take());
			return;
		}
		this.#block = this.#free.pop() ?? new OutputBytes();
		this.#stream.write(block.written(), () => {
			if (this.#free.length < MAX_FREE_BLOCKS && block.capacity <= MAX_FREE_BLOCK_BYTES) this.#free.push(block);
		});
	}

	#close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#block.clear();
		this.#onClosed();
	}
}

/** Then what does not wait has been written; a stream in memory may keep it. */
function writesToDescriptor(stream: Writable): boolean {
	return typeof (stream as { readonly fd?: unknown }).fd === 'number';
}
