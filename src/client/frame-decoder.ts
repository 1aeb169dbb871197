/** Cuts the control plane's stream into frames: 4 bytes of length, little-endian, then a `StreamFrame`. */
import { type podwire, wire } from '../messaging/wire.ts';
import { StreamFormatError } from './errors.ts';

/** Above any batch: NATS carries at most 8 MiB a message, and names come on top. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

const LENGTH_BYTES = 4;

/** Holds at most one frame and one chunk. Bytes may come in pieces of any size. */
export class FrameDecoder {
	#chunks: Uint8Array[] = [];
	#bufferedBytes = 0;
	/** Of the frame that begins the buffer, with its length field; until that is known, of the length field alone. */
	#neededBytes = LENGTH_BYTES;

	/** The frames that `chunk` completes. Throws StreamFormatError, after which the decoder is of no use. */
	*push(chunk: Uint8Array): Generator<podwire.v1.StreamFrame> {
		if (chunk.length > 0) this.#chunks.push(chunk);
		this.#bufferedBytes += chunk.length;
		while (this.#bufferedBytes >= this.#neededBytes) {
			const buffer = this.#joined();
			const frameBytes = this.#frameBytes(buffer);
			if (buffer.length < frameBytes) {
				this.#neededBytes = frameBytes;
				return;
			}
			this.#keep(buffer.subarray(frameBytes));
			yield decodeFrame(buffer.subarray(LENGTH_BYTES, frameBytes));
		}
	}

	/** True when the stream may end here: between two frames. */
	get atFrameEnd(): boolean {
		return this.#bufferedBytes === 0;
	}

	#frameBytes(buffer: Uint8Array): number {
		const length = new DataView(buffer.buffer, buffer.byteOffset, LENGTH_BYTES).getUint32(0, true);
		if (length > MAX_FRAME_BYTES) {
			throw new StreamFormatError(
				`the control plane sent a frame of ${length} bytes; at most ${MAX_FRAME_BYTES} are allowed`,
			);
		}
		return LENGTH_BYTES + length;
	}

	#joined(): Uint8Array {
		const [first] = this.#chunks;
		if (this.#chunks.length === 1 && first !== undefined) return first;
		const joined = new Uint8Array(this.#bufferedBytes);
		let at = 0;
		for (const chunk of this.#chunks) {
			joined.set(chunk, at);
			at += chunk.length;
		}
		this.#chunks = [joined];
		return joined;
	}

	#keep(rest: Uint8Array): void {
		this.#chunks = rest.length > 0 ? [rest] : [];
		this.#bufferedBytes = rest.length;
		this.#neededBytes = LENGTH_BYTES;
	}
}

function decodeFrame(bytes: Uint8Array): podwire.v1.StreamFrame {
	try {
		return wire.StreamFrame.decode(bytes);
	} catch (cause) {
		throw new StreamFormatError('the control plane sent a frame that cannot be read', { cause });
	}
}
