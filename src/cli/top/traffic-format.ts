/** Takes exchanges as a form of output does, once each has ended, and counts them in a table instead of writing them. */
import type { Clock } from '../../messaging/clock.ts';
import type { ExchangeContext } from '../../messaging/exchange-json.ts';
import type { podwire } from '../../messaging/wire.ts';
import type { ExchangeFormat } from '../exchange-format.ts';
import { Ends } from './ends.ts';
import type { TrafficTable } from './traffic-table.ts';

export class TrafficFormat implements ExchangeFormat {
	readonly endedOnly = true;
	readonly #table: TrafficTable;
	readonly #clock: Clock;
	#ends: Ends | null = null;

	constructor(table: TrafficTable, clock: Clock) {
		this.#table = table;
		this.#clock = clock;
	}

	format(exchange: podwire.v1.Exchange.$Properties, { names }: ExchangeContext): string {
		// A stream has one set of names.
		this.#ends ??= new Ends(names);
		this.#table.record(exchange, this.#ends, this.#clock.nowMs());
		return '';
	}
}
