/** Lines that are written as bytes, beside those that are made as text of what the generated code reads. */
import test from 'ava';
import picocolors from 'picocolors';
import type { ExchangeFormat, TextFormatOptions } from '../../src/cli/exchange-format.ts';
import { JsonFormat } from '../../src/cli/json-format.ts';
import { LineFormat } from '../../src/cli/line-format.ts';
import { OutputBytes } from '../../src/cli/output-bytes.ts';
import { ExchangeReader } from '../../src/client/exchange-reader.ts';
import { ReadExchange } from '../../src/client/read-exchange.ts';
import { AddressNames } from '../../src/messaging/address-names.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import { RandomExchanges } from '../client/random-exchanges.ts';

type Exchange = podwire.v1.Exchange.$Properties;

const ROUNDS = 2000;
const EXCHANGES = 400;
const pods = [null, { namespace: 'shop', name: 'frontend', node: 'node1' }, { name: 'a\u001b"b\\' }, {}];
const names = ['backend-5f-abc', '', 'ü\u202e', 'a"b'];

/** The first few come again and again, so that what is kept is used, with ends that have names. */
function encodedExchanges(random: RandomExchanges): Uint8Array[] {
	return Array.from({ length: EXCHANGES }, (_, index) => {
		random.usual = index % 4 !== 0;
		const exchange = random.exchange();
		const end = (port: number) => ({ ip: Uint8Array.of(198, 18, 0, random.below(4)), port });
		const via = random.below(3) === 0 ? end(80) : null;
		const named =
			random.below(2) === 0 ? { source: end(40_000 + random.below(3)), destination: { ...end(80), via } } : {};
		return wire.Exchange.encode({ ...exchange, ...named }).finish();
	});
}

function learnNames(random: RandomExchanges, known: AddressNames): void {
	const name = names[random.below(names.length)] ?? '';
	known.learn([{ ip: Uint8Array.of(198, 18, 0, random.below(4)), kind: random.below(7), namespace: 'shop', name }]);
}

/** `asBytes` and `asText`: two of the same form, as each has columns of its own. */
function compare(
	asBytes: ExchangeFormat,
	asText: ExchangeFormat,
	seed: number,
): { same: boolean; read: number; text: string } {
	const random = new RandomExchanges(seed);
	const reader = new ExchangeReader();
	const encoded = encodedExchanges(random);
	const known = new AddressNames();
	const output = new OutputBytes(7);
	let text = '';
	let read = 0;
	for (let round = 0; round < ROUNDS; ++round) {
		if (random.below(20) === 0) learnNames(random, known);
		const repeated = random.below(2) === 0 ? 8 : EXCHANGES;
		const bytes = encoded[random.below(repeated)] as Uint8Array;
		const context = { tap: 't-1', pod: pods[random.below(pods.length)], names: known };
		const continues = random.below(8) === 0;
		const exchange = reader.read(bytes, 0, bytes.length);
		if (exchange instanceof ReadExchange) ++read;
		if (asBytes.append === undefined) throw new Error('it writes no bytes');
		asBytes.append(exchange, context, continues, output);
		text += asText.format(wire.Exchange.decode(bytes), context, continues);
	}
	return { same: output.written().equals(Buffer.from(text)), read, text };
}

test('lines of JSON are the same as bytes and as text', (t) => {
	for (const seed of [1, 22, 333]) {
		const { same, read, text } = compare(new JsonFormat(), new JsonFormat(), seed);
		t.true(same);
		t.true(read > ROUNDS / 2, `${read} were read`);
		t.notThrows(() =>
			text
				.trimEnd()
				.split('\n')
				.map((line) => JSON.parse(line)),
		);
	}
});

const plain: TextFormatOptions = {
	colours: picocolors.createColors(false),
	utc: true,
	columns: 160,
	headers: false,
	bodies: false,
};

const kinds: readonly (readonly [string, Partial<TextFormatOptions>])[] = [
	['in a pipe', {}],
	['in a narrow pipe', { columns: 60 }],
	['in colours', { colours: picocolors.createColors(true) }],
	['on a terminal', { terminalColumns: () => 100 }],
	['with headers and bodies', { headers: true, bodies: true }],
];
for (const [kind, options] of kinds) {
	test(`lines are the same as bytes and as text ${kind}`, (t) => {
		for (const seed of [4, 55]) {
			const make = () => new LineFormat({ ...plain, ...options });
			const { same, read } = compare(make(), make(), seed);
			t.true(same);
			t.true(read > ROUNDS / 2, `${read} were read`);
		}
	});
}

test('each end of usual traffic is written as bytes', (t) => {
	const reader = new ExchangeReader();
	const exchange: Exchange = {
		id: Uint8Array.of(0x7f, 0x3a, 0, 1, 2, 3, 4, 0xff),
		startSeconds: 1_795_381_445,
		startNanos: 123_456_789,
		source: { ip: Uint8Array.of(198, 18, 11, 3), port: 43_210 },
		destination: { ip: Uint8Array.of(198, 18, 12, 3), port: 8080 },
		protocol: wire.Protocol.PROTOCOL_HTTP_1_1,
		request: {
			method: 'GET',
			path: '/a"b',
			headers: [
				{ name: 'a', value: '\u0001' },
				{ name: 'b', redacted: true },
			],
		},
		response: { status: 200, bodyBytes: 2 ** 45, trailers: [{ unknown: true }] },
		durationNanos: 1,
		end: wire.End.END_COMPLETE,
	};
	const bytes = wire.Exchange.encode(exchange).finish();
	const read = reader.read(bytes, 0, bytes.length);
	t.true(read instanceof ReadExchange);
	const output = new OutputBytes();
	new JsonFormat().append(read, { tap: 't-1', pod: null, names: new AddressNames() }, false, output);
	t.is(
		output.written().toString(),
		'{"id":"7f3a0001020304ff","tap":"t-1","start":"2026-11-22T21:04:05.123456789Z","pod":null,"direction":null,' +
			'"source":{"ip":"198.18.11.3","port":43210,"kind":null},"destination":{"ip":"198.18.12.3","port":8080,"kind":null},' +
			'"protocol":"HTTP/1.1","tls":false,"stream":null,' +
			'"request":{"method":"GET","scheme":null,"authority":null,"path":"/a\\"b",' +
			'"headers":[{"name":"a","value":"\\u0001"},{"name":"b","redacted":true}],"trailers":[],"bodyBytes":null,"wireBytes":null},' +
			'"response":{"status":200,"reason":null,"headers":[],"trailers":[{"name":null,"unknown":true}],"bodyBytes":35184372088832,"wireBytes":null},' +
			'"informational":[],"timing":{"firstResponseByteNanos":null,"durationNanos":1},"end":"complete","missing":[]}\n',
	);
});
