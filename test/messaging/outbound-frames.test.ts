/** Frames as https://docs.nats.io/reference/reference-protocols/nats-protocol has them: PUB subject bytes, then the payload. */
import test from 'ava';
import { OutboundFrames } from '../../src/messaging/outbound-frames.ts';

interface Write {
	readonly frames: Uint8Array;
	/** As it was when it was written. */
	readonly text: string;
	readonly sent: () => void;
}

function recorded(): { writes: Write[]; frames: OutboundFrames } {
	const writes: Write[] = [];
	const frames = new OutboundFrames((bytes, sent) =>
		writes.push({ frames: bytes, text: Buffer.from(bytes).toString(), sent }),
	);
	return { writes, frames };
}

test('a burst is one write of whole frames in order', (t) => {
	const { writes, frames } = recorded();
	frames.flush();
	t.true(frames.isEmpty);
	frames.add('a.b', Buffer.from('hello'));
	frames.add('ü.c', Buffer.alloc(0));
	t.false(frames.isEmpty);
	t.is(writes.length, 0);
	frames.flush();
	t.true(frames.isEmpty);
	t.deepEqual(
		writes.map(({ text }) => text),
		['PUB a.b 5\r\nhello\r\nPUB ü.c 0\r\n\r\n'],
	);
	frames.flush();
	t.is(writes.length, 1);
});

test('a payload may be written over once it was added', (t) => {
	const { writes, frames } = recorded();
	const payload = Buffer.from('first');
	frames.add('s', payload);
	payload.write('again');
	frames.add('s', payload);
	frames.flush();
	t.is(writes[0]?.text, 'PUB s 5\r\nfirst\r\nPUB s 5\r\nagain\r\n');
});

test('memory is used again when it was sent, and not before', (t) => {
	const { writes, frames } = recorded();
	const say = (word: string) => {
		frames.add('s', Buffer.from(word));
		frames.flush();
		return writes.at(-1) as Write;
	};
	const one = say('one');
	const two = say('two');
	t.not(two.frames.buffer, one.frames.buffer);
	t.is(Buffer.from(one.frames).toString(), 'PUB s 3\r\none\r\n');
	one.sent();
	t.is(say('three').frames.buffer, one.frames.buffer);
	t.is(Buffer.from(two.frames).toString(), 'PUB s 3\r\ntwo\r\n');
});

test('much is sent in parts, in order, and one message of any size', (t) => {
	const { writes, frames } = recorded();
	const messageBytes = 100_000;
	for (const letter of 'abcde') frames.add(letter, Buffer.alloc(messageBytes, letter));
	frames.add('large', Buffer.alloc(1_000_000, 'l'));
	frames.add('small', Buffer.from('s'));
	frames.flush();
	t.true(writes.length > 1);
	const expected = [...'abcde'].map((letter) => `PUB ${letter} 100000\r\n${letter.repeat(messageBytes)}\r\n`);
	expected.push(`PUB large 1000000\r\n${'l'.repeat(1_000_000)}\r\n`, 'PUB small 1\r\ns\r\n');
	t.true(writes.map(({ text }) => text).join('') === expected.join(''));
});

test('what is dropped is not sent', (t) => {
	const { writes, frames } = recorded();
	frames.add('s', Buffer.from('dropped'));
	frames.clear();
	t.true(frames.isEmpty);
	frames.add('s', Buffer.from('kept'));
	frames.flush();
	t.deepEqual(
		writes.map(({ text }) => text),
		['PUB s 4\r\nkept\r\n'],
	);
});

test('little bursts to a server that takes nothing take little more memory than they are long', (t) => {
	const { writes, frames } = recorded();
	for (let index = 0; index < 1000; ++index) {
		frames.add('s', Buffer.from(`word ${index}`));
		frames.flush();
	}
	const text = writes.map((write) => Buffer.from(write.frames).toString()).join('');
	t.true(text.endsWith('PUB s 8\r\nword 999\r\n'));
	t.is(text, writes.map((write) => write.text).join(''));
	const memory = new Set(writes.map((write) => write.frames.buffer));
	t.true([...memory].reduce((bytes, buffer) => bytes + buffer.byteLength, 0) < 2 * 1024 * 1024);
	// What is larger than a buffer of its own kind still goes as it is.
	const large = Buffer.alloc(300 * 1024, 'x');
	frames.add('s', Buffer.from('before'));
	frames.add('s', large);
	frames.flush();
	t.is(writes.at(-1)?.text, `PUB s ${large.length}\r\n${large.toString()}\r\n`);
	// As soon as it takes again, nothing is copied.
	for (const write of writes) write.sent();
	frames.add('s', Buffer.from('one'));
	frames.flush();
	const { buffer } = (writes.at(-1) as Write).frames;
	t.true(writes.slice(0, 4).some((write) => write.frames.buffer === buffer));
});
