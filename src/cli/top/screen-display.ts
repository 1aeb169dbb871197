/** `podwire top` on a terminal: a live table over the full screen. */
import type { Key } from 'ink';
import type { Clock, Timer } from '../../messaging/clock.ts';
import type { podwire } from '../../messaging/wire.ts';
import type { Colours } from '../colours.ts';
import { ExchangeDisplay } from '../exchange-display.ts';
import { countOf } from '../measures.ts';
import type { DisplayCircumstances, TapDisplay } from '../tap-session.ts';
import { foldedText } from './folded-text.ts';
import { type Frame, frame, type OpenedRow, type Snapshot } from './frame.ts';
import { Latencies } from './latencies.ts';
import type { TopOptions } from './options.ts';
import { RateWindow } from './rate-window.ts';
import { rowViews } from './row-views.ts';
import type { Screen } from './screen.ts';
import { pressed, type ScreenState } from './screen-state.ts';
import { TrafficFormat } from './traffic-format.ts';
import type { TrafficTable } from './traffic-table.ts';
import { type SidesJudge, TwoSides } from './two-sides.ts';

/** Remarks that are said again when the terminal is as it was. */
const KEPT_REMARKS = 20;
/** Of a terminal that does not say. */
const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

export interface ScreenDisplayOptions {
	readonly table: TrafficTable;
	/** By the filters of the tap. */
	readonly sides: SidesJudge;
	readonly options: TopOptions;
	readonly stdout: NodeJS.WriteStream;
	readonly stdin: NodeJS.ReadStream;
	readonly clock: Clock;
	readonly colours: Colours;
	readonly utc: boolean;
	readonly say: (line: string) => void;
	/** As Ctrl-C does where the terminal does not hand it over as a key. */
	readonly interrupt: () => void;
}

export class ScreenDisplay implements TapDisplay {
	readonly #options: ScreenDisplayOptions;
	readonly #circumstances: DisplayCircumstances;
	readonly #display: ExchangeDisplay;
	readonly #rate = new RateWindow();
	readonly #remarks: string[] = [];
	#remarksLeftOut = 0;
	#state: ScreenState;
	#title = '';
	#startedMs = 0;
	#snapshot: Snapshot | null = null;
	/** What opened rows were when the screen was paused. */
	readonly #pausedRows = new Map<string, OpenedRow>();
	#frame: Frame | null = null;
	#screen: Screen | null = null;
	#timer: Timer | null = null;
	#failure: { readonly error: unknown } | null = null;
	#closed = false;

	constructor(options: ScreenDisplayOptions, circumstances: DisplayCircumstances) {
		const { table, sides, clock } = options;
		const { by, sort, descending } = options.options;
		this.#options = options;
		this.#circumstances = circumstances;
		this.#display = new ExchangeDisplay({
			format: new TrafficFormat(table, clock, new TwoSides(sides, (pod) => circumstances.ledger.tells(pod))),
			sink: { write: () => undefined },
			ledger: circumstances.ledger,
			maxRequests: circumstances.limits.maxRequests,
		});
		this.#state = { mode: 'table', by, sort, descending, filter: '', paused: false, chosen: null, scrolled: 0 };
	}

	get limitReached(): boolean {
		return this.#display.limitReached;
	}

	async begin(description: string): Promise<void> {
		this.#title = description;
		this.#startedMs = this.#options.clock.nowMs();
		// React tells what it is developed with from what it is used with by this variable.
		process.env.NODE_ENV ??= 'production';
		const { openScreen } = await import('./screen.ts');
		if (this.#closed) return;
		const { stdout, stdin } = this.#options;
		this.#screen = openScreen({
			stdout,
			stdin,
			onKey: (input, key) => this.#guarded(() => this.#pressed(input, key)),
			onFailure: (error) => this.#fail(error),
		});
		stdout.on('resize', this.#resized);
		this.#guarded(() => this.#tick());
	}

	show(batch: podwire.v1.TapBatch): void {
		const before = this.#options.table.count;
		this.#display.show(batch);
		this.#rate.record(this.#options.clock.nowMs(), this.#options.table.count - before);
	}

	remark(text: string): void {
		if (this.#remarks.length >= KEPT_REMARKS) {
			this.#remarks.shift();
			++this.#remarksLeftOut;
		}
		this.#remarks.push(text);
		if (this.#closed) this.#options.say(`  ${text}`);
		else this.#guarded(() => this.#draw());
	}

	/** A terminal takes what it is given. */
	ready(): null {
		return null;
	}

	/** The terminal is the user's at once, while the last counts are waited for. */
	ending(): void {
		this.#close();
	}

	async finish(begun: boolean): Promise<void> {
		this.#close();
		if (begun) this.#display.finish();
		if (this.#failure !== null) throw this.#failure.error;
	}

	/** Whatever goes wrong with the screen ends the tap, and is told when the terminal is as it was. */
	#guarded(action: () => void): void {
		try {
			action();
		} catch (error) {
			this.#fail(error);
		}
	}

	#fail(error: unknown): void {
		this.#failure ??= { error };
		this.#circumstances.end();
	}

	#close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#timer?.cancel();
		this.#options.stdout.off('resize', this.#resized);
		this.#screen?.close();
		const { say } = this.#options;
		if (this.#remarksLeftOut > 0) say(`  (${countOf(this.#remarksLeftOut, 'earlier remark')} left out)`);
		for (const remark of this.#remarks) say(`  ${remark}`);
	}

	#tick(): void {
		if (!this.#state.paused) this.#take();
		this.#draw();
		const { clock, options } = this.#options;
		this.#timer = clock.setTimeout(() => this.#guarded(() => this.#tick()), options.intervalMs);
	}

	#take(): void {
		const { table, clock } = this.#options;
		const nowMs = clock.nowMs();
		this.#pausedRows.clear();
		this.#snapshot = {
			rows: rowViews(table, nowMs, ({ rate }) => rate.perSecond(nowMs, this.#startedMs)),
			count: table.count,
			failed: table.failed,
			perSecond: this.#rate.perSecond(nowMs, this.#startedMs),
			elapsedMs: nowMs - this.#startedMs,
			folded: foldedText(table),
			truth: this.#circumstances.ledger.report(false),
		};
	}

	#pressed(input: string, key: Key): void {
		if (this.#frame === null || this.#closed) return;
		const state = pressed(this.#state, input, key, this.#frame.contents);
		if (state === 'quit') {
			this.#options.interrupt();
			return;
		}
		const goesOn = this.#state.paused && !state.paused;
		const regrouped = state.by !== this.#state.by;
		this.#state = state;
		if (regrouped) this.#options.table.groupBy(state.by);
		if (regrouped || goesOn) this.#take();
		this.#draw();
	}

	readonly #resized = (): void => this.#guarded(() => this.#draw());

	#draw(): void {
		if (this.#snapshot === null || this.#screen === null || this.#closed) return;
		const { stdout, colours, utc, table } = this.#options;
		this.#frame = frame({
			title: this.#title,
			snapshot: this.#snapshot,
			opened: this.#opened(),
			hidesSources: table.hidesSources,
			state: this.#state,
			remark: this.#remarks.at(-1) ?? null,
			colours,
			utc,
			width: stdout.columns || USUAL_COLUMNS,
			height: stdout.rows || USUAL_ROWS,
		});
		this.#screen.show(this.#frame.lines);
	}

	#opened(): OpenedRow | null {
		const { mode, chosen, paused } = this.#state;
		if (chosen === null || (mode !== 'exchanges' && mode !== 'histogram')) return null;
		const before = this.#pausedRows.get(chosen);
		if (before !== undefined) return before;
		const row = this.#options.table.rows.find(({ id }) => id === chosen);
		if (row === undefined) return null;
		if (!paused) return { latest: row.latest.all, latencies: row.latencies };
		const latencies = new Latencies();
		latencies.add(row.latencies);
		const opened = { latest: row.latest.all, latencies };
		this.#pausedRows.set(chosen, opened);
		return opened;
	}
}
