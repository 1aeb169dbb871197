/** `-o line`: one exchange a line. */
import { ReadExchange } from '../client/read-exchange.ts';
import type { ExchangeContext } from '../messaging/exchange-json.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { ClockText } from './clock-text.ts';
import { Column } from './columns.ts';
import { cutMiddle } from './cut-text.ts';
import { detailLines } from './detail-lines.ts';
import { destinationText, sourceText } from './endpoint-text.ts';
import type { ExchangeFormat, TextFormatOptions } from './exchange-format.ts';
import { grpcText, remarkText, streamText } from './exchange-remarks.ts';
import { cutPair, FittedColumns, type FittedWidths, padded } from './fitted-columns.ts';
import { LineBytes, type LineColumns } from './line-bytes.ts';
import { ARROW, NOT_THERE, OPEN, UNKNOWN } from './line-words.ts';
import { latencyText, sizeText } from './measures.ts';
import type { OutputBytes } from './output-bytes.ts';
import { requestTarget } from './request-target.ts';
import { StatusText } from './status-text.ts';
import { terminalText, terminalWidth } from './terminal-text.ts';

type Exchange = podwire.v1.Exchange.$Properties;

const LINE_END = Buffer.from('\n');

/** Shares of the line that a column may grow to. */
const ENDS_SHARE = 0.45;
const PATH_SHARE = 0.3;
const LEAST_ENDS_WIDTH = 16;
const LEAST_PATH_WIDTH = 8;
/** Of the time of day, the status and every gap. */
const OTHERS_WIDTH = 12 + 3 + 2 + 2 + 1 + 2 + 2 + 2;

export class LineFormat implements ExchangeFormat {
	readonly #options: TextFormatOptions;
	readonly #clock: ClockText;
	readonly #status: StatusText;
	readonly #columns: LineColumns;
	/** Null: lines have colours or details, or fit in a terminal, and are made as text. */
	readonly #bytes: LineBytes | null;
	readonly #fitted = new FittedColumns({ ends: LEAST_ENDS_WIDTH, path: LEAST_PATH_WIDTH }, PATH_SHARE);

	constructor(options: TextFormatOptions) {
		this.#options = options;
		this.#clock = new ClockText(options.utc);
		this.#status = new StatusText(options.colours);
		this.#columns = {
			ends: new Column(LEAST_ENDS_WIDTH, Math.floor(options.columns * ENDS_SHARE)),
			method: new Column(4, 7),
			path: new Column(LEAST_PATH_WIDTH, Math.floor(options.columns * PATH_SHARE)),
			latency: new Column(6, 7),
			size: new Column(5, 6),
		};
		const { colours, terminalColumns, headers, bodies } = options;
		const asBytes = !colours.isColorSupported && !terminalColumns && !headers && !bodies;
		this.#bytes = asBytes ? new LineBytes(this.#clock, this.#columns) : null;
	}

	append(exchange: Exchange, context: ExchangeContext, continues: boolean, output: OutputBytes): void {
		if (this.#bytes === null || !(exchange instanceof ReadExchange)) {
			output.text(this.format(exchange, context, continues));
			return;
		}
		this.#bytes.write(exchange, context.names, output);
		output.text(this.#remarks(exchange, continues));
		output.piece(LINE_END);
	}

	format(exchange: Exchange, context: ExchangeContext, continues: boolean): string {
		const { colours, headers, bodies } = this.#options;
		const time = this.#clock.of(exchange.startSeconds ?? 0, exchange.startNanos ?? 0);
		// Before the columns that give: what they have is what it leaves.
		const response = this.#responseText(exchange);
		const line = `${colours.dim(time)}  ${this.#requestText(exchange, context)}  ${response}${this.#remarks(exchange, continues)}\n`;
		return headers || bodies ? line + detailLines(exchange, this.#options) : line;
	}

	/** Who asks whom for what. */
	#requestText({ source, destination, direction, request }: Exchange, { names }: ExchangeContext): string {
		const from = sourceText(source, names);
		const to = destinationText(destination, direction ?? 0, names);
		const verb = terminalText(request?.method ?? UNKNOWN);
		const method = verb + this.#columns.method.padding(terminalWidth(verb));
		const path = terminalText(requestTarget(request) ?? UNKNOWN);
		const endsWidth = terminalWidth(from) + ARROW.length + terminalWidth(to);
		const pathWidth = terminalWidth(path);
		const fitted = this.#fit(endsWidth, pathWidth);
		if (fitted === null) {
			return `${from}${ARROW}${to}${this.#columns.ends.padding(endsWidth)}  ${method} ${path}${this.#columns.path.padding(pathWidth)}`;
		}
		const ends = padded(cutPair(from, to, ARROW, fitted.ends), fitted.ends);
		return `${ends}  ${method} ${padded(cutMiddle(path, fitted.pathRoom), fitted.path)}`;
	}

	/** Null: the line may be as wide as it is. */
	#fit(endsWidth: number, pathWidth: number): FittedWidths | null {
		const columns = this.#options.terminalColumns?.() ?? null;
		if (columns === null) return null;
		const others = OTHERS_WIDTH + this.#columns.method.width + this.#columns.latency.width + this.#columns.size.width;
		return this.#fitted.fit(columns, others, endsWidth, pathWidth);
	}

	#responseText(exchange: Exchange): string {
		const status = this.#status.of(exchange.response?.status ?? null);
		if (exchange.end === wire.End.END_OPEN) return `${status}  ${OPEN}`;
		const nanos = exchange.firstResponseByteNanos;
		const latency = nanos === null || nanos === undefined ? NOT_THERE : latencyText(nanos);
		const bytes = exchange.response?.bodyBytes;
		const size = bytes === null || bytes === undefined ? NOT_THERE : sizeText(bytes);
		return `${status}  ${this.#columns.latency.padding(latency.length)}${latency}  ${this.#columns.size.padding(size.length)}${size}`;
	}

	#remarks(exchange: Exchange, continues: boolean): string {
		const grpc = grpcText(exchange);
		const stream = streamText(exchange);
		const remark = remarkText(exchange, continues);
		if (grpc === null && stream === null && remark === null) return '';
		const { colours } = this.#options;
		let text = grpc === null ? '' : `  ${this.#grpcColoured(grpc)}`;
		if (stream !== null) text += `  ${stream}`;
		return remark === null ? text : `${text}  ${colours.yellow(remark)}`;
	}

	#grpcColoured(grpc: string): string {
		const { colours } = this.#options;
		return grpc === 'grpc=OK' ? colours.green(grpc) : colours.red(grpc);
	}
}
