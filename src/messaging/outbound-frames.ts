/**
 * Messages on their way to the NATS server, gathered in memory that is used again: the client makes new memory of each
 * burst of messages, and what a busy publisher makes and drops has V8 look through its whole heap several times a second.
 */

/** Sends whole frames behind whatever was sent before. `sent` is called when `frames` may be written over, or never. */
export type FrameOutlet = (frames: Uint8Array, sent: () => void) => void;

/** A burst that grows beyond it is sent in parts. */
const BURST_BYTES = 256 * 1024;
/** Kept for later bursts; the server may be slow for a moment. */
const MAX_SPARE_BUFFERS = 4;
/** The longest line before a payload: PUB, a subject, a size. UTF-8 takes three bytes for a unit of UTF-16. */
const LINE_BYTES_BESIDE_SUBJECT = 32;
const BYTES_OF_CODE_UNIT = 3;
const LINE_END = '\r\n';

export class OutboundFrames {
	readonly #outlet: FrameOutlet;
	readonly #spare: Buffer[] = [];
	#burst: Buffer | null = null;
	#length = 0;
	/** Handed over and not given back. */
	#lent = 0;

	constructor(outlet: FrameOutlet) {
		this.#outlet = outlet;
	}

	get isEmpty(): boolean {
		return this.#length === 0;
	}

	/** Copies `payload`. What was added is sent by `flush`, or earlier when it is much. */
	add(subject: string, payload: Uint8Array): void {
		const most = subject.length * BYTES_OF_CODE_UNIT + LINE_BYTES_BESIDE_SUBJECT + payload.length;
		if (this.#burst !== null && this.#length + most > this.#burst.length) this.flush();
		this.#burst ??= this.#bufferFor(most);
		const burst = this.#burst;
		let end = this.#length;
		end += burst.write(`PUB ${subject} ${payload.length}${LINE_END}`, end);
		burst.set(payload, end);
		end += payload.length;
		end += burst.write(LINE_END, end, 'latin1');
		this.#length = end;
	}

	flush(): void {
		const burst = this.#burst;
		if (burst === null) return;
		const frames = burst.subarray(0, this.#length);
		this.#burst = null;
		this.#length = 0;
		// While the server takes nothing, a buffer for each little burst would be many times what waits.
		if (this.#lent >= MAX_SPARE_BUFFERS && frames.length <= BURST_BYTES / 2) {
			this.#outlet(Buffer.from(frames), () => undefined);
			this.#giveBack(burst);
			return;
		}
		this.#lent += 1;
		this.#outlet(frames, () => {
			this.#lent = Math.max(0, this.#lent - 1);
			this.#giveBack(burst);
		});
	}

	/** Drops what was not sent. What was handed over may never be given back. */
	clear(): void {
		this.#lent = 0;
		if (this.#burst !== null) this.#giveBack(this.#burst);
		this.#burst = null;
		this.#length = 0;
	}

	#bufferFor(bytes: number): Buffer {
		if (bytes > BURST_BYTES) return Buffer.allocUnsafeSlow(bytes);
		return this.#spare.pop() ?? Buffer.allocUnsafeSlow(BURST_BYTES);
	}

	#giveBack(buffer: Buffer): void {
		if (buffer.length === BURST_BYTES && this.#spare.length < MAX_SPARE_BUFFERS) this.#spare.push(buffer);
	}
}
