/**
 * What the command line spends on an exchange: reading a batch of 500 and writing each, in nanoseconds of CPU, when all
 * of it is compiled. `node bench/cli-format.ts`.
 */
import picocolors from 'picocolors';
import { ExchangeDisplay } from '../src/cli/exchange-display.ts';
import type { ExchangeFormat } from '../src/cli/exchange-format.ts';
import { JsonFormat } from '../src/cli/json-format.ts';
import { LineFormat } from '../src/cli/line-format.ts';
import { OutputBytes } from '../src/cli/output-bytes.ts';
import { WideFormat } from '../src/cli/wide-format.ts';
import { BatchReader } from '../src/client/batch-reader.ts';
import { TruthLedger } from '../src/client/truth-ledger.ts';
import { type podwire, wire } from '../src/messaging/wire.ts';

const NANOS_PER_MICRO = 1000;
const EXCHANGES = 500;
const WARM_UP_ROUNDS = 200;
/** So many that the kernel's tick does not show. */
const ROUNDS = 1000;

const header = (name: string, value: string) => ({ name, value });

function sample(index: number): podwire.v1.Exchange.$Properties {
	return {
		id: Uint8Array.of(1, 2, 3, 4, 5, 6, index >> 8, index & 0xff),
		startSeconds: 1_795_000_000 + (index >> 6),
		startNanos: (index * 1_999_993) % 1_000_000_000,
		direction: wire.Direction.DIRECTION_OUTBOUND,
		source: { ip: Uint8Array.of(198, 18, 11, index & 3), port: 40_000 + index },
		destination: { ip: Uint8Array.of(198, 18, 12, 3), port: 8080 },
		protocol: wire.Protocol.PROTOCOL_HTTP_1_1,
		request: {
			method: 'GET',
			scheme: 'http',
			authority: 'backend',
			path: `/api/cart?id=${index}`,
			headers: [header('Host', 'backend'), header('Accept', '*/*'), header('User-Agent', 'curl/7.88.1')],
			bodyBytes: 0,
			wireBytes: 412,
		},
		response: {
			status: 200,
			reason: 'OK',
			headers: [
				header('Content-Type', 'text/plain'),
				header('Content-Length', '1203'),
				header('Date', 'Sun, 22 Nov 2026 21:04:05 GMT'),
				header('Connection', 'keep-alive'),
			],
			bodyBytes: 1203,
			wireBytes: 1498,
		},
		firstResponseByteNanos: 12_400_000 + index * 1000,
		durationNanos: 13_100_000 + index * 1000,
		end: wire.End.END_COMPLETE,
	};
}

const pod = { namespace: 'shop', name: 'frontend-7d4-x2x', node: 'node1' };
const kind = wire.EndpointKind.ENDPOINT_KIND_POD;
const names = [
	{ ip: Uint8Array.of(198, 18, 12, 3), kind, namespace: 'shop', name: 'backend-5f-abc', workload: 'deploy/backend' },
	{ ip: Uint8Array.of(198, 18, 11, 1), kind, namespace: 'shop', name: 'frontend-7d4-x2x', workload: 'deploy/frontend' },
];
const exchanges = Array.from({ length: EXCHANGES }, (_, index) => sample(index));
const bytes = new Uint8Array(wire.TapBatch.encode({ tap: 't-0000abcd', pod, epoch: 1, exchanges, names }).finish());

/** Nanoseconds of the main thread per exchange; other programs on the machine do not count. */
function measure(round: () => void): number {
	for (let count = 0; count < WARM_UP_ROUNDS; ++count) round();
	const begin = process.threadCpuUsage();
	for (let count = 0; count < ROUNDS; ++count) round();
	const { user, system } = process.threadCpuUsage(begin);
	return Math.round(((user + system) * NANOS_PER_MICRO) / (ROUNDS * EXCHANGES));
}

function report(name: string, nanos: number): void {
	process.stdout.write(`${name.padEnd(24)} ${String(nanos).padStart(6)} ns per exchange\n`);
}

function measureReading(): void {
	const reader = new BatchReader();
	let complete = 0;
	const nanos = measure(() => {
		for (const { end } of reader.read(bytes).exchanges) complete += Number(end === wire.End.END_COMPLETE);
	});
	if (complete === 0) throw new Error('nothing was read');
	report('read', nanos);
}

function measureForm(name: string, format: ExchangeFormat): void {
	const reader = new BatchReader();
	const output = new OutputBytes();
	let written = 0;
	// As stdout takes them: a block for each batch.
	const sink = { write: (text: string) => output.text(text), output };
	const display = new ExchangeDisplay({ format, sink, ledger: new TruthLedger(), maxRequests: null });
	let number = 0;
	const nanos = measure(() => {
		display.show({ ...reader.read(bytes), number: ++number });
		written += output.take().length;
	});
	if (written === 0) throw new Error(`${name} wrote nothing`);
	report(`read + ${name}`, nanos);
}

const options = { utc: true, columns: 160, headers: false, bodies: false };
measureReading();
measureForm('line', new LineFormat({ ...options, colours: picocolors.createColors(false) }));
measureForm('line, coloured', new LineFormat({ ...options, colours: picocolors.createColors(true) }));
measureForm('wide', new WideFormat({ ...options, colours: picocolors.createColors(false) }));
measureForm('json', new JsonFormat());
