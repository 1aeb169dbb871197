/**
 * The line of JSON of an exchange that was read from a batch, byte for byte what `exchangeJsonLine` says of it
 * (src/messaging/exchange-json.ts): what came as bytes goes as bytes, and what repeats is made once.
 */
import type { ReadExchange } from '../client/read-exchange.ts';
import {
	DIRECTION_NAMES,
	END_NAMES,
	type ExchangeContext,
	endpointText,
	ID_HEX_DIGITS,
	idText,
	informationalText,
	missingText,
	NANOS_DIGITS,
	PROTOCOL_NAMES,
	podText,
	resetText,
	secondText,
} from '../messaging/exchange-json.ts';
import { nameText, textOrNull } from '../messaging/json-text.ts';
import type { BodyDecoding } from '../messaging/shown-body.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { MessageJsonBytes } from './message-json-bytes.ts';
import type { OutputBytes } from './output-bytes.ts';
import { ShownEnds } from './shown-ends.ts';
import { wordPiece } from './text-pieces.ts';

const ID = Buffer.from('{"id":"');
const DESTINATION = Buffer.from(',"destination":');
const RESPONSE = Buffer.from(',"response":');
const NOT_INFORMED = Buffer.from(',"informational":[],"timing":{"firstResponseByteNanos":');
const DURATION = Buffer.from(',"durationNanos":');
const PLAIN_END = Buffer.from('},"end":"complete","missing":[]}\n');

const HEX_DIGITS = Buffer.from('0123456789abcdef');
const ID_BYTES = ID_HEX_DIGITS / 2;
const NOTHING: Uint8Array = Buffer.alloc(0);
/** That of no batch. */
const NO_POD = {};

export class ExchangeJsonBytes {
	readonly #messages: MessageJsonBytes;
	readonly #ends = new ShownEnds({
		source: endpointText,
		destination: (endpoint, _direction, names) => endpointText(endpoint, names),
		pieceOf: wordPiece,
	});
	/** What stands before and behind the start, and behind the ends, of the last exchange: nearly always as before. */
	readonly #beforeStart = { tap: '', seconds: Number.NaN, bytes: NOTHING };
	readonly #behindStart = { pod: NO_POD as ExchangeContext['pod'], direction: 0, bytes: NOTHING };
	readonly #behindEnds = { protocol: -1, bytes: NOTHING };

	/** `decodeBody`: how bodies are shown. */
	constructor(decodeBody: BodyDecoding) {
		this.#messages = new MessageJsonBytes(decodeBody);
	}

	/** One line, with its end. */
	write(exchange: ReadExchange, context: ExchangeContext, output: OutputBytes): void {
		const { startSeconds, startNanos, direction, source, destination } = exchange;
		const { names } = context;
		output.piece(ID);
		writeId(exchange, output);
		output.piece(this.#beforeStartBytes(context.tap, startSeconds));
		output.digits(startNanos, NANOS_DIGITS);
		output.piece(this.#behindStartBytes(context.pod, direction));
		output.piece(this.#ends.source(source, names).bytes);
		output.piece(DESTINATION);
		output.piece(this.#ends.destination(destination, direction, names).bytes);
		this.#writeStream(exchange, output);
		this.#messages.writeRequest(exchange.request, output);
		output.piece(RESPONSE);
		this.#messages.writeResponse(exchange.response, output);
		writeTiming(exchange, output);
		writeEnding(exchange, output);
	}

	#beforeStartBytes(tap: string, seconds: number): Uint8Array {
		const now = this.#beforeStart;
		if (seconds !== now.seconds || tap !== now.tap) {
			const bytes = Buffer.from(`","tap":${textOrNull(tap)},"start":"${secondText(seconds)}`);
			Object.assign(now, { tap, seconds, bytes });
		}
		return now.bytes;
	}

	#behindStartBytes(pod: ExchangeContext['pod'], direction: podwire.v1.Direction): Uint8Array {
		const now = this.#behindStart;
		if (pod !== now.pod || direction !== now.direction) {
			const name = nameText(DIRECTION_NAMES[direction]);
			const bytes = Buffer.from(`Z","pod":${podText(pod)},"direction":${name},"source":`);
			Object.assign(now, { pod, direction, bytes });
		}
		return now.bytes;
	}

	#writeStream({ protocol, tls, stream, pushed }: ReadExchange, output: OutputBytes): void {
		if (tls || stream !== null || pushed) {
			output.text(behindEndsText(protocol, tls, stream, pushed));
			return;
		}
		const now = this.#behindEnds;
		if (protocol !== now.protocol) {
			Object.assign(now, { protocol, bytes: Buffer.from(behindEndsText(protocol, false, null, false)) });
		}
		output.piece(now.bytes);
	}
}

function behindEndsText(protocol: podwire.v1.Protocol, tls: boolean, stream: number | null, pushed: boolean): string {
	const name = nameText(PROTOCOL_NAMES[protocol]);
	return `,"protocol":${name},"tls":${tls},"stream":${stream}${pushed ? ',"pushed":true' : ''},"request":`;
}

function writeId(exchange: ReadExchange, output: OutputBytes): void {
	const { bytes, idFrom, idTo } = exchange;
	if (idTo - idFrom !== ID_BYTES) {
		output.text(idText(exchange.id));
		return;
	}
	for (let at = idFrom; at < idTo; ++at) {
		const byte = bytes[at] as number;
		output.byte(HEX_DIGITS[byte >> 4] as number);
		output.byte(HEX_DIGITS[byte & 0xf] as number);
	}
}

function writeTiming(exchange: ReadExchange, output: OutputBytes): void {
	const { informational, firstResponseByteNanos, durationNanos } = exchange;
	if (informational.length === 0) output.piece(NOT_INFORMED);
	else output.text(`,"informational":${informationalText(informational)},"timing":{"firstResponseByteNanos":`);
	if (firstResponseByteNanos === null) output.text('null');
	else output.digits(firstResponseByteNanos);
	output.piece(DURATION);
	if (durationNanos === null) output.text('null');
	else output.digits(durationNanos);
}

function writeEnding({ end, reset, missing }: ReadExchange, output: OutputBytes): void {
	if (end === wire.End.END_COMPLETE && reset === null && missing.length === 0) {
		output.piece(PLAIN_END);
		return;
	}
	const name = nameText(END_NAMES[end]);
	output.text(`},"end":${name}${reset === null ? '' : resetText(reset)},"missing":${missingText(missing)}}\n`);
}
