/** One tap from its start to its last line, whatever shows it: lines for `podwire tap`, a table for `podwire top`. */
import type { ReceivedBatch } from '../client/batch-reader.ts';
import { MalformedBatchError } from '../client/errors.ts';
import type { TapEvent } from '../client/tap-events.ts';
import { TapStream } from '../client/tap-stream.ts';
import { TruthLedger } from '../client/truth-ledger.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import type { CommandEnvironment } from './environment.ts';
import type { Limits } from './limits.ts';
import { lineOfTruth, secondsText, tapScope } from './line-of-truth.ts';
import type { TapPlace } from './tap-place.ts';
import type { BegunTap } from './tap-start.ts';
import { tappedWords } from './tapped-words.ts';
import { terminalText } from './terminal-text.ts';

/** The last batches and the end of a tap arrive from every node within this time, or are not waited for. */
const END_TIMEOUT_MS = 5_000;

const BATCH_UNREAD = 'a batch could not be read';

/** What shows a tap. */
export interface TapDisplay {
	/** As many exchanges as were asked for were shown. */
	readonly limitReached: boolean;
	/** The tap has begun: before everything else, once. `description`: of the targets, for a terminal. */
	begin?(description: string): Promise<void>;
	show(batch: ReceivedBatch): void;
	/** One sentence about the tap, for a terminal. Absent: it stands on stderr. */
	remark?(text: string): void;
	/** Null unless its reader is slow; then it resolves when that takes more, or `signal` is aborted. */
	ready(signal: AbortSignal): Promise<void> | null;
	/** The end was asked for; the last batches still come. */
	ending?(): void;
	/** After the last batch, also of a tap that could not go on. `begun`: whether it had. It stands off stderr from now on. */
	finish(begun: boolean): Promise<void>;
}

export interface DisplayCircumstances {
	readonly ledger: TruthLedger;
	readonly limits: Limits;
	/** For a display whose reader has gone. */
	readonly end: () => void;
}

/** Resolves with the exit status. Throws PodwireError when the tap cannot begin. */
export async function runTapSession(
	{ environment, limits, place, request, transport, podsMatter }: BegunTap,
	display: (circumstances: DisplayCircumstances) => TapDisplay,
): Promise<number> {
	const session = new TapSession(environment, limits, display);
	const stream = new TapStream({ transport, request, clock: environment.clock });
	return session.run(stream, place, podsMatter);
}

class TapSession {
	readonly #environment: CommandEnvironment;
	readonly #limits: Limits;
	readonly #ledger = new TruthLedger();
	readonly #display: TapDisplay;
	/** Aborted when the end was asked for. */
	readonly #ending = new AbortController();
	#stream: TapStream | null = null;
	#startedAtMs: number | null = null;
	#exitStatus = 0;

	constructor(
		environment: CommandEnvironment,
		limits: Limits,
		display: (circumstances: DisplayCircumstances) => TapDisplay,
	) {
		this.#environment = environment;
		this.#limits = limits;
		this.#display = display({ ledger: this.#ledger, limits, end: () => this.#end() });
	}

	/** `podsMatter`: false where the targets are namespaces, interfaces or processes, and nobody thinks of pods. */
	async run(stream: TapStream, place: TapPlace, podsMatter: boolean): Promise<number> {
		this.#stream = stream;
		if (this.#ending.signal.aborted) stream.close();
		this.#environment.onInterrupt(() => this.#end());
		try {
			for await (const event of stream.events()) {
				if (event.kind === 'started') await this.#started(event.started, place, podsMatter);
				else this.#handle(event);
				// While the reader is slow nothing more is taken; once the end was asked for, only the counts matter.
				const ready = this.#display.ready(this.#ending.signal);
				if (ready !== null) await ready;
			}
		} finally {
			// Also of a tap that could not go on; why it could not is said after it.
			await this.#sayTruth();
		}
		return this.#exitStatus;
	}

	async #started({ pods, description }: podwire.v1.TapStarted.$Properties, place: TapPlace, podsMatter: boolean) {
		const { say, clock } = this.#environment;
		this.#ledger.tapBegun();
		for (const pod of pods ?? []) this.#ledger.podTapped(pod);
		if (this.#startedAtMs !== null) return;
		this.#startedAtMs = clock.nowMs();
		say(`Using ${terminalText(place.words)}.`);
		const tapped = terminalText(description ?? '');
		say(`Tapping ${podsMatter ? tappedWords(pods?.length ?? 0, tapped) : tapped}. Ctrl-C ends it.`);
		if (this.#limits.durationMs !== null) clock.setTimeout(() => this.#end(), this.#limits.durationMs);
		await this.#display.begin?.(tapped);
	}

	#handle(event: Exclude<TapEvent, { kind: 'started' }>): void {
		switch (event.kind) {
			case 'batch':
				this.#show(event.batch);
				break;
			case 'notice':
				this.#ledger.notice(event.notice);
				if (event.notice.text) this.#remark(event.notice.text);
				break;
			case 'malformed':
				this.#ledger.uncounted(BATCH_UNREAD);
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

	#show(batch: ReceivedBatch): void {
		try {
			this.#display.show(batch);
		} catch (error) {
			if (!(error instanceof MalformedBatchError)) throw error;
			this.#ledger.uncounted(BATCH_UNREAD);
		}
		// What was shown is written first.
		if (this.#display.limitReached) setImmediate(() => this.#end());
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
		this.#display.ending?.();
		const stream = this.#stream;
		if (stream === null) return;
		this.#environment.clock.setTimeout(() => stream.close(), END_TIMEOUT_MS);
		void stream.stop();
	}

	async #sayTruth(): Promise<void> {
		await this.#display.finish(this.#startedAtMs !== null);
		if (this.#startedAtMs === null) return;
		const { say, clock } = this.#environment;
		const truth = this.#ledger.report(true);
		say(lineOfTruth(tapScope(clock.nowMs() - this.#startedAtMs, truth.pods), truth));
	}

	#remark(text: string): void {
		const safe = terminalText(text);
		if (this.#display.remark !== undefined) this.#display.remark(safe);
		else this.#environment.say(`  ${safe}`);
	}
}
