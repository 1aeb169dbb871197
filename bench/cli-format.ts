import { AddressNames } from '../src/messaging/address-names.ts';
import { exchangeJsonLine } from '../src/messaging/exchange-json.ts';
import { wire } from '../src/messaging/wire.ts';

const h = (name: string, value: string) => ({ name, value });
const exchanges = Array.from({ length: 500 }, (_, i) => ({
	id: Uint8Array.of(1, 2, 3, 4, 5, 6, i >> 8, i & 255),
	startSeconds: 1_795_000_000 + (i >> 4),
	startNanos: 123_456_789,
	direction: 2,
	source: { ip: Uint8Array.of(198, 18, 11, i & 3), port: 40000 + i },
	destination: { ip: Uint8Array.of(198, 18, 12, 3), port: 8080 },
	protocol: 2,
	request: {
		method: 'GET',
		scheme: 'http',
		authority: 'backend',
		path: `/api/cart?id=${i}`,
		headers: [h('Host', 'backend'), h('Accept', '*/*'), h('User-Agent', 'curl/7.88.1')],
		bodyBytes: 0,
		wireBytes: 412,
	},
	response: {
		status: 200,
		reason: 'OK',
		headers: [
			h('Content-Type', 'text/plain'),
			h('Content-Length', '1203'),
			h('Date', 'Sun, 22 Nov 2026 21:04:05 GMT'),
			h('Connection', 'keep-alive'),
		],
		bodyBytes: 1203,
		wireBytes: 1498,
	},
	firstResponseByteNanos: 12_400_000,
	durationNanos: 13_100_000,
	end: 2,
}));
const bytes = wire.TapBatch.encode({
	tap: 't-1',
	pod: { namespace: 'shop', name: 'frontend-7d4-x2x', node: 'node1' },
	epoch: 1,
	number: 1,
	exchanges,
}).finish();
console.log(bytes.length / 500, 'bytes an exchange');
const names = new AddressNames();
function time(name: string, f: () => void) {
	for (let i = 0; i < 100; ++i) f();
	const t = process.hrtime.bigint();
	for (let i = 0; i < 200; ++i) f();
	console.log(name, Number(process.hrtime.bigint() - t) / 200 / 500, 'ns');
}
let n = 0;
time('decode', () => {
	n += wire.TapBatch.decode(bytes).exchanges.length;
});
time('envelope', () => {
	n += wire.TapBatchEnvelope.decode(bytes).exchanges.length;
});
const b = wire.TapBatch.decode(bytes);
time('json', () => {
	for (const e of b.exchanges) n += exchangeJsonLine(e, { tap: b.tap, pod: b.pod, names }).length;
});
for (const e of exchanges) {
	delete (e.request as any).headers;
	delete (e.response as any).headers;
}
const lean = wire.TapBatch.encode({
	tap: 't-1',
	pod: { namespace: 'shop', name: 'frontend-7d4-x2x', node: 'node1' },
	epoch: 1,
	number: 1,
	exchanges,
}).finish();
time('decode lean', () => {
	n += wire.TapBatch.decode(lean).exchanges.length;
});
time('encode', () => {
	n += wire.TapBatch.encode(b).finish().length;
});
const H = wire.Header;
const hb = H.encode({ name: 'Content-Type', value: 'text/plain' }).finish();
time('header', () => {
	for (let i = 0; i < 500; ++i) n += H.decode(hb).name.length;
});
time('latin', () => {
	for (let i = 0; i < 500; ++i) n += (hb as any).utf8Slice(2, 14).length;
});
time('latin', () => {
	for (let i = 0; i < 500; ++i) n += (hb as any).latin1Slice(2, 14).length;
});
