/** Each exchange in a form of output, on stdout. */
import type { podwire } from '../messaging/wire.ts';
import type { CommandEnvironment } from './environment.ts';
import { ExchangeDisplay } from './exchange-display.ts';
import type { ExchangeFormat } from './exchange-format.ts';
import { StdoutWriter } from './stdout-writer.ts';
import type { DisplayCircumstances, TapDisplay } from './tap-session.ts';

/** The reader of stdout has this long for the last lines. */
const LAST_LINES_TIMEOUT_MS = 2_000;

export class StreamDisplay implements TapDisplay {
	readonly #writer: StdoutWriter;
	readonly #display: ExchangeDisplay;
	readonly #ledger: DisplayCircumstances['ledger'];

	constructor(stdout: CommandEnvironment['stdout'], format: ExchangeFormat, circumstances: DisplayCircumstances) {
		const { ledger, limits, end } = circumstances;
		this.#ledger = ledger;
		this.#writer = new StdoutWriter(stdout, end);
		this.#display = new ExchangeDisplay({ format, sink: this.#writer, ledger, maxRequests: limits.maxRequests });
	}

	get limitReached(): boolean {
		return this.#display.limitReached;
	}

	show(batch: podwire.v1.TapBatch): void {
		this.#display.show(batch);
	}

	ready(signal: AbortSignal): Promise<void> | null {
		return this.#writer.full ? this.#writer.ready(signal) : null;
	}

	async finish(begun: boolean): Promise<void> {
		if (begun) this.#display.finish();
		if (!(await this.#writer.finish(LAST_LINES_TIMEOUT_MS))) this.#ledger.uncounted('stdout took no more');
	}
}
