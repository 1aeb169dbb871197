/**
 * Which record of an exchange between two tapped pods counts: it comes from either's side, where its record passes the
 * filters there.
 *
 * Method, path, status and the like are the same at both sides: by them the record of the answering one counts. A
 * Service's address and port are seen where it is asked alone (`via`), translation may give the source another address,
 * and the asking side waits longer. By such filters one side's record may pass where the other's does not, and no record
 * tells that of the other. So of exchanges that are alike (one connection, stream, method, path and status) as many count
 * as the side of which more passed has told: a record counts when its side has told more of them than the other. That
 * is exact where all that passes at one side passes at the other too, whichever that is: addresses and ports are judged
 * alike for a whole connection; a host's port and a least latency pass more at the asking side, a greatest latency at the
 * answering one. Where these pull apart, all records count.
 */
import type { PodName } from '../../client/told-pods.ts';
import { type AddressNames, addressKey } from '../../messaging/address-names.ts';
import type { PeerQuery } from '../../messaging/peer-query.ts';
import { SERVICE_KIND } from '../../messaging/resource-kinds.ts';
import type { TapQuery } from '../../messaging/tap-query.ts';
import { type podwire, wire } from '../../messaging/wire.ts';

type Exchange = podwire.v1.Exchange.$Properties;
type Endpoint = podwire.v1.Endpoint.$Properties;

/** `nested`: all that passes the filters at one side passes at the other. `crosswise`: now this, now that side's does. */
export type SidesJudge = 'alike' | 'nested' | 'crosswise';

/** Kinds of like exchanges that are remembered at least. One that was forgotten begins anew: what its other side has yet to tell counts. */
const MAX_LIKES = 32_768;

/** How many of like exchanges either side has told. */
interface Likes {
	asking: number;
	answering: number;
}

export function sidesJudge({ filters, to, from }: Pick<TapQuery, 'filters' | 'to' | 'from'>): SidesJudge {
	const least = isAsked(filters.minLatencyNanos);
	const greatest = isAsked(filters.maxLatencyNanos);
	if (greatest && (least || to.some(mayBeHost))) return 'crosswise';
	const differs = least || greatest || to.length > 0 || from.length > 0 || (filters.ports ?? []).length > 0;
	return differs ? 'nested' : 'alike';
}

function isAsked(nanos: number | null | undefined): boolean {
	return nanos !== null && nanos !== undefined;
}

/** Judged by what each request names. A resource may stand for hosts too. */
function mayBeHost({ selection }: PeerQuery): boolean {
	return selection.by === 'host' || (selection.by === 'resource' && selection.target.kind === SERVICE_KIND);
}

export class TwoSides {
	readonly #judge: SidesJudge;
	readonly #tells: (pod: PodName) => boolean;
	#likes = new Map<string, Likes>();
	#earlier = new Map<string, Likes>();

	/** `tells`: whether what passes at that pod is told by its own agent. */
	constructor(judge: SidesJudge, tells: (pod: PodName) => boolean) {
		this.#judge = judge;
		this.#tells = tells;
	}

	/** Whether the exchange counts by what the other side has told or will tell. */
	comesAgain(exchange: Exchange, names: AddressNames): boolean {
		const { direction, source, destination } = exchange;
		const asking = direction === wire.Direction.DIRECTION_OUTBOUND;
		if (this.#judge === 'crosswise') return false;
		if (this.#judge === 'alike') return asking && this.#isTold(destination, names);
		if (!asking && direction !== wire.Direction.DIRECTION_INBOUND) return false;
		const side = asking ? 'asking' : 'answering';
		return this.#wasTold(exchange, side, this.#isTold(asking ? destination : source, names));
	}

	#isTold(end: Endpoint | null | undefined, names: AddressNames): boolean {
		if (!end?.ip) return false;
		const address = names.of(end.ip);
		return address.kind === 'pod' && this.#tells(address);
	}

	#wasTold(exchange: Exchange, side: keyof Likes, otherTold: boolean): boolean {
		const key = likeKey(exchange);
		const known = this.#likes.get(key) ?? this.#earlier.get(key);
		if (known === undefined && !otherTold) return false;
		const likes = known ?? { asking: 0, answering: 0 };
		this.#keep(key, likes);
		const most = Math.max(likes.asking, likes.answering);
		++likes[side];
		if (otherTold) return likes[side] <= most;
		// A side that is silent has told what it will: nobody waits for this one to make up for it.
		likes.asking = most + 1;
		likes.answering = most + 1;
		return false;
	}

	#keep(key: string, likes: Likes): void {
		if (this.#likes.size >= MAX_LIKES && !this.#likes.has(key)) {
			this.#earlier = this.#likes;
			this.#likes = new Map();
		}
		this.#likes.set(key, likes);
	}
}

function likeKey({ source, destination, stream, request, response }: Exchange): string {
	const status = `${response?.status ?? ''}/${response?.grpc?.code ?? ''}`;
	const path = textHash(request?.path ?? '');
	return `${endKey(source)} ${endKey(destination)} ${stream ?? ''} ${request?.method ?? ''} ${status} ${path}`;
}

function endKey(end: Endpoint | null | undefined): string {
	return `${end?.ip ? addressKey(end.ip) : ''}:${end?.port ?? 0}`;
}

/** FNV-1a, over UTF-16 units. In place of a path, which may be long; where two have the same, they are taken for alike. */
function textHash(text: string): number {
	let hash = 0x811c9dc5;
	for (let index = 0; index < text.length; ++index) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
	return hash >>> 0;
}
