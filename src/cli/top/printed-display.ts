/** `podwire top` in a pipe: the table after each interval, and at the end. */
import type { Clock, Timer } from '../../messaging/clock.ts';
import type { podwire } from '../../messaging/wire.ts';
import { ExchangeDisplay } from '../exchange-display.ts';
import { StdoutWriter } from '../stdout-writer.ts';
import type { DisplayCircumstances, TapDisplay } from '../tap-session.ts';
import type { PrintedTable, TableWriter } from './printed-tables.ts';
import { rowViews } from './row-views.ts';
import { TrafficFormat } from './traffic-format.ts';
import type { TrafficRow } from './traffic-row.ts';
import type { TrafficTable } from './traffic-table.ts';
import { type SidesJudge, TwoSides } from './two-sides.ts';

/** The reader of stdout has this long for the last table. */
const LAST_TABLE_TIMEOUT_MS = 2_000;

export interface PrintedDisplayOptions {
	readonly table: TrafficTable;
	/** By the filters of the tap. */
	readonly sides: SidesJudge;
	readonly write: TableWriter;
	readonly intervalMs: number;
	readonly stdout: NodeJS.WritableStream;
	readonly clock: Clock;
}

export class PrintedDisplay implements TapDisplay {
	readonly #options: PrintedDisplayOptions;
	readonly #ledger: DisplayCircumstances['ledger'];
	readonly #writer: StdoutWriter;
	readonly #display: ExchangeDisplay;
	/** By row, what it had counted when it was printed last. */
	#printed = new Map<string, number>();
	#printedCount = 0;
	#startedMs = 0;
	#printedMs = 0;
	#timer: Timer | null = null;

	constructor(options: PrintedDisplayOptions, { ledger, limits, end }: DisplayCircumstances) {
		const { table, sides, clock, stdout } = options;
		this.#options = options;
		this.#ledger = ledger;
		this.#writer = new StdoutWriter(stdout as NodeJS.WriteStream, end);
		this.#display = new ExchangeDisplay({
			format: new TrafficFormat(table, clock, new TwoSides(sides, (pod) => ledger.tells(pod))),
			sink: { write: () => undefined },
			ledger,
			maxRequests: limits.maxRequests,
		});
	}

	get limitReached(): boolean {
		return this.#display.limitReached;
	}

	async begin(): Promise<void> {
		this.#startedMs = this.#options.clock.nowMs();
		this.#printedMs = this.#startedMs;
		this.#schedule(1);
	}

	show(batch: podwire.v1.TapBatch): void {
		this.#display.show(batch);
	}

	/** Counting goes on while the reader is slow: tables are left out then, and no exchange is. */
	ready(): null {
		return null;
	}

	async finish(begun: boolean): Promise<void> {
		this.#timer?.cancel();
		if (begun) {
			this.#display.finish();
			this.#print(true);
		}
		if (!(await this.#writer.finish(LAST_TABLE_TIMEOUT_MS))) this.#ledger.uncounted('stdout took no more');
	}

	/** `turn`: 1 for the first table; each keeps to its time whatever the one before took. */
	#schedule(turn: number): void {
		const { clock, intervalMs } = this.#options;
		const delayMs = this.#startedMs + turn * intervalMs - clock.nowMs();
		this.#timer = clock.setTimeout(() => {
			if (!this.#writer.full) this.#print(false);
			this.#schedule(Math.max(turn, Math.floor((clock.nowMs() - this.#startedMs) / intervalMs)) + 1);
		}, delayMs);
	}

	#print(final: boolean): void {
		const { table, write, clock } = this.#options;
		const nowMs = clock.nowMs();
		const seconds = Math.max(1, nowMs - (final ? this.#startedMs : this.#printedMs)) / 1_000;
		const since = (count: number, before: number) => (final ? count : count - before) / seconds;
		const perSecond = (row: TrafficRow) => since(row.count, this.#printed.get(row.id) ?? 0);
		const printed: PrintedTable = {
			table,
			rows: rowViews(table, nowMs, perSecond),
			perSecond: since(table.count, this.#printedCount),
			elapsedMs: nowMs - this.#startedMs,
			wallMs: clock.wallMs(),
			final,
			truth: this.#ledger.report(final),
		};
		this.#writer.write(write(printed));
		this.#printed = new Map(table.rows.map(({ id, count }) => [id, count]));
		this.#printedCount = table.count;
		this.#printedMs = nowMs;
	}
}
