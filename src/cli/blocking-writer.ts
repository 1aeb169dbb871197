/** Writes to a file descriptor and returns when the reader has taken it: whoever reads a file has nothing else to do. */
import { writeSync } from 'node:fs';
import { OutputBytes } from './output-bytes.ts';

const BLOCK_BYTES = 64 * 1024;
/** Between two tries at a descriptor that somebody else made non-blocking. */
const RETRY_MS = 2;

export class BlockingWriter {
	readonly #fd: number;
	readonly #onClosed: () => void;
	readonly #pause = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
	readonly #block = new OutputBytes();
	#closed = false;

	/** `onClosed`: the reader has gone; called once. What is written after that goes nowhere. */
	constructor(fd: number, onClosed: () => void) {
		this.#fd = fd;
		this.#onClosed = onClosed;
	}

	write(text: string): void {
		this.output.text(text);
	}

	/** Where the next pieces go; what stands there is written first when it is a whole block. */
	get output(): OutputBytes {
		if (this.#block.length >= BLOCK_BYTES) this.flush();
		return this.#block;
	}

	flush(): void {
		const bytes = this.#block.written();
		this.#block.clear();
		let at = 0;
		while (at < bytes.length && !this.#closed) at += this.#some(bytes, at);
	}

	#some(bytes: Buffer, at: number): number {
		try {
			return writeSync(this.#fd, bytes, at);
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			if (code === 'EAGAIN') {
				Atomics.wait(this.#pause, 0, 0, RETRY_MS);
				return 0;
			}
			if (code !== 'EPIPE') throw error;
			this.#closed = true;
			this.#onClosed();
			return 0;
		}
	}
}
