/**
 * Whether what was read of a damaged capture contradicts what was read of the whole one, which logs.test.ts and
 * tshark.test.ts hold against the programs' logs and tshark. An exchange that claims to be complete has to be equal; of any
 * other, each field that is not unknown has to be the true one, and counts may be lower.
 */
import { isDeepStrictEqual } from 'node:util';
import type { CanonicalExchange, Header, Messages } from './canonical-exchange.ts';
import { groupBy } from './group-by.ts';
import type { Undecidable } from './undecidable.ts';

type Part = NonNullable<CanonicalExchange['request']> | NonNullable<CanonicalExchange['response']>;

/** Nothing is said to be missing, and it is not the file that ended. */
export function claimsToBeWhole({ missing, end }: CanonicalExchange): boolean {
	return missing.length === 0 && end !== 'detached' && end !== 'open';
}

/** Everything but its id, which follows from what came before it in the file. */
export function sameExchange(read: CanonicalExchange, whole: CanonicalExchange): boolean {
	return isDeepStrictEqual({ ...read, id: '' }, { ...whole, id: '' });
}

export class Truth {
	readonly #all: readonly CanonicalExchange[];
	readonly #byPlace: Map<string, CanonicalExchange[]>;

	readonly #undecidable: Undecidable | undefined;

	constructor(exchanges: readonly CanonicalExchange[], cannotBeTold?: Undecidable) {
		this.#undecidable = cannotBeTold;
		this.#all = exchanges;
		this.#byPlace = groupBy(exchanges, placeOf);
		// Of a connection whose upgrade to HTTP/2 was not seen whole, the request is one of HTTP/1.
		for (const exchange of exchanges.filter(isUpgradeToHttp2)) {
			this.#byPlace.set(placeOf({ ...exchange, stream: null }), [exchange]);
		}
	}

	/** What is wrong with it; null: nothing. */
	contradiction(read: CanonicalExchange): string | null {
		const candidates = this.#byPlace.get(placeOf(read)) ?? [];
		if (this.#undecidable?.allows(read, candidates)) return null;
		if (candidates.some(isTunnel) && this.#withinTunnel(read)) return null;
		if (candidates.length === 0) return `${shown(read)}: there was no exchange of ${placeOf(read)}`;
		if (!claimsToBeWhole(read)) {
			const reasons = candidates.map((whole) => contradictionOf(read, whole));
			return reasons.includes(null) ? null : `${shown(read)} is none of: ${reasons.join('; ')}`;
		}
		if (candidates.some((whole) => sameExchange(read, whole))) return null;
		const like = candidates.find(({ start }) => start === read.start) ?? candidates[0];
		return `${shown(read)} claims to be whole: ${like && differenceText({ ...read, id: '' }, { ...like, id: '' }, '')}`;
	}

	/** Whose CONNECT was not seen: HTTP within it is HTTP, and was exchanged with the origin too. */
	#withinTunnel(read: CanonicalExchange): boolean {
		return this.#all.some((whole) => contradictionOf({ ...read, start: whole.start }, whole) === null);
	}
}

function isUpgradeToHttp2({ stream, informational }: CanonicalExchange): boolean {
	return stream === 1 && informational.some(({ status }) => status === 101);
}

function isTunnel({ request, end }: CanonicalExchange): boolean {
	return request?.method === 'CONNECT' && end === 'upgraded';
}

function shown({ request, response, start, end, missing }: CanonicalExchange): string {
	return `${request?.method} ${request?.path} ${response?.status} (${start}, ${end}, missing ${missing.join(' ') || 'nothing'})`;
}

function differenceText(read: unknown, whole: unknown, path: string): string {
	if (isDeepStrictEqual(read, whole)) return '';
	if (typeof read !== 'object' || typeof whole !== 'object' || read === null || whole === null) {
		return `${path}: ${JSON.stringify(read)} for ${JSON.stringify(whole)}, `;
	}
	const names = new Set([...Object.keys(read), ...Object.keys(whole)]);
	const field = (from: object, name: string) => (from as Record<string, unknown>)[name];
	return [...names].map((name) => differenceText(field(read, name), field(whole, name), `${path}.${name}`)).join('');
}

/** Connection, and stream of HTTP/2. */
function placeOf({ client, server, stream }: CanonicalExchange): string {
	return `${client} ${server} ${stream}`;
}

function contradictionOf(read: CanonicalExchange, whole: CanonicalExchange): string | null {
	if (read.start < whole.start) return `it begins before ${whole.start}`;
	// Of a head that did not come whole, the fields that came.
	const partly = read.missing.includes('unknown-headers');
	const wrong = [
		// Without its request, the response's version is all that is known; before its upgrade, the request's.
		read.request === null || read.stream !== whole.stream ? null : known(read.protocol, whole.protocol, 'protocol'),
		known(read.reset, whole.reset, 'reset'),
		read.pushed && !whole.pushed ? 'pushed' : null,
		...partContradictions(read.request, whole.request, 'request', partly),
		...partContradictions(read.response, whole.response, 'response', partly),
		known(read.request?.method, whole.request?.method, 'method'),
		known(read.request?.authority, whole.request?.authority, 'authority'),
		known(read.request?.path, whole.request?.path, 'path'),
		known(read.request?.connectProtocol, whole.request?.connectProtocol, 'connectProtocol'),
		known(read.request?.grpcTimeoutNanos, whole.request?.grpcTimeoutNanos, 'grpcTimeoutNanos'),
		known(read.response?.status, whole.response?.status, 'status'),
		known(read.response?.reason, whole.response?.reason, 'reason'),
		known(read.response?.grpc, whole.response?.grpc, 'grpc'),
		informationalContradiction(read, whole),
	].filter((one) => one !== null);
	return wrong.length === 0 ? null : wrong.join(', ');
}

function known(read: unknown, whole: unknown, name: string): string | null {
	return read === null || read === undefined || isDeepStrictEqual(read, whole) ? null : name;
}

function partContradictions(read: Part | null, whole: Part | null, name: string, partly: boolean): (string | null)[] {
	if (read === null) return [];
	if (whole === null) return [name];
	return [
		fieldsContradict(read.headers, whole.headers, partly) ? `${name} headers` : null,
		fieldsContradict(read.trailers, whole.trailers, partly) ? `${name} trailers` : null,
		moreThan(read.bodyBytes, whole.bodyBytes) ? `${name} bodyBytes ${read.bodyBytes} of ${whole.bodyBytes}` : null,
		moreThan(read.wireBytes, whole.wireBytes) ? `${name} wireBytes` : null,
		messagesContradict(read.messages, whole.messages) ? `${name} messages` : null,
	];
}

/** HTTP/2's :method, :scheme, :authority, :path and :protocol come before all others: RFC 9113, section 8.3. */
const MAX_PSEUDO_FIELDS = 5;

/**
 * A head or a trailer is read whole or not at all, unless it is said to be partly known: then those that are known come
 * in their order. Names and values may be unknown, and what has no name may be a pseudo-header field.
 */
function fieldsContradict(read: readonly Header[], whole: readonly Header[], partly: boolean): boolean {
	if (!partly) return read.length > 0 && (read.length !== whole.length || !inOrder(read, whole));
	const nameless = read.findIndex(([name]) => name !== null);
	const pseudo = Math.max(0, read.length - whole.length);
	return (
		pseudo > Math.min(MAX_PSEUDO_FIELDS, nameless < 0 ? read.length : nameless) || !inOrder(read.slice(pseudo), whole)
	);
}

/** Each of `read` is one of `whole`, in the same order. */
function inOrder(read: readonly Header[], whole: readonly Header[]): boolean {
	let at = 0;
	for (const [name, value] of read) {
		while (at < whole.length && !(mayBe(name, whole[at]?.[0]) && mayBe(value, whole[at]?.[1]))) at += 1;
		if (at === whole.length) return false;
		at += 1;
	}
	return true;
}

function mayBe(read: string | null, whole: string | null | undefined): boolean {
	return read === null || read === whole;
}

function moreThan(read: number | null, whole: number | null): boolean {
	return read !== null && (whole === null || read > whole);
}

function messagesContradict(read: Messages | null, whole: Messages | null): boolean {
	if (read === null) return false;
	if (whole === null) return true;
	if (read.closeCode !== null && read.closeCode !== whole.closeCode) return true;
	return Object.entries(read.counts).some(([kind, tally]) => {
		const all = whole.counts[kind as keyof typeof whole.counts];
		return tally.count > (all?.count ?? 0) || (tally.bytes ?? 0) > (all?.bytes ?? 0);
	});
}

/** Those that were seen, in their order. */
function informationalContradiction(read: CanonicalExchange, whole: CanonicalExchange): string | null {
	let from = 0;
	for (const one of read.informational) {
		const at = whole.informational.findIndex(
			(other, index) =>
				index >= from && other.status === one.status && !fieldsContradict(one.headers, other.headers, false),
		);
		if (at < 0) return 'informational';
		from = at + 1;
	}
	return null;
}
