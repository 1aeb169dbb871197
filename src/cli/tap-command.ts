/** `podwire tap`: shows live exchanges until it is ended. */
import type { TapEvent } from '../client/tap-events.ts';
import { TapStream } from '../client/tap-stream.ts';
import { TruthLedger } from '../client/truth-ledger.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import type { FlagValues } from './command-line.ts';
import type { CommandEnvironment } from './environment.ts';
import { ExchangeDisplay } from './exchange-display.ts';
import { limitsOf } from './limits.ts';
import { lineOfTruth, secondsText, tapScope } from './line-of-truth.ts';
import { countOf } from './measures.ts';
import { outputForm } from './output-form.ts';
import { StdoutWriter } from './stdout-writer.ts';
import { type TapPlace, tapPlace } from './tap-place.ts';
import { tapDemand } from './tap-request.ts';
import { terminalText } from './terminal-text.ts';

/** The last batches and the end of a tap arrive from every node within this time, or are not waited for. */
const END_TIMEOUT_MS = 5_000;
/** The reader of stdout has this long for the last lines. */
const LAST_LINES_TIMEOUT_MS = 2_000;

/** Resolves with the exit status. Throws PodwireError when the tap cannot begin. */
export async function runTap(
	args: readonly string[],
	flags: FlagValues,
	environment: CommandEnvironment,
): Promise<number> {
	const terminal = environment.stdout.isTTY === true;
	const asked = tapDemand(args, flags, terminal);
	const limits = limitsOf(flags);
	const format = outputForm(flags, { terminal, columns: environment.stdout.columns, env: environment.env });
	const place = await tapPlace(flags, environment);
	const { request, targets } = place.cluster === null ? asked : tapDemand(args, flags, terminal, place.cluster);
	const stream = new TapStream({ transport: await place.openTransport(), request, clock: environment.clock });
	const podsMatter = !targets.every(({ kind }) => kind.standalone);
	const session = new TapSession({ environment, stream, format, limits, place, podsMatter });
	if (place.cluster === null && (flags.has('as') || flags.has('as-group') || flags.has('as-uid'))) {
		environment.say('The local Podwire knows no users: --as is of no effect.');
	}
	return session.run();
}

interface TapSessionOptions {
	readonly environment: CommandEnvironment;
	readonly stream: TapStream;
	readonly format: ReturnType<typeof outputForm>;
	readonly limits: ReturnType<typeof limitsOf>;
	readonly place: TapPlace;
	/** False where the targets are namespaces, interfaces or processes, and nobody thinks of pods. */
	readonly podsMatter: boolean;
}

class TapSession {
	readonly #options: TapSessionOptions;
	readonly #ledger = new TruthLedger();
	readonly #writer: StdoutWriter;
	readonly #display: ExchangeDisplay;
	/** Aborted when the end was asked for. */
	readonly #ending = new AbortController();
	#startedAtMs: number | null = null;
	#exitStatus = 0;

	constructor(options: TapSessionOptions) {
		this.#options = options;
		this.#writer = new StdoutWriter(options.environment.stdout, () => this.#end());
		this.#display = new ExchangeDisplay({
			format: options.format,
			sink: this.#writer,
			ledger: this.#ledger,
			maxRequests: options.limits.maxRequests,
		});
	}

	async run(): Promise<number> {
		const { environment, stream } = this.#options;
		environment.onInterrupt(() => this.#end());
		try {
			for await (const event of stream.events()) {
				this.#handle(event);
				// While the reader is slow nothing more is taken; once the end was asked for, only the counts matter.
				if (this.#writer.full) await this.#writer.ready(this.#ending.signal);
			}
		} finally {
			// Also of a tap that could not go on; why it could not is said after it.
			await this.#sayTruth();
		}
		return this.#exitStatus;
	}

	#handle(event: TapEvent): void {
		switch (event.kind) {
			case 'batch':
				this.#display.show(event.batch);
				if (this.#display.limitReached) this.#end();
				break;
			case 'started':
				this.#started(event.started);
				break;
			case 'notice':
				this.#ledger.notice(event.notice);
				if (event.notice.text) this.#remark(event.notice.text);
				break;
			case 'malformed':
				this.#ledger.uncounted('a batch could not be read');
				break;
			case 'lost':
				this.#ledger.interrupted();
				this.#remark(`control plane lost: ${event.reason}; trying again until Ctrl-C`);
				break;
			case 'back':
				this.#remark(`control plane back after ${secondsText(event.afterMs)} s`);
				break;
			case 'ended':
				this.#ended(event.ended);
		}
	}

	#started({ pods, description }: podwire.v1.TapStarted.$Properties): void {
		const { environment, limits, place, podsMatter } = this.#options;
		for (const pod of pods ?? []) this.#ledger.podTapped(pod);
		if (this.#startedAtMs !== null) return;
		this.#startedAtMs = environment.clock.nowMs();
		environment.say(`Using ${terminalText(place.words)}.`);
		const count = podsMatter ? `${countOf(pods?.length ?? 0, 'pod')} of ` : '';
		environment.say(`Tapping ${count}${terminalText(description ?? '')}. Ctrl-C ends it.`);
		if (limits.durationMs !== null) environment.clock.setTimeout(() => this.#end(), limits.durationMs);
	}

	#ended(ended: podwire.v1.TapEnded.$Properties): void {
		this.#ledger.ended(ended);
		if (ended.reason === wire.EndReason.END_REASON_FAILED) this.#exitStatus = 1;
		if (ended.text && !this.#ending.signal.aborted) this.#remark(ended.text);
	}

	/** As the user, a limit or a closed stdout asked. */
	#end(): void {
		if (this.#ending.signal.aborted) return;
		this.#ending.abort();
		const { stream, environment } = this.#options;
		environment.clock.setTimeout(() => stream.close(), END_TIMEOUT_MS);
		void stream.stop();
	}

	async #sayTruth(): Promise<void> {
		if (this.#startedAtMs !== null) this.#display.finish();
		if (!(await this.#writer.finish(LAST_LINES_TIMEOUT_MS))) this.#ledger.uncounted('stdout took no more');
		if (this.#startedAtMs === null) return;
		const { environment } = this.#options;
		const truth = this.#ledger.report(true);
		environment.say(lineOfTruth(tapScope(environment.clock.nowMs() - this.#startedAtMs, truth.pods), truth));
	}

	#remark(text: string): void {
		this.#options.environment.say(`  ${terminalText(text)}`);
	}
}
