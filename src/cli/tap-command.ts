/** `podwire tap`: shows live exchanges until it is ended. */
import type { podwire } from '../messaging/wire.ts';
import type { FlagValues } from './command-line.ts';
import type { CommandEnvironment } from './environment.ts';
import { ExchangeDisplay } from './exchange-display.ts';
import type { ExchangeFormat } from './exchange-format.ts';
import { outputForm } from './output-form.ts';
import { StdoutWriter } from './stdout-writer.ts';
import { type DisplayCircumstances, runTapSession, type TapDisplay } from './tap-session.ts';

/** The reader of stdout has this long for the last lines. */
const LAST_LINES_TIMEOUT_MS = 2_000;

/** Resolves with the exit status. Throws PodwireError when the tap cannot begin. */
export async function runTap(
	args: readonly string[],
	flags: FlagValues,
	environment: CommandEnvironment,
): Promise<number> {
	const { stdout, env } = environment;
	const terminal = stdout.isTTY === true;
	const format = await outputForm(flags, { terminal, stdout, env });
	return runTapSession({
		args,
		flags,
		environment,
		paced: terminal,
		display: (circumstances) => new StreamDisplay(stdout, format, circumstances),
	});
}

/** Each exchange in a form of output, on stdout. */
class StreamDisplay implements TapDisplay {
	readonly omitsHeaders: boolean;
	readonly #writer: StdoutWriter;
	readonly #display: ExchangeDisplay;
	readonly #ledger: DisplayCircumstances['ledger'];

	constructor(stdout: CommandEnvironment['stdout'], format: ExchangeFormat, circumstances: DisplayCircumstances) {
		const { ledger, limits, end } = circumstances;
		this.omitsHeaders = format.omitsHeaders === true;
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
