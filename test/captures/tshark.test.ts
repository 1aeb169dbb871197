/**
 * Every capture as a whole: tshark, which shares no code with Podwire, has the same exchanges with the same method, path,
 * status, header names and values in their order, trailers, and body lengths.
 */
import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import type { CanonicalExchange, Header } from './canonical-exchange.ts';
import { captureNames, pcapOf } from './capture-files.ts';
import { groupBy } from './group-by.ts';
import { readExchanges } from './read-exchanges.ts';
import { keptTsharkExchanges, type TsharkExchange, tsharkExchanges } from './tshark-exchanges.ts';
import { type Difference, explains, limitsOf } from './tshark-limits.ts';

type Field = keyof TsharkExchange;

/** The n-th of a stream, or of a connection of HTTP/1, is the n-th of it in the other list. */
function differences(read: readonly TsharkExchange[], expected: readonly TsharkExchange[]): Difference[] {
	const place = ({ client, server, stream }: TsharkExchange) => `${client} ${server} ${stream}`;
	const waiting = groupBy(read, place);
	const found: Difference[] = [];
	for (const theirs of expected) {
		const ours = waiting.get(place(theirs))?.shift();
		const where = `${theirs.method} ${theirs.path}`;
		if (ours === undefined) {
			found.push({ where, field: 'exchange', podwire: null, tshark: place(theirs) });
			continue;
		}
		for (const field of Object.keys(theirs) as Field[]) {
			if (isDeepStrictEqual(ours[field], theirs[field])) continue;
			found.push({ where, field, podwire: ours[field], tshark: theirs[field] });
		}
	}
	for (const ours of [...waiting.values()].flat()) {
		found.push({ where: `${ours.method} ${ours.path}`, field: 'exchange', podwire: place(ours), tshark: null });
	}
	return found;
}

function asTsharkHas(exchange: CanonicalExchange): TsharkExchange {
	const { request, response } = exchange;
	return {
		client: exchange.client,
		server: exchange.server,
		stream: exchange.stream,
		protocol: exchange.protocol,
		method: request?.method ?? null,
		authority: request?.authority ?? null,
		path: request?.path ?? null,
		status: response?.status ?? null,
		informational: exchange.informational.map(({ status }) => status),
		requestHeaders: pairs(request?.headers),
		responseHeaders: pairs(response?.headers),
		requestTrailers: pairs(request?.trailers),
		responseTrailers: pairs(response?.trailers),
		requestBodyBytes: request?.bodyBytes ?? 0,
		responseBodyBytes: response?.bodyBytes ?? 0,
	};
}

function pairs(headers: readonly Header[] = []): [string, string][] {
	return headers.map(([name, value]) => [name ?? '(unknown)', value ?? '(unknown)']);
}

for (const name of captureNames()) {
	test(`${name}: as tshark has it`, async (t) => {
		const { exchanges } = await readExchanges(pcapOf(name));
		const { exchanges: expected } = keptTsharkExchanges(name);
		const found = differences(exchanges.map(asTsharkHas), expected);
		const limits = limitsOf(name);
		t.deepEqual(
			found.filter((difference) => !limits.some((limit) => explains(limit, difference))),
			[],
		);
		// Nor does the table excuse what does not happen.
		t.deepEqual(
			limits.filter((limit) => !found.some((difference) => explains(limit, difference))),
			[],
		);
	});
}

/** What is kept is what tshark says: of one capture of each kind, as each takes a second. */
for (const name of ['http1-node', 'http2-node'].filter((one) => captureNames().includes(one))) {
	test(`${name}: what is kept of tshark is what it says`, async (t) => {
		const kept = keptTsharkExchanges(name);
		const now = await tsharkExchanges(name);
		// Another version may see more.
		if (now.version === kept.version) t.deepEqual(now.exchanges, kept.exchanges);
		else t.is(now.exchanges.length, kept.exchanges.length);
	});
}
