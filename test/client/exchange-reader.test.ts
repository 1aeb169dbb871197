/** What the reader makes of exchanges, beside what the generated code makes of the same bytes. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import protobuf from 'protobufjs';
import { BatchReader, type ReceivedBatch } from '../../src/client/batch-reader.ts';
import { MalformedBatchError } from '../../src/client/errors.ts';
import { ExchangeReader } from '../../src/client/exchange-reader.ts';
import { headersIn, restoreHeaders, UnknownHeaderError } from '../../src/messaging/shared-headers.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import * as fields from '../../src/messaging/wire-fields.ts';
import { plainExchange } from './plain-exchange.ts';
import { RandomExchanges } from './random-exchanges.ts';
import { sharedBatch } from './shared-batch.ts';

type Exchange = podwire.v1.Exchange.$Properties;

const ROUNDS = 1500;
const schema = protobuf
	.parse(readFileSync(new URL('../../proto/podwire.proto', import.meta.url), 'utf8'))
	.root.lookup('podwire.v1') as protobuf.Namespace;

const WIRE_TYPES: Readonly<Record<string, number>> = { bytes: 2, string: 2, fixed32: 5, fixed64: 7 };

function wireType(field: protobuf.Field): number {
	field.resolve();
	if (field.repeated || field.resolvedType instanceof protobuf.Type) return 2;
	return WIRE_TYPES[field.type] ?? 0;
}

for (const [name, table] of Object.entries({
	Exchange: fields.EXCHANGE,
	Endpoint: fields.ENDPOINT,
	Via: fields.VIA,
	Request: fields.REQUEST,
	Response: fields.RESPONSE,
	Header: fields.HEADER,
})) {
	test(`the table of ${name} has the numbers and types of the schema`, (t) => {
		const expected = schema
			.lookupType(name)
			.fieldsArray.map((field) => [field.name, (field.id << 3) | wireType(field)]);
		t.deepEqual({ ...table }, Object.fromEntries(expected));
	});
}

/** As an object of every member, to be compared. */
function whole(exchange: Exchange) {
	return wire.Exchange.toObject(wire.Exchange.create(plainExchange(exchange)), {
		defaults: true,
		bytes: Array,
	});
}

test('random exchanges are read as the generated code reads them', (t) => {
	const random = new RandomExchanges(20_261_123);
	const reader = new ExchangeReader();
	for (let round = 0; round < ROUNDS; ++round) {
		random.usual = round % 2 === 0;
		const bytes = wire.Exchange.encode(random.exchange()).finish();
		t.deepEqual(whole(reader.read(bytes, 0, bytes.length)), whole(wire.Exchange.decode(bytes)));
	}
});

test('what is read encodes to what was read', (t) => {
	const random = new RandomExchanges(11);
	const reader = new ExchangeReader();
	random.usual = true;
	for (let round = 0; round < ROUNDS; ++round) {
		const bytes = wire.Exchange.encode(random.exchange()).finish();
		const read = reader.read(bytes, 0, bytes.length);
		const again = wire.Exchange.encode(wire.Exchange.create(plainExchange(read))).finish();
		t.deepEqual(whole(wire.Exchange.decode(again)), whole(wire.Exchange.decode(bytes)));
	}
});

function wholeBatch(batch: ReceivedBatch) {
	const { exchanges, headerTable: _, ...facts } = batch as ReceivedBatch & { headerTable?: unknown };
	return {
		...wire.TapBatch.toObject(wire.TapBatch.create(facts), { bytes: Array }),
		exchanges: [...exchanges].map(whole),
	};
}

/** The decoder's error by its name, or what was read. */
function outcome(read: () => unknown): unknown {
	try {
		return read();
	} catch (error) {
		const { cause, name } = error as Error;
		return cause instanceof Error ? cause.name : name;
	}
}

/** Damage may make indexes of a table of nothing. */
function decodedAlone(bytes: Uint8Array): Exchange {
	const exchange = wire.Exchange.decode(bytes);
	restoreHeaders(exchange, headersIn([]));
	return exchange;
}

test('bytes that are cut or damaged are judged as the generated code judges them', (t) => {
	const random = new RandomExchanges(3);
	const reader = new ExchangeReader();
	for (let round = 0; round < ROUNDS; ++round) {
		random.usual = round % 4 < 2;
		const bytes = wire.Exchange.encode(random.exchange()).finish();
		const damaged = round % 2 === 0 ? bytes.slice(0, random.below(bytes.length + 1)) : random.damaged(bytes);
		t.deepEqual(
			outcome(() => whole(reader.read(damaged, 0, damaged.length))),
			outcome(() => whole(decodedAlone(damaged))),
		);
	}
});

test('nothing is read beyond the end of an exchange', (t) => {
	const random = new RandomExchanges(5);
	const reader = new ExchangeReader();
	for (let round = 0; round < ROUNDS; ++round) {
		const first = wire.Exchange.encode(random.exchange()).finish();
		const cut = random.below(first.length + 1);
		const bytes = Buffer.concat([first, wire.Exchange.encode(random.exchange()).finish()]);
		t.deepEqual(
			outcome(() => whole(reader.read(bytes, 0, cut))),
			outcome(() => whole(decodedAlone(first.subarray(0, cut)))),
		);
	}
});

test('a field twice, unknown fields, large numbers and foreign text are read all the same', (t) => {
	const reader = new ExchangeReader();
	const one = wire.Exchange.encode({ request: { method: 'GET' }, source: { port: 1 } }).finish();
	const other = wire.Exchange.encode({ request: { path: '/ü' }, source: { ip: Uint8Array.of(1, 2, 3, 4) } }).finish();
	const large = wire.Exchange.encode({ durationNanos: 2 ** 52, startSeconds: -1 }).finish();
	// Field 100, a varint; field 101, a fixed64.
	const unknown = Uint8Array.of(0xa0, 0x06, 0x05, 0xa9, 0x06, 1, 2, 3, 4, 5, 6, 7, 8);
	const bytes = Buffer.concat([one, other, large, unknown]);
	const read = reader.read(bytes, 0, bytes.length);
	t.is(read.request?.method, 'GET');
	t.is(read.request?.path, '/ü');
	t.is(read.source?.port, 1);
	t.deepEqual([...(read.source?.ip ?? [])], [1, 2, 3, 4]);
	t.is(read.durationNanos, 2 ** 52);
	t.is(read.startSeconds, -1);
});

test('random batches are read as the generated code reads them', (t) => {
	const random = new RandomExchanges(13);
	const reader = new BatchReader();
	for (let round = 0; round < 300; ++round) {
		const batch = {
			tap: 't-0000abcd',
			pod: { namespace: 'shop', name: 'frontend', node: 'node1' },
			epoch: random.below(2 ** 32),
			number: round + 1,
			firstExchange: random.below(2 ** 40),
			exchanges: Array.from({ length: random.below(5) }, () => random.exchange()),
			addresses: [Uint8Array.of(198, 18, 0, 1)],
			counters: { seen: round, published: round },
			last: round % 2 === 0,
		};
		// As the control plane has it: the names behind all else.
		const names = wire.TapBatch.encode({ names: [{ ip: Uint8Array.of(198, 18, 0, 1), name: 'x' }] }).finish();
		const bytes = Buffer.concat([wire.TapBatch.encode(batch).finish(), names]);
		t.deepEqual(wholeBatch(reader.read(bytes)), wholeBatch(wire.TapBatch.decode(bytes)));
	}
});

test('a batch that is cut or damaged anywhere is judged as the generated code judges it', (t) => {
	const random = new RandomExchanges(17);
	const reader = new BatchReader();
	const exchanges = [random.exchange(), {}, random.exchange()];
	const batch = { tap: 't', epoch: 7, number: 2 ** 51, exchanges, counters: { seen: 3 } };
	const bytes = wire.TapBatch.encode(batch).finish();
	t.is([...reader.read(bytes).exchanges].length, 3);
	for (let length = 0; length <= bytes.length; ++length) {
		for (const broken of [bytes.subarray(0, length), random.damaged(bytes)]) {
			t.deepEqual(
				outcome(() => wholeBatch(reader.read(broken))),
				outcome(() => wholeBatch(wire.TapBatch.decode(broken))),
			);
		}
	}
});

test('headers that a batch has once are read into each of its exchanges', (t) => {
	const random = new RandomExchanges(23);
	const reader = new BatchReader();
	for (let round = 0; round < 300; ++round) {
		random.usual = round % 2 === 0;
		const kinds = Array.from({ length: 3 }, () => random.exchange());
		const exchanges = Array.from({ length: random.below(12) }, () => kinds[random.below(3)] ?? {});
		const batch = { tap: 't', number: round + 1, exchanges };
		const bytes = wire.TapBatch.encode(sharedBatch(batch)).finish();
		t.deepEqual(wholeBatch(reader.read(bytes)), wholeBatch(wire.TapBatch.decode(wire.TapBatch.encode(batch).finish())));
	}
});

test('headers stand where they stood, whether a batch has them once or each exchange its own', (t) => {
	const table = { headers: ['a', 'b'].map((name) => ({ name, value: '1' })) };
	const request = { headers: [{ name: 'own', value: '1' }], headerIndexes: [1, 0, 1] };
	const bytes = wire.TapBatch.encode({ number: 1, exchanges: [{ request }], headerTable: table }).finish();
	const [exchange] = [...new BatchReader().read(bytes).exchanges];
	t.deepEqual(
		exchange?.request?.headers?.map(({ name }) => name),
		['own', 'b', 'a', 'b'],
	);
});

test('a header that the table of a batch does not have is a malformed batch', (t) => {
	const table = { headers: [{ name: 'a', value: '1' }] };
	for (const path of ['/a', '/ü']) {
		for (const headerTable of [table, null]) {
			const exchanges = [{}, { request: { path, headerIndexes: [0, 1] } }];
			const bytes = wire.TapBatch.encode({ number: 1, exchanges, headerTable }).finish();
			const error = t.throws(() => [...new BatchReader().read(bytes).exchanges], { instanceOf: MalformedBatchError });
			t.true(error.cause instanceof UnknownHeaderError);
		}
	}
});

/** Of several faults, which is met first depends on the order of reading. */
function goodOrNull(read: () => unknown): unknown {
	try {
		return read();
	} catch {
		return null;
	}
}

test('a batch with a header table that is cut or damaged anywhere is judged as by the generated code', (t) => {
	const random = new RandomExchanges(29);
	const reader = new BatchReader();
	const batch = sharedBatch({ tap: 't', number: 2, exchanges: [random.exchange(), {}, random.exchange()] });
	const bytes = wire.TapBatch.encode(batch).finish();
	const judged = (broken: Uint8Array) => {
		const decoded = wire.TapBatch.decode(broken);
		for (const exchange of decoded.exchanges) restoreHeaders(exchange, headersIn(decoded.headerTable?.headers ?? []));
		return wholeBatch(decoded);
	};
	for (let length = 0; length <= bytes.length; ++length) {
		for (const broken of [bytes.subarray(0, length), random.damaged(bytes)]) {
			t.deepEqual(
				goodOrNull(() => wholeBatch(reader.read(broken))),
				goodOrNull(() => judged(broken)),
			);
		}
	}
});

test('the tags of a batch have the numbers of the schema', (t) => {
	const tagOf = (type: string, name: string) => {
		const field = schema.lookupType(type).fields[name];
		return field === undefined ? -1 : (field.id << 3) | wireType(field);
	};
	t.is(fields.TAP_BATCH_EXCHANGES, tagOf('TapBatch', 'exchanges'));
	t.is(fields.HEADER_TABLE_HEADERS, tagOf('HeaderTable', 'headers'));
});

test('what comes again is read again, whatever came in between', (t) => {
	const random = new RandomExchanges(19);
	const reader = new ExchangeReader();
	random.usual = true;
	const encoded = Array.from({ length: 40 }, () => wire.Exchange.encode(random.exchange()).finish());
	for (let round = 0; round < ROUNDS; ++round) {
		// In a block that is overwritten afterwards: nothing of what is kept may be a view of it.
		const bytes = Buffer.from(encoded[random.below(encoded.length)] as Uint8Array);
		t.deepEqual(whole(reader.read(bytes, 0, bytes.length)), whole(wire.Exchange.decode(bytes)));
		bytes.fill(0xff);
	}
});

test('headers in pieces, and a header with two contents, are read as the generated code reads them', (t) => {
	const reader = new ExchangeReader();
	const header = wire.Header.encode({ name: 'a', value: 'b' }).finish();
	const other = Buffer.concat([header, wire.Header.encode({ redacted: true }).finish()]);
	const twice = Buffer.concat([header, wire.Header.encode({ name: 'c' }).finish()]);
	const field = (tag: number, content: Uint8Array) => Buffer.concat([Uint8Array.of(tag, content.length), content]);
	for (const second of [header, other, twice, Uint8Array.of()]) {
		const headers = field(fields.REQUEST.headers, second);
		for (const between of [Uint8Array.of(), Uint8Array.of(fields.REQUEST.bodyBytes, 5)]) {
			const bytes = field(fields.EXCHANGE.request, Buffer.concat([headers, between, headers]));
			t.deepEqual(whole(reader.read(bytes, 0, bytes.length)), whole(wire.Exchange.decode(bytes)));
		}
	}
});

test('what is not malformed after a malformed batch is read', (t) => {
	const reader = new BatchReader();
	const bytes = wire.TapBatch.encode({ number: 1, exchanges: [{ request: { path: '/a' } }] }).finish();
	t.throws(() => [...reader.read(bytes.subarray(0, bytes.length - 1)).exchanges], { instanceOf: MalformedBatchError });
	t.is([...reader.read(bytes).exchanges][0]?.request?.path, '/a');
});
