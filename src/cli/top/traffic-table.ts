/**
 * Counts exchanges in rows. They are kept at the finest key, by pods, method, route and status, so that any grouping is
 * their exact sum, and are counted in the rows of the present grouping as they come.
 */

import { grpcStatusName } from '../../messaging/grpc-status.ts';
import { type podwire, wire } from '../../messaging/wire.ts';
import { type Ends, OTHER_END } from './ends.ts';
import { groupKey, rowId } from './grouping.ts';
import { keptExchange } from './latest-exchanges.ts';
import { OTHER, type Routes } from './routes.ts';
import type { Grouping } from './table-words.ts';
import { type TrafficKey, TrafficRow } from './traffic-row.ts';

type Exchange = podwire.v1.Exchange.$Properties;

/** Rows at the finest key. Beyond it sources, and then everything, are folded into OTHER. */
export const MAX_ROWS = 1_000;
/** Rows more for those whose sources are folded. */
export const MAX_FOLDED_ROWS = 256;
const UNKNOWN = '?';
const NO_STATUS = '-';

export interface TrafficTableOptions {
	readonly routes: Routes;
	readonly by: Grouping;
	readonly hideSources: boolean;
	/** Whether rows can be opened. */
	readonly keepsLatest: boolean;
	readonly maxRows?: number;
	readonly maxFoldedRows?: number;
}

interface FineRow {
	readonly row: TrafficRow;
	/** Of the present grouping. */
	group: TrafficRow;
}

export class TrafficTable {
	readonly #options: TrafficTableOptions;
	readonly #fine = new Map<string, FineRow>();
	#groups = new Map<string, TrafficRow>();
	#by: Grouping;
	#count = 0;
	#failed = 0;
	#foldedExchanges = 0;

	constructor(options: TrafficTableOptions) {
		this.#options = options;
		this.#by = options.by;
	}

	get by(): Grouping {
		return this.#by;
	}

	get hidesSources(): boolean {
		return this.#options.hideSources;
	}

	/** Of the present grouping, in the order in which they came. */
	get rows(): readonly TrafficRow[] {
		return [...this.#groups.values()];
	}

	get count(): number {
		return this.#count;
	}

	get failed(): number {
		return this.#failed;
	}

	/** Exchanges that are in rows whose source, or all of whose key, is OTHER. */
	get foldedExchanges(): number {
		return this.#foldedExchanges;
	}

	/** As Routes has it. */
	get foldedRoutes(): number {
		return this.#options.routes.foldedRoutes;
	}

	/** `exchange`: an ended one. Times of one exchange are not before those of an earlier one. */
	record(exchange: Exchange, ends: Ends, nowMs: number): void {
		const source = this.#options.hideSources ? null : ends.source(exchange.source);
		const destination = ends.destination(exchange.destination);
		const key: TrafficKey = {
			source,
			destination,
			method: exchange.request?.method ?? UNKNOWN,
			route: this.#options.routes.of(exchange.request),
			status: statusOf(exchange),
		};
		const { row, group } = this.#fineRow(key);
		const kept = this.#options.keepsLatest
			? keptExchange(exchange, { source, destination, sequence: this.#count })
			: null;
		const failedBefore = row.failed;
		row.record(exchange, kept, nowMs);
		group.record(exchange, kept, nowMs);
		++this.#count;
		this.#failed += row.failed - failedBefore;
	}

	groupBy(by: Grouping): void {
		if (by === this.#by) return;
		this.#by = by;
		this.#groups = new Map();
		for (const fine of this.#fine.values()) {
			fine.group = this.#groupOf(fine.row.key);
			fine.group.add(fine.row);
		}
	}

	#fineRow(key: TrafficKey): FineRow {
		const { maxRows = MAX_ROWS, maxFoldedRows = MAX_FOLDED_ROWS } = this.#options;
		const id = rowId(key);
		const known = this.#fine.get(id);
		if (known !== undefined) return known;
		if (this.#fine.size < maxRows) return this.#newFineRow(id, key);
		++this.#foldedExchanges;
		if (key.source === null) return this.#lastRow(true);
		return this.#foldedRow({ ...key, source: OTHER_END }, maxRows + maxFoldedRows) ?? this.#lastRow(false);
	}

	#foldedRow(key: TrafficKey, maxRows: number): FineRow | null {
		const id = rowId(key);
		return this.#fine.get(id) ?? (this.#fine.size < maxRows ? this.#newFineRow(id, key) : null);
	}

	/** The one row beyond all bounds. */
	#lastRow(hidden: boolean): FineRow {
		const key = {
			source: hidden ? null : OTHER_END,
			destination: OTHER_END,
			method: OTHER,
			route: OTHER,
			status: OTHER,
		};
		const id = rowId(key);
		return this.#fine.get(id) ?? this.#newFineRow(id, key);
	}

	#newFineRow(id: string, key: TrafficKey): FineRow {
		const fine = { row: new TrafficRow(id, key), group: this.#groupOf(key) };
		this.#fine.set(id, fine);
		return fine;
	}

	#groupOf(fineKey: TrafficKey): TrafficRow {
		const { id, key } = groupKey(this.#by, fineKey);
		let group = this.#groups.get(id);
		if (group === undefined) {
			group = new TrafficRow(id, key);
			this.#groups.set(id, group);
		}
		return group;
	}
}

/** Of gRPC the name of its status; otherwise that of HTTP, or how it ended without one. */
function statusOf({ response, end }: Exchange): string {
	if (response?.grpc) return grpcStatusName(response.grpc.code ?? 0) ?? `grpc ${response.grpc.code}`;
	if (response?.status) return String(response.status);
	if (end === wire.End.END_RESET) return 'reset';
	return end === wire.End.END_CLOSED ? 'closed' : NO_STATUS;
}
