/** `-o wide`: everything of `-o line`, and what it leaves out: date, tapped pod, direction, addresses, sizes, end. */
import { DIRECTION_NAMES, END_NAMES, type ExchangeContext, PROTOCOL_NAMES } from '../messaging/exchange-json.ts';
import { missingWord } from '../messaging/loss-words.ts';
import type { podwire } from '../messaging/wire.ts';
import { ClockText } from './clock-text.ts';
import { Column } from './columns.ts';
import { detailLines } from './detail-lines.ts';
import { destinationText, socketAddressText, sourceText } from './endpoint-text.ts';
import type { ExchangeFormat, TextFormatOptions } from './exchange-format.ts';
import { grpcText, streamText } from './exchange-remarks.ts';
import { latencyText, sizeText } from './measures.ts';
import { requestTarget } from './request-target.ts';
import { StatusText } from './status-text.ts';
import { terminalText, terminalWidth } from './terminal-text.ts';

type Exchange = podwire.v1.Exchange.$Properties;

const UNKNOWN = '?';
const NOT_THERE = '-';
const GAP = '  ';
/** No column of this form but the last grows beyond it. */
const MOST_COLUMN_WIDTH = 60;

/** What the columns are called, in their order, with the width that each begins with. */
export const WIDE_COLUMNS = [
	{ heading: 'START', width: 12, right: false },
	{ heading: 'NODE', width: 4, right: false },
	{ heading: 'POD', width: 8, right: false },
	{ heading: 'DIRECTION', width: 9, right: false },
	{ heading: 'SOURCE', width: 12, right: false },
	{ heading: 'SOURCE-ADDRESS', width: 15, right: false },
	{ heading: 'DESTINATION', width: 12, right: false },
	{ heading: 'DESTINATION-ADDRESS', width: 15, right: false },
	{ heading: 'PROTOCOL', width: 8, right: false },
	{ heading: 'AUTHORITY', width: 9, right: false },
	{ heading: 'METHOD', width: 4, right: false },
	{ heading: 'PATH', width: 8, right: false },
	{ heading: 'STATUS', width: 3, right: true },
	{ heading: 'FIRST-BYTE', width: 6, right: true },
	{ heading: 'DURATION', width: 6, right: true },
	{ heading: 'REQUEST', width: 5, right: true },
	{ heading: 'RESPONSE', width: 5, right: true },
	{ heading: 'END', width: 8, right: false },
	{ heading: 'REMARKS', width: 0, right: false },
] as const;

const STATUS_INDEX = WIDE_COLUMNS.findIndex(({ heading }) => heading === 'STATUS');

export class WideFormat implements ExchangeFormat {
	readonly #options: TextFormatOptions;
	readonly #clock: ClockText;
	readonly #status: StatusText;
	readonly #columns = WIDE_COLUMNS.map(({ width }) => new Column(width, MOST_COLUMN_WIDTH));

	constructor(options: TextFormatOptions) {
		this.#options = options;
		this.#clock = new ClockText(options.utc);
		this.#status = new StatusText(options.colours);
	}

	format(exchange: Exchange, context: ExchangeContext, continues: boolean): string {
		const cells = this.#cells(exchange, context, continues);
		let line = '';
		for (const [index, cell] of cells.entries()) line += this.#padded(cell, index);
		line = `${line.trimEnd()}\n`;
		const { headers, bodies } = this.#options;
		return headers || bodies ? line + detailLines(exchange, this.#options) : line;
	}

	#cells(exchange: Exchange, { pod, names }: ExchangeContext, continues: boolean): string[] {
		const { source, destination, request, response, direction } = exchange;
		return [
			this.#clock.of(exchange.startSeconds ?? 0, exchange.startNanos ?? 0),
			terminalText(pod?.node || NOT_THERE),
			terminalText(podText(pod)),
			DIRECTION_NAMES[direction ?? 0] ?? UNKNOWN,
			sourceText(source, names),
			socketAddressText(source, names),
			destinationText(destination, direction ?? 0, names),
			socketAddressText(destination, names),
			(exchange.tls ? 'TLS+' : '') + (PROTOCOL_NAMES[exchange.protocol ?? 0] ?? UNKNOWN),
			terminalText(request?.authority ?? UNKNOWN),
			terminalText(request?.method ?? UNKNOWN),
			terminalText(requestTarget(request) ?? UNKNOWN),
			String(response?.status ?? NOT_THERE),
			measured(exchange.firstResponseByteNanos, latencyText),
			measured(exchange.durationNanos, latencyText),
			measured(request?.bodyBytes, sizeText),
			measured(response?.bodyBytes, sizeText),
			END_NAMES[exchange.end ?? 0] ?? UNKNOWN,
			remarks(exchange, continues),
		];
	}

	#padded(cell: string, index: number): string {
		const padding = this.#columns[index]?.padding(terminalWidth(cell)) ?? '';
		const shown = index === STATUS_INDEX && cell !== NOT_THERE ? this.#status.of(Number(cell)) : cell;
		return WIDE_COLUMNS[index]?.right ? `${padding}${shown}${GAP}` : `${shown}${padding}${GAP}`;
	}
}

function podText(pod: ExchangeContext['pod']): string {
	if (!pod?.name) return NOT_THERE;
	return pod.namespace ? `${pod.namespace}/${pod.name}` : pod.name;
}

function measured(value: number | null | undefined, text: (value: number) => string): string {
	return value === null || value === undefined ? NOT_THERE : text(value);
}

function remarks(exchange: Exchange, continues: boolean): string {
	const missing = (exchange.missing ?? []).map(missingWord).join(',');
	return [
		grpcText(exchange),
		exchange.stream === null || exchange.stream === undefined ? null : `stream=${exchange.stream}`,
		exchange.request?.connectProtocol ? `connect=${terminalText(exchange.request.connectProtocol)}` : null,
		streamText(exchange),
		exchange.reset ? `reset-by=${exchange.reset.bySource ? 'source' : 'destination'}` : null,
		missing === '' ? null : `missing=${missing}`,
		continues ? '(shown before)' : null,
	]
		.filter((remark) => remark !== null)
		.join(' ');
}
