/** `-o line`: one exchange a line, as CLI.md has it. */
import type { ExchangeContext } from '../messaging/exchange-json.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { ClockText } from './clock-text.ts';
import { Column } from './columns.ts';
import { detailLines } from './detail-lines.ts';
import { destinationText, sourceText } from './endpoint-text.ts';
import type { ExchangeFormat, TextFormatOptions } from './exchange-format.ts';
import { grpcText, remarkText, streamText } from './exchange-remarks.ts';
import { latencyText, sizeText } from './measures.ts';
import { requestTarget } from './request-target.ts';
import { StatusText } from './status-text.ts';
import { terminalText, terminalWidth } from './terminal-text.ts';

type Exchange = podwire.v1.Exchange.$Properties;

const UNKNOWN = '?';
const NOT_THERE = '-';
const OPEN = 'open…';
const ARROW = ' → ';

/** Shares of the line that a column may grow to. */
const ENDS_SHARE = 0.45;
const PATH_SHARE = 0.3;
const LEAST_ENDS_WIDTH = 16;
const LEAST_PATH_WIDTH = 8;

export class LineFormat implements ExchangeFormat {
	readonly #options: TextFormatOptions;
	readonly #clock: ClockText;
	readonly #status: StatusText;
	readonly #ends: Column;
	readonly #method = new Column(4, 7);
	readonly #path: Column;
	readonly #latency = new Column(6, 7);
	readonly #size = new Column(5, 6);

	constructor(options: TextFormatOptions) {
		this.#options = options;
		this.#clock = new ClockText(options.utc);
		this.#status = new StatusText(options.colours);
		this.#ends = new Column(LEAST_ENDS_WIDTH, Math.floor(options.columns * ENDS_SHARE));
		this.#path = new Column(LEAST_PATH_WIDTH, Math.floor(options.columns * PATH_SHARE));
	}

	format(exchange: Exchange, context: ExchangeContext, continues: boolean): string {
		const { colours, headers, bodies } = this.#options;
		const time = this.#clock.of(exchange.startSeconds ?? 0, exchange.startNanos ?? 0);
		const line = `${colours.dim(time)}  ${this.#endsText(exchange, context)}  ${this.#requestText(exchange.request)}  ${this.#responseText(exchange)}${this.#remarks(exchange, continues)}\n`;
		return headers || bodies ? line + detailLines(exchange, this.#options) : line;
	}

	#endsText({ source, destination, direction }: Exchange, { names }: ExchangeContext): string {
		const from = sourceText(source, names);
		const to = destinationText(destination, direction ?? 0, names);
		const width = terminalWidth(from) + ARROW.length + terminalWidth(to);
		return from + ARROW + to + this.#ends.padding(width);
	}

	#requestText(request: Exchange['request']): string {
		const method = terminalText(request?.method ?? UNKNOWN);
		const path = terminalText(requestTarget(request) ?? UNKNOWN);
		return `${method}${this.#method.padding(terminalWidth(method))} ${path}${this.#path.padding(terminalWidth(path))}`;
	}

	#responseText(exchange: Exchange): string {
		const status = this.#status.of(exchange.response?.status ?? null);
		if (exchange.end === wire.End.END_OPEN) return `${status}  ${OPEN}`;
		const nanos = exchange.firstResponseByteNanos;
		const latency = nanos === null || nanos === undefined ? NOT_THERE : latencyText(nanos);
		const bytes = exchange.response?.bodyBytes;
		const size = bytes === null || bytes === undefined ? NOT_THERE : sizeText(bytes);
		return `${status}  ${this.#latency.padding(latency.length)}${latency}  ${this.#size.padding(size.length)}${size}`;
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
