import { once } from 'node:events';
import { closeSync, createWriteStream, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import test from 'ava';
import { ExchangeDisplay } from '../../src/cli/exchange-display.ts';
import { JsonFormat } from '../../src/cli/json-format.ts';
import { latencyPiece, sizePiece } from '../../src/cli/measure-pieces.ts';
import { latencyText, sizeText } from '../../src/cli/measures.ts';
import { OutputBytes } from '../../src/cli/output-bytes.ts';
import { PLAIN_IN_JSON, PRINTABLE } from '../../src/cli/plain-bytes.ts';
import { StdoutWriter } from '../../src/cli/stdout-writer.ts';
import { TruthLedger } from '../../src/client/truth-ledger.ts';
import { wire } from '../../src/messaging/wire.ts';

const written = (write: (output: OutputBytes) => void): string => {
	const output = new OutputBytes(1);
	write(output);
	return output.written().toString();
};

test('numbers are written as decimal digits, at least as many as asked for', (t) => {
	const edges = [2 ** 31, 2 ** 32, 10 ** 9, 10 ** 10, 10 ** 15, 2 ** 53];
	for (const value of [...Array(1100).keys(), ...edges.flatMap((edge) => [edge - 1, edge, edge + 1])]) {
		if (!Number.isSafeInteger(value) && value !== 2 ** 53) continue;
		t.is(
			written((output) => output.digits(value)),
			String(value),
		);
		t.is(
			written((output) => output.digits(value, 9)),
			String(value).padStart(9, '0'),
		);
	}
});

test('text is written in UTF-8 at every length, pieces follow each other', (t) => {
	for (const character of ['x', 'ü', '→', '𝄞']) {
		for (const count of [0, 1, 31, 32, 33, 63, 64, 65, 5000]) {
			const text = `${'a'.repeat(count % 40)}${character.repeat(count)}`;
			const expected = `[${text}${text}  ]`;
			const bytes = Buffer.from(text);
			const actual = written((output) => {
				output.byte(0x5b);
				output.text(text);
				output.piece(bytes);
				output.spaces(2);
				output.spaces(-1);
				output.text(']');
			});
			t.is(actual, expected);
		}
	}
});

test('bytes that are not plain are not written, in part either', (t) => {
	for (let byte = 0; byte < 256; ++byte) {
		const source = Uint8Array.of(0x61, byte, 0x62);
		const printable = byte >= 0x20 && byte < 0x7f;
		const inJson = printable && byte !== 0x22 && byte !== 0x5c;
		for (const [table, expected] of [
			[PRINTABLE, printable],
			[PLAIN_IN_JSON, inJson],
		] as const) {
			const output = new OutputBytes();
			t.is(output.plain(source, 0, 3, table), expected);
			t.deepEqual([...output.written()], expected ? [...source] : []);
		}
	}
});

test('latencies and sizes are the same as pieces and as text', (t) => {
	const values = [...Array(2500).keys()];
	for (let value = 1; value < 1e13; value = Math.ceil(value * 1.003)) values.push(value - 1, value);
	for (const edge of [999_499, 999_500, 999_999, 99_949_999, 99_950_000, 99_949, 99_950]) values.push(edge);
	for (const value of values) {
		const [latency, size] = [latencyPiece(value), sizePiece(value)];
		t.is(Buffer.from(latency.bytes).toString(), latencyText(value));
		t.is(latency.width, latencyText(value).length);
		t.is(Buffer.from(size.bytes).toString(), sizeText(value));
		t.is(size.width, sizeText(value).length);
	}
});

test('what a slow reader has not taken is not written over', async (t) => {
	const held: Buffer[] = [];
	const slow = new Writable({
		highWaterMark: 1,
		write(chunk: Buffer, _encoding, done) {
			held.push(chunk);
			// It keeps the block, as a stream may that passes it on.
			setImmediate(done);
		},
	});
	const writer = new StdoutWriter(slow, () => t.fail());
	let expected = '';
	for (let round = 0; round < 60; ++round) {
		// Some turns fill more than half of a block, and some far more than one.
		const text = `${String(round).repeat(round % 5 === 0 ? 30_000 : 20)}\n`;
		expected += text;
		writer.write(text);
		if (round % 3 > 0) await new Promise((resolve) => setImmediate(resolve));
	}
	t.true(await writer.finish(10_000));
	t.true(held.length > 2);
	t.is(Buffer.concat(held).toString(), expected);
});

/** As process.stdout writes to a file or a pipe: when `write` returns, it is written. */
class SyncFileStream extends Writable {
	readonly fd: number;

	constructor(fd: number) {
		super();
		this.fd = fd;
	}

	override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
		writeSync(this.fd, chunk);
		done();
	}
}

for (const [kind, open] of [
	['at once', async (path: string) => new SyncFileStream(openSync(path, 'w'))],
	[
		'later',
		async (path: string) => {
			const stream = createWriteStream(path);
			await once(stream, 'open');
			return stream;
		},
	],
] as const) {
	test(`blocks are used again for what a descriptor takes ${kind}`, async (t) => {
		const directory = mkdtempSync(join(tmpdir(), 'podwire-output-'));
		t.teardown(() => rmSync(directory, { recursive: true }));
		const path = join(directory, 'shown');
		const stream = await open(path);
		let closed = false;
		const writer = new StdoutWriter(stream, () => t.true(closed));
		let expected = '';
		for (let round = 0; round < 200; ++round) {
			// Several blocks in one turn, and several turns in one block.
			const text = `${String(round).repeat(round % 5 === 0 ? 60_000 : 20)}\n`;
			expected += text;
			writer.write(text);
			if (round % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
		}
		t.true(await writer.finish(10_000));
		closed = true;
		stream.end();
		await finished(stream);
		if (stream instanceof SyncFileStream) closeSync(stream.fd);
		t.true(readFileSync(path, 'utf8') === expected);
	});
}

/** As a pipe that nobody reads. */
class StuckStream extends Writable {
	readonly fd = 1;

	override _write(): void {}
}

test('lines that wait, each of a turn of its own, take little more memory than they are long', async (t) => {
	const stream = new StuckStream();
	const writer = new StdoutWriter(stream, () => t.fail());
	const memory = new Set<ArrayBufferLike>();
	const write = stream.write.bind(stream);
	stream.write = ((chunk: Buffer) => {
		memory.add(chunk.buffer);
		return write(chunk);
	}) as typeof stream.write;
	const line = `${'x'.repeat(149)}\n`;
	for (let round = 0; round < 1000; ++round) {
		writer.write(line);
		await new Promise((resolve) => setImmediate(resolve));
	}
	t.is(stream.writableLength, 1000 * line.length);
	t.true([...memory].reduce((bytes, buffer) => bytes + buffer.byteLength, 0) < 1024 * 1024);
});

test('a batch that begins before the reader is behind is shown as a whole, and none after that', async (t) => {
	const stuck = new Writable({ highWaterMark: 1, write() {} });
	const writer = new StdoutWriter(stuck, () => t.fail());
	const ledger = new TruthLedger();
	const display = new ExchangeDisplay({ format: new JsonFormat(), sink: writer, ledger, maxRequests: null });
	const pod = { namespace: 'shop', name: 'frontend' };
	const exchange = { request: { path: '/'.repeat(1000) }, end: wire.End.END_COMPLETE };
	const exchanges = Array.from({ length: 2000 }, () => exchange);
	const batch = (number: number) =>
		wire.TapBatch.create({ pod, epoch: 1, number, exchanges, counters: { published: 2000 * number } });
	display.show(batch(1));
	t.true(writer.full);
	t.is(ledger.report(false).shown, 2000);
	t.is(ledger.report(false).lost, 0);
	display.show(batch(2));
	t.is(ledger.report(false).shown, 2000);
	t.deepEqual(ledger.report(false).losses, [{ words: 'client', count: 2000 }]);
	const waiting = writer.ready(AbortSignal.abort());
	await t.notThrowsAsync(waiting);
});

test('what is written comes out in its order, as text and as bytes', async (t) => {
	const stream = new PassThrough();
	const writer = new StdoutWriter(stream, () => undefined);
	let expected = '';
	for (let round = 0; round < 300; ++round) {
		writer.write(`${round}→`);
		writer.output.piece(Buffer.from(`${round};`));
		expected += `${round}→${round};`;
		if (round % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
	}
	const finished = writer.finish(10_000);
	stream.end();
	t.true(await finished);
	t.is((await stream.toArray()).join(''), expected);
});
