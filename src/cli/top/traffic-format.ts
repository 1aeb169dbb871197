/**
 * Takes exchanges as a form of output does, once each has ended, and counts them in a table instead of writing them.
 * Between two tapped pods each exchange comes twice, from either's side, and counts once.
 */
import type { Clock } from '../../messaging/clock.ts';
import type { ExchangeContext } from '../../messaging/exchange-json.ts';
import type { podwire } from '../../messaging/wire.ts';
import type { ChoosingFormat } from '../exchange-display.ts';
import { Ends } from './ends.ts';
import type { TrafficTable } from './traffic-table.ts';
import type { TwoSides } from './two-sides.ts';

export class TrafficFormat implements ChoosingFormat {
	readonly endedOnly = true;
	tookLast = true;
	readonly #table: TrafficTable;
	readonly #clock: Clock;
	readonly #sides: TwoSides;
	#ends: Ends | null = null;

	constructor(table: TrafficTable, clock: Clock, sides: TwoSides) {
		this.#table = table;
		this.#clock = clock;
		this.#sides = sides;
	}

	format(exchange: podwire.v1.Exchange.$Properties, { names }: ExchangeContext): string {
		// A stream has one set of names.
		this.#ends ??= new Ends(names);
		this.tookLast = !this.#sides.comesAgain(exchange, names);
		if (this.tookLast) this.#table.record(exchange, this.#ends, this.#clock.nowMs());
		return '';
	}
}
