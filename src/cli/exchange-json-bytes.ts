/**
 * The line of JSON of an exchange that was read from a batch, byte for byte what `exchangeJsonLine` says of it
 * (src/messaging/exchange-json.ts): what came as bytes goes as bytes, and what repeats is made once.
 */
import type { ReadEndpoint } from '../client/read-endpoint.ts';
import type { ReadExchange } from '../client/read-exchange.ts';
import type { AddressNames } from '../messaging/address-names.ts';
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
import { MessageJsonBytes } from './message-json-bytes.ts';
import type { OutputBytes } from './output-bytes.ts';

const ID = Buffer.from('{"id":"');
const TAP = Buffer.from('","tap":');
const START = Buffer.from(',"start":"');
const POD = Buffer.from('Z","pod":');
const DIRECTION = Buffer.from(',"direction":');
const SOURCE = Buffer.from(',"source":');
const DESTINATION = Buffer.from(',"destination":');
const PROTOCOL = Buffer.from(',"protocol":');
const PLAIN_STREAM = Buffer.from(',"tls":false,"stream":null');
const REQUEST = Buffer.from(',"request":');
const RESPONSE = Buffer.from(',"response":');
const NOT_INFORMED = Buffer.from(',"informational":[],"timing":{"firstResponseByteNanos":');
const DURATION = Buffer.from(',"durationNanos":');
const END = Buffer.from('},"end":');
const MISSING = Buffer.from(',"missing":');
const NOTHING_MISSING = Buffer.from(',"missing":[]}\n');

const HEX_DIGITS = Buffer.from('0123456789abcdef');
const ID_BYTES = ID_HEX_DIGITS / 2;
const MAX_ENDS = 4096;

export class ExchangeJsonBytes {
	readonly #messages: MessageJsonBytes;
	readonly #ends = new Map<ReadEndpoint, { readonly address: object; readonly json: Uint8Array }>();
	readonly #secondNow = { seconds: Number.NaN, bytes: new Uint8Array() };

	/** `decodeBody`: how bodies are shown. */
	constructor(decodeBody: BodyDecoding) {
		this.#messages = new MessageJsonBytes(decodeBody);
	}

	/** One line, with its end. */
	write(exchange: ReadExchange, { tap, pod, names }: ExchangeContext, output: OutputBytes): void {
		output.piece(ID);
		writeId(exchange, output);
		output.piece(TAP);
		output.text(textOrNull(tap));
		output.piece(START);
		this.#writeStart(exchange.startSeconds, exchange.startNanos, output);
		output.piece(POD);
		output.text(podText(pod));
		output.piece(DIRECTION);
		output.text(nameText(DIRECTION_NAMES[exchange.direction]));
		output.piece(SOURCE);
		this.#writeEnd(exchange.source, names, output);
		output.piece(DESTINATION);
		this.#writeEnd(exchange.destination, names, output);
		output.piece(PROTOCOL);
		output.text(nameText(PROTOCOL_NAMES[exchange.protocol]));
		writeStream(exchange, output);
		output.piece(REQUEST);
		this.#messages.writeRequest(exchange.request, output);
		output.piece(RESPONSE);
		this.#messages.writeResponse(exchange.response, output);
		writeTiming(exchange, output);
		writeEnding(exchange, output);
	}

	#writeStart(seconds: number, nanos: number, output: OutputBytes): void {
		const now = this.#secondNow;
		if (seconds !== now.seconds) Object.assign(now, { seconds, bytes: Buffer.from(secondText(seconds)) });
		output.piece(now.bytes);
		output.digits(nanos, NANOS_DIGITS);
	}

	/** As long as the name of its address stays the same, and that of what the client asked for. */
	#writeEnd(endpoint: ReadEndpoint | null, names: AddressNames, output: OutputBytes): void {
		if (endpoint === null || endpoint.via !== null) {
			output.text(endpointText(endpoint, names));
			return;
		}
		const address = names.of(endpoint.ip);
		const known = this.#ends.get(endpoint);
		if (known !== undefined && known.address === address) {
			output.piece(known.json);
			return;
		}
		const json = Buffer.from(endpointText(endpoint, names));
		if (this.#ends.size >= MAX_ENDS) this.#ends.clear();
		this.#ends.set(endpoint, { address, json });
		output.piece(json);
	}
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

function writeStream({ tls, stream, pushed }: ReadExchange, output: OutputBytes): void {
	if (!tls && stream === null && !pushed) output.piece(PLAIN_STREAM);
	else output.text(`,"tls":${tls},"stream":${stream}${pushed ? ',"pushed":true' : ''}`);
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
	output.piece(END);
	output.text(nameText(END_NAMES[end]));
	if (reset !== null) output.text(resetText(reset));
	if (missing.length === 0) {
		output.piece(NOTHING_MISSING);
		return;
	}
	output.piece(MISSING);
	output.text(`${missingText(missing)}}\n`);
}
