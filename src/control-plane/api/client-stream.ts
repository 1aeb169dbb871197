/** One client's stream: what is told, in the form that it asked for, within a bound of what may wait for it. */
import { AddressNames } from '../../messaging/address-names.ts';
import { type ExchangeContext, exchangeJsonLine } from '../../messaging/exchange-json.ts';
import { type HeaderAt, headersIn, restoreHeaders } from '../../messaging/shared-headers.ts';
import { NDJSON_STREAM_TYPE, PROTOBUF_STREAM_TYPE } from '../../messaging/stream-types.ts';
import { type podwire, wire } from '../../messaging/wire.ts';
import type { MergedBatch } from '../batch-merger.ts';
import type { AddressName } from '../inventory.ts';
import { type ApiResponse, breakOff, gathered } from './http-messages.ts';

/** Waiting for a client that does not read; then whole batches are dropped. One batch may reach beyond it. */
export const CLIENT_QUEUE_BYTES: number = 32 * 1024 * 1024;
/** Room for words beyond that. */
const WORDS_QUEUE_BYTES: number = CLIENT_QUEUE_BYTES + 16 * 1024 * 1024;

export interface ClientStream {
	/** False: a batch would have to be dropped. */
	readonly hasRoom: boolean;
	/** False: nobody reads any more. */
	readonly isOpen: boolean;
	started(started: podwire.v1.TapStarted.$Properties): void;
	/** `names`: of the batch's addresses those that this stream was not told before. */
	batch(batch: MergedBatch, names: readonly AddressName[]): void;
	/** False: there was no room for it either. */
	notice(notice: podwire.v1.Notice.$Properties): boolean;
	/** Every second. */
	alive(): void;
	/** The last word; nothing may follow. */
	ended(ended: podwire.v1.TapEnded.$Properties): void;
	/** Ends it without a word. */
	abandon(): void;
}

abstract class ResponseStream {
	protected readonly response: ApiResponse;
	#closed = false;

	constructor(response: ApiResponse, contentType: string) {
		this.response = response;
		response.on('close', () => {
			this.#closed = true;
		});
		response.writeHead(200, { 'Content-Type': contentType, 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
		response.flushHeaders?.();
	}

	get hasRoom(): boolean {
		return this.response.writableLength < CLIENT_QUEUE_BYTES;
	}

	get isOpen(): boolean {
		return !this.#closed && !this.response.writableEnded;
	}

	abandon(): void {
		this.#closed = true;
		breakOff(this.response);
	}

	protected get hasRoomForWords(): boolean {
		return this.response.writableLength < WORDS_QUEUE_BYTES;
	}

	protected write(bytes: Uint8Array | string): void {
		if (this.isOpen) this.response.write(bytes);
	}

	protected end(): void {
		if (this.isOpen) this.response.end();
	}
}

const LENGTH_BYTES = 4;
/** A tag and a varint of 32 bits. */
const MAX_BATCH_FIELD_BYTES = 6;
/** StreamFrame.batch: field 2, length-delimited. */
const BATCH_TAG = (2 << 3) | 2;

/** Frames: 4 bytes of length, little-endian, then a StreamFrame. */
export class ProtobufStream extends ResponseStream implements ClientStream {
	/** Sends what was gathered in this turn of the event loop. */
	#send: (() => void) | null = null;

	constructor(response: ApiResponse) {
		super(response, PROTOBUF_STREAM_TYPE);
	}

	started(started: podwire.v1.TapStarted.$Properties): void {
		this.#frame({ started });
	}

	batch({ bytes }: MergedBatch, names: readonly AddressName[]): void {
		this.#gather();
		// The batch goes on as it came, without a copy, and the frame as one chunk.
		this.response.cork?.();
		for (const part of batchFrame(bytes, names)) this.write(part);
		this.response.uncork?.();
	}

	notice(notice: podwire.v1.Notice.$Properties): boolean {
		if (!this.hasRoomForWords) return false;
		this.#frame({ notice });
		return true;
	}

	alive(): void {
		// Who has bytes to read knows that it lives.
		if (this.response.writableLength === 0) this.#frame({ alive: {} });
	}

	ended(ended: podwire.v1.TapEnded.$Properties): void {
		this.#frame({ ended });
		this.end();
	}

	override abandon(): void {
		this.#sendGathered();
		super.abandon();
	}

	/** A write for each piece of a chunk, or for each of several batches, would cost more than all else about them. */
	#gather(): void {
		if (this.#send !== null) return;
		this.#send = gathered(this.response);
		setImmediate(() => this.#sendGathered());
	}

	#sendGathered(): void {
		this.#send?.();
		this.#send = null;
	}

	#frame(frame: podwire.v1.StreamFrame.$Properties): void {
		const message = wire.StreamFrame.encode(frame).finish();
		const framed = Buffer.allocUnsafe(LENGTH_BYTES + message.length);
		framed.writeUInt32LE(message.length, 0);
		framed.set(message, LENGTH_BYTES);
		this.write(framed);
	}
}

/** The bytes of one frame, in parts. Messages of protobuf concatenate: the names follow the batch as it came. */
export function batchFrame(batch: Uint8Array, names: readonly AddressName[]): Uint8Array[] {
	const named = names.length === 0 ? null : wire.TapBatchEnvelope.encode({ names: [...names] }).finish();
	const batchBytes = batch.length + (named?.length ?? 0);
	const head = Buffer.allocUnsafe(LENGTH_BYTES + MAX_BATCH_FIELD_BYTES);
	let at = LENGTH_BYTES;
	head[at++] = BATCH_TAG;
	let length = batchBytes;
	for (; length > 0x7f; length >>>= 7) head[at++] = (length & 0x7f) | 0x80;
	head[at++] = length;
	head.writeUInt32LE(at - LENGTH_BYTES + batchBytes, 0);
	return named === null ? [head.subarray(0, at), batch] : [head.subarray(0, at), batch, named];
}

/** One exchange a line as docs/json.md has it; what is no exchange is `{"started":…}`, `{"notice":…}` or `{"ended":…}`. */
export class NdjsonStream extends ResponseStream implements ClientStream {
	readonly #names = new AddressNames();
	readonly #unreadable: (records: number) => void;

	/** `unreadable` is called when records of a batch turn out to be something else than exchanges. */
	constructor(response: ApiResponse, unreadable: (records: number) => void) {
		super(response, NDJSON_STREAM_TYPE);
		this.#unreadable = unreadable;
	}

	started(started: podwire.v1.TapStarted.$Properties): void {
		this.#line({ started: wire.TapStarted.toObject(wire.TapStarted.create(started), WORDS) });
	}

	batch(batch: MergedBatch, names: readonly AddressName[]): void {
		this.#names.learn([...names]);
		const { envelope } = batch;
		const context = { tap: envelope.tap, pod: envelope.pod, names: this.#names };
		const lines = jsonLines(envelope, context);
		if (lines.length < envelope.exchanges.length) this.#unreadable(envelope.exchanges.length - lines.length);
		if (lines.length > 0) this.write(`${lines.join('\n')}\n`);
	}

	notice(notice: podwire.v1.Notice.$Properties): boolean {
		if (!this.hasRoomForWords) return false;
		this.#line({ notice: wire.Notice.toObject(wire.Notice.create(notice), WORDS) });
		return true;
	}

	alive(): void {}

	ended(ended: podwire.v1.TapEnded.$Properties): void {
		this.#line({ ended: wire.TapEnded.toObject(wire.TapEnded.create(ended), WORDS) });
		this.end();
	}

	#line(value: object): void {
		this.write(`${JSON.stringify(value)}\n`);
	}
}

/** Of every record that is an exchange. */
export function jsonLines(
	{ exchanges, headerTable }: Pick<MergedBatch['envelope'], 'exchanges' | 'headerTable'>,
	context: ExchangeContext,
): string[] {
	const headerAt = headersOf(headerTable);
	const lines: string[] = [];
	for (const record of exchanges) {
		try {
			const exchange = wire.Exchange.decode(record);
			restoreHeaders(exchange, headerAt);
			lines.push(exchangeJsonLine(exchange, context));
		} catch {
			// It is no exchange: whoever calls sees that there are fewer lines.
		}
	}
	return lines;
}

/** Of a tap that goes on as another form of stream, whose last batches may share headers still. */
function headersOf(table: Uint8Array): HeaderAt {
	try {
		return headersIn(wire.HeaderTable.decode(table).headers);
	} catch {
		return headersIn([]); // exchanges that need it are none
	}
}

const WORDS = { enums: String, defaults: false, arrays: true };
