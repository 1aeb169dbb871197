/** Exchanges as they are read from a batch, of which nothing may stay but what is shown. */
import test from 'ava';
import picocolors from 'picocolors';
import { exchangeLines } from '../../../src/cli/top/exchange-lines.ts';
import { type KeptExchange, keptExchange, MAX_HEADER_LENGTH } from '../../../src/cli/top/latest-exchanges.ts';
import { BatchReader } from '../../../src/client/batch-reader.ts';
import { ReadExchange } from '../../../src/client/read-exchange.ts';
import { type podwire, wire } from '../../../src/messaging/wire.ts';
import { plainExchange } from '../../client/plain-exchange.ts';
import { RandomExchanges } from '../../client/random-exchanges.ts';
import { CART, type Exchange, GRPC_GET } from '../exchanges.ts';

const END = { namespace: '', workload: 'x', pod: 'x' };
const BODY = { content: new Uint8Array(100) };
const NONE = { source: null, destination: null, id: null, direction: null, protocol: null, tls: null, stream: null };

function asRead(exchange: Exchange): Exchange {
	const bytes = wire.TapBatch.encode({ exchanges: [exchange, CART] }).finish();
	const [read] = new BatchReader().read(bytes).exchanges;
	return read as Exchange;
}

const kept = (exchange: Exchange): KeptExchange =>
	keptExchange(exchange, { source: null, destination: END, sequence: 0 });

/** Everything that is reachable from it. */
function within(value: unknown): object[] {
	if (typeof value !== 'object' || value === null) return [];
	return [value, ...Object.values(value).flatMap(within)];
}

const firstLine = (exchange: Exchange) =>
	exchangeLines([kept(exchange)], { colours: picocolors.createColors(false), utc: true, width: 200 })[0];

const long = Array.from({ length: 3 }, (_, index) => ({ name: `h${index}`, value: 'v'.repeat(MAX_HEADER_LENGTH / 2) }));

test('an opened row shows method and path of what has a body or more headers than are kept', (t) => {
	const { request } = CART;
	const expected = firstLine(CART);
	t.regex(expected ?? '', /GET \/api\/cart\?id=7 {2}200/);
	t.true(asRead(CART) instanceof ReadExchange);
	t.is(firstLine(asRead(CART)), expected);
	t.is(firstLine(asRead({ ...CART, request: { ...request, body: BODY } })), expected);
	t.is(firstLine(asRead({ ...CART, request: { ...request, headers: long } })), expected);
});

test('headers and trailers are kept together up to a bound, the others are counted', (t) => {
	const trailers = [{ name: 't', value: 'v'.repeat(20) }];
	const response = { status: 200, reason: 'OK', headers: long.slice(0, 1), trailers: [...trailers, ...long] };
	const { exchange, headersLeftOut } = kept(asRead({ ...CART, request: { headers: long }, response }));
	t.deepEqual([exchange.request?.headers?.length, exchange.response?.headers?.length], [1, 1]);
	t.deepEqual(
		exchange.response?.trailers?.map(({ name }) => name),
		['t'],
	);
	t.is(exchange.response?.reason, 'OK');
	t.is(headersLeftOut, 2 + 3);
});

test('nothing of the batch is kept, and all that is shown', (t) => {
	const random = new RandomExchanges(7);
	random.usual = true;
	const exchanges: podwire.v1.Exchange.$Properties[] = [CART, GRPC_GET];
	for (let round = 0; round < 300; ++round) exchanges.push(random.exchange());
	for (const exchange of exchanges) {
		const read = asRead(exchange);
		const { exchange: copy, headersLeftOut } = kept(read);
		const reachable = within(copy);
		t.false(reachable.some((object) => ArrayBuffer.isView(object)));
		t.true(reachable.every((object) => [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(object))));
		t.is(headersLeftOut, 0);
		const withoutBodies = {
			...plainExchange(read),
			...{ ...NONE, informational: [] },
			request: read.request ? { ...plainMessage(read.request), body: null } : null,
			response: read.response ? { ...plainMessage(read.response), body: null } : null,
		};
		t.deepEqual(asObject(copy), asObject(withoutBodies));
	}
});

function plainMessage<Key extends 'request' | 'response'>(message: NonNullable<Exchange[Key]>): object {
	const plain = plainExchange({ request: message, response: message }) as { request: object; response: object };
	return 'path' in message ? plain.request : plain.response;
}

function asObject(exchange: object) {
	return wire.Exchange.toObject(wire.Exchange.create(exchange), { defaults: true, bytes: Array });
}
