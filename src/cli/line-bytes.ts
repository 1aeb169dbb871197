/**
 * The columns of an exchange's line as bytes, without colours and as wide as they are: byte for byte what `-o line` says
 * as text (line-format.ts). What came as bytes goes as bytes, and what repeats is made once.
 */
import type { ReadExchange, ReadRequest } from '../client/read-exchange.ts';
import type { AddressNames } from '../messaging/address-names.ts';
import { wire } from '../messaging/wire.ts';
import { type ClockText, millisOf } from './clock-text.ts';
import type { Column } from './columns.ts';
import { destinationText, sourceText } from './endpoint-text.ts';
import { ARROW, NOT_THERE, OPEN, UNKNOWN } from './line-words.ts';
import { latencyPiece, sizePiece } from './measure-pieces.ts';
import type { OutputBytes } from './output-bytes.ts';
import { PRINTABLE } from './plain-bytes.ts';
import { requestTarget } from './request-target.ts';
import { ShownEnds } from './shown-ends.ts';
import { STATUS_WIDTH } from './status-text.ts';
import { terminalText } from './terminal-text.ts';
import { NumberedPieces, type TextPiece, textPiece, wordPiece } from './text-pieces.ts';

const arrow = wordPiece(ARROW);
const open = wordPiece(OPEN);
const notThere = wordPiece(NOT_THERE);
const unknown = wordPiece(UNKNOWN);
const GAP = 2;
const GAP_TEXT = ' '.repeat(GAP);
/** With the gaps around it. */
const statusText = (status: string) => `${GAP_TEXT}${status.padStart(STATUS_WIDTH)}${GAP_TEXT}`;
const noStatus = wordPiece(statusText(NOT_THERE));
/** Codes are three digits. */
const statuses = new NumberedPieces(1000, (status) => statusText(String(status)));

/** Those of one output: they grow with what they show. */
export interface LineColumns {
	readonly ends: Column;
	readonly method: Column;
	readonly path: Column;
	readonly latency: Column;
	readonly size: Column;
}

export class LineBytes {
	readonly #clock: ClockText;
	readonly #columns: LineColumns;
	readonly #ends = new ShownEnds({ source: sourceText, destination: destinationText, pieceOf: textPiece });
	/** The time of day of the last exchange, with the gap behind it: most begin in the same millisecond. */
	readonly #time = { seconds: Number.NaN, millis: 0, bytes: Buffer.alloc(0) };

	constructor(clock: ClockText, columns: LineColumns) {
		this.#clock = clock;
		this.#columns = columns;
	}

	/** All but what a line remarks after its columns, and its end. */
	write(exchange: ReadExchange, names: AddressNames, output: OutputBytes): void {
		const { startSeconds, startNanos, source, destination, direction, request } = exchange;
		const { ends, method, path } = this.#columns;
		output.piece(this.#timeBytes(startSeconds, startNanos));
		const from = this.#ends.source(source, names);
		const to = this.#ends.destination(destination, direction, names);
		output.piece(from.bytes);
		output.piece(arrow.bytes);
		output.piece(to.bytes);
		output.spaces(Math.max(0, ends.room(from.width + arrow.width + to.width)) + GAP);
		output.spaces(Math.max(0, method.room(writeMethod(request, output))) + 1);
		output.spaces(path.room(writeTarget(request, output)));
		this.#writeResponse(exchange, output);
	}

	#timeBytes(seconds: number, nanos: number): Uint8Array {
		const time = this.#time;
		const millis = millisOf(nanos);
		if (seconds !== time.seconds || millis !== time.millis) {
			const bytes = Buffer.from(this.#clock.of(seconds, nanos) + GAP_TEXT);
			Object.assign(time, { seconds, millis, bytes });
		}
		return time.bytes;
	}

	#writeResponse({ response, end, firstResponseByteNanos }: ReadExchange, output: OutputBytes): void {
		const status = response === null ? null : response.status;
		output.piece((status === null ? noStatus : statuses.of(status)).bytes);
		if (end === wire.End.END_OPEN) {
			output.piece(open.bytes);
			return;
		}
		const bodyBytes = response === null ? null : response.bodyBytes;
		writeRight(
			firstResponseByteNanos === null ? notThere : latencyPiece(firstResponseByteNanos),
			this.#columns.latency,
			0,
			output,
		);
		writeRight(bodyBytes === null ? notThere : sizePiece(bodyBytes), this.#columns.size, GAP, output);
	}
}

/** Behind a gap of so many columns. */
function writeRight(piece: TextPiece, column: Column, gap: number, output: OutputBytes): void {
	output.spaces(Math.max(0, column.room(piece.width)) + gap);
	output.piece(piece.bytes);
}

/** Returns its width. */
function writeMethod(request: ReadRequest | null, output: OutputBytes): number {
	if (request === null || request.methodFrom < 0) return writePiece(unknown, output);
	const { bytes, methodFrom, methodTo } = request;
	if (output.plain(bytes, methodFrom, methodTo, PRINTABLE)) return methodTo - methodFrom;
	return writePiece(textPiece(terminalText(request.method ?? UNKNOWN)), output);
}

/** What it asks for; returns its width. */
function writeTarget(request: ReadRequest | null, output: OutputBytes): number {
	if (request !== null && request.pathFrom >= 0) {
		const { bytes, pathFrom, pathTo } = request;
		if (output.plain(bytes, pathFrom, pathTo, PRINTABLE)) return pathTo - pathFrom;
	}
	return writePiece(textPiece(terminalText(requestTarget(request) ?? UNKNOWN)), output);
}

function writePiece({ bytes, width }: TextPiece, output: OutputBytes): number {
	output.piece(bytes);
	return width;
}
