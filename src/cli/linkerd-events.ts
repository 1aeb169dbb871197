/** The events that `linkerd viz tap` tells of one exchange, each once: for `-o linkerd` and `-o linkerd-json`. */
import { MAX_OPEN_EXCHANGES } from '../client/open-exchanges.ts';
import { addressKey } from '../messaging/address-names.ts';
import { type podwire, wire } from '../messaging/wire.ts';

type Exchange = podwire.v1.Exchange.$Properties;

/** Request init, response init, response end. */
export type LinkerdEvent = 'req' | 'rsp' | 'end';

/** Unsigned 32-bit numbers; the halves of the exchange's id. */
export interface LinkerdId {
	readonly base: number;
	readonly stream: number;
}

const ID_BYTES = 8;
const NO_ID = new Uint8Array(ID_BYTES);

export function linkerdId({ id }: Exchange): LinkerdId {
	const bytes = id?.length === ID_BYTES ? id : NO_ID;
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	return { base: view.getUint32(0), stream: view.getUint32(ID_BYTES / 2) };
}

export class LinkerdEvents {
	/** What was told of open exchanges. Of more than MAX_OPEN_EXCHANGES the oldest is forgotten, and told anew when it ends. */
	readonly #told = new Map<number | string, readonly LinkerdEvent[]>();

	/** In their order; those that an earlier record of the exchange told are not told again. */
	of(exchange: Exchange): readonly LinkerdEvent[] {
		const known = knownEvents(exchange);
		const open = exchange.end === wire.End.END_OPEN;
		if (!open && this.#told.size === 0) return known;
		const key = addressKey(exchange.id ?? NO_ID);
		const told = this.#told.get(key) ?? [];
		const news = known.filter((event) => !told.includes(event));
		if (open) this.#remember(key, [...told, ...news]);
		else this.#told.delete(key);
		return news;
	}

	#remember(key: number | string, told: readonly LinkerdEvent[]): void {
		if (this.#told.size >= MAX_OPEN_EXCHANGES && !this.#told.has(key)) {
			const [oldest] = this.#told.keys();
			if (oldest !== undefined) this.#told.delete(oldest);
		}
		this.#told.set(key, told);
	}
}

function knownEvents(exchange: Exchange): LinkerdEvent[] {
	const events: LinkerdEvent[] = [];
	if (isKnown(exchange.request?.method)) events.push('req');
	if (isKnown(exchange.response?.status)) events.push('rsp');
	if (endIsKnown(exchange)) events.push('end');
	return events;
}

/** An exchange that is no longer watched has not ended; the end of a response that was not seen is not known. */
function endIsKnown({ end, response, missing }: Exchange): boolean {
	if (!end || end === wire.End.END_OPEN || end === wire.End.END_DETACHED) return false;
	return Boolean(response) || !missing?.includes(wire.Missing.MISSING_NO_RESPONSE);
}

/** From the response's first byte to its last one; null when that is not known. */
export function sinceResponseNanos({ durationNanos, firstResponseByteNanos }: Exchange): number | null {
	if (!isKnown(durationNanos) || !isKnown(firstResponseByteNanos)) return null;
	return Math.max(0, durationNanos - firstResponseByteNanos);
}

/** Null: not known. An exchange that ended without any response had 0 bytes of one. */
export function responseBytes({ response }: Exchange): number | null {
	return response ? (response.bodyBytes ?? null) : 0;
}

export function isKnown<Value>(value: Value | null | undefined): value is Value {
	return value !== null && value !== undefined;
}
