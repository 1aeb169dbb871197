/**
 * Takes exchanges as a form of output does, once each has ended, and counts them in a table instead of writing them.
 * Between two tapped pods each exchange comes twice, from either's side: it counts where it is answered.
 */
import type { PodName } from '../../client/told-pods.ts';
import type { Clock } from '../../messaging/clock.ts';
import type { ExchangeContext } from '../../messaging/exchange-json.ts';
import { type podwire, wire } from '../../messaging/wire.ts';
import type { ExchangeFormat } from '../exchange-format.ts';
import { Ends } from './ends.ts';
import type { TrafficTable } from './traffic-table.ts';

export class TrafficFormat implements ExchangeFormat {
	readonly endedOnly = true;
	readonly #table: TrafficTable;
	readonly #clock: Clock;
	readonly #tells: (pod: PodName) => boolean;
	#ends: Ends | null = null;

	/** `tells`: whether what passes at that pod is told by its own agent. */
	constructor(table: TrafficTable, clock: Clock, tells: (pod: PodName) => boolean) {
		this.#table = table;
		this.#clock = clock;
		this.#tells = tells;
	}

	format(exchange: podwire.v1.Exchange.$Properties, { names }: ExchangeContext): string {
		// A stream has one set of names.
		this.#ends ??= new Ends(names);
		if (!this.#comesAgain(exchange, names)) this.#table.record(exchange, this.#ends, this.#clock.nowMs());
		return '';
	}

	#comesAgain({ direction, destination }: podwire.v1.Exchange.$Properties, names: ExchangeContext['names']): boolean {
		if (direction !== wire.Direction.DIRECTION_OUTBOUND || !destination?.ip) return false;
		const answering = names.of(destination.ip);
		return answering.kind === 'pod' && this.#tells(answering);
	}
}
