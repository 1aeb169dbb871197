import test from 'ava';
import { StreamFormatError } from '../../src/client/errors.ts';
import { FrameDecoder, MAX_FRAME_BYTES } from '../../src/client/frame-decoder.ts';
import { frameBytes } from './stream-server.ts';

const stream = Buffer.concat([
	frameBytes({ started: { tap: 't-1', description: 'deploy/frontend in shop' } }),
	frameBytes({ alive: {} }),
	frameBytes({ batch: new Uint8Array(1000).fill(7) }),
	frameBytes({ ended: { reason: 1 } }),
]);

function decode(chunks: readonly Uint8Array[]): string[] {
	const decoder = new FrameDecoder();
	const kinds: string[] = [];
	for (const chunk of chunks) {
		for (const frame of decoder.push(chunk)) {
			if (frame.started) kinds.push(`started ${frame.started.tap}`);
			if (frame.alive) kinds.push('alive');
			if (frame.batch) kinds.push(`batch ${frame.batch.length} ${frame.batch.every((byte) => byte === 7)}`);
			if (frame.ended) kinds.push(`ended ${frame.ended.reason}`);
		}
	}
	if (decoder.atFrameEnd) kinds.push('whole');
	return kinds;
}

const expected = ['started t-1', 'alive', 'batch 1000 true', 'ended 1', 'whole'];

test('frames come out of one chunk, of single bytes, and of any two pieces', (t) => {
	t.deepEqual(decode([stream]), expected);
	t.deepEqual(decode(Array.from(stream, (byte) => Uint8Array.of(byte))), expected);
	for (let cut = 0; cut <= stream.length; ++cut) {
		t.deepEqual(decode([stream.subarray(0, cut), stream.subarray(cut)]), expected);
	}
});

test('a stream that stops in a frame is not at its end', (t) => {
	t.deepEqual(decode([stream.subarray(0, -1)]), expected.slice(0, 3));
});

test('a frame above the bound is refused before any of it is kept', (t) => {
	const length = Buffer.alloc(4);
	length.writeUInt32LE(MAX_FRAME_BYTES + 1);
	const error = t.throws(() => [...new FrameDecoder().push(length)], { instanceOf: StreamFormatError });
	t.regex(error.message, /16777217 bytes; at most 16777216/);
});

test('bytes that are no frame are refused', (t) => {
	const garbage = Buffer.from([3, 0, 0, 0, 0x0a, 0xff, 0xff]);
	t.throws(() => [...new FrameDecoder().push(garbage)], { instanceOf: StreamFormatError, message: /cannot be read/ });
});
