/** The exchanges that were announced as open and have not ended, so that each is counted once. */
import { addressKey } from '../messaging/address-names.ts';
import { type podwire, wire } from '../messaging/wire.ts';

/** Beyond it the one that was announced first is forgotten; the record that ends it counts as a new exchange. */
export const MAX_OPEN_EXCHANGES = 65_536;

export class OpenExchanges {
	readonly #ids = new Set<number | string>();

	/** Takes note of one record. True when it belongs to an exchange that an earlier record announced. */
	continues(exchange: podwire.v1.Exchange.$Properties): boolean {
		if (exchange.end === wire.End.END_OPEN) return this.#announce(idOf(exchange));
		return this.#ids.size > 0 && this.#ids.delete(idOf(exchange));
	}

	/** An exchange may be announced again, with message counts as they go. */
	#announce(id: number | string): boolean {
		if (this.#ids.has(id)) return true;
		if (this.#ids.size >= MAX_OPEN_EXCHANGES) {
			const [oldest] = this.#ids;
			if (oldest !== undefined) this.#ids.delete(oldest);
		}
		this.#ids.add(id);
		return false;
	}
}

function idOf({ id }: podwire.v1.Exchange.$Properties): number | string {
	return addressKey(id ?? new Uint8Array());
}
