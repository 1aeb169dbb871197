// How a fuzz input is laid out: what its integers mean is said in the target's source and in test/fuzz/stream_plan.h.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../setup/stamps.mjs';

const corpus = join(root, 'test', 'fuzz', 'corpus');

/** One file of a target's corpus. */
export function seed(target, name, ...parts) {
	mkdirSync(join(corpus, target), { recursive: true });
	writeFileSync(join(corpus, target, name), Buffer.concat(parts.map((part) => Buffer.from(part))));
}

export const hex = (text) => Buffer.from(text.replace(/\s/g, ''), 'hex');
export const latin1 = (text) => Buffer.from(text, 'latin1');

export function unsigned(value, bytes, littleEndian = false) {
	const out = Buffer.alloc(bytes);
	if (littleEndian) out.writeUIntLE(value, 0, bytes);
	else out.writeUIntBE(value, 0, bytes);
	return out;
}
export const u16 = (value) => unsigned(value, 2, true);
export const u32 = (value) => unsigned(value, 4, true);
/** With its length before it, big-endian. */
export const sized = (bytes, lengthBytes) => Buffer.concat([unsigned(bytes.length, lengthBytes), bytes]);

export const gap = 0;
export const unsizedGap = 1;
export const skip = 2;
export const other = 3;

/** As StreamPlan reads it; a damage is [position, bytes, kind]. */
export function plan(stream, damages = [], split = 7) {
	const list = damages.flatMap(([position, bytes, kind]) => [u16(position), u16(bytes), Buffer.of(kind)]);
	return Buffer.concat([u16(split), Buffer.of(damages.length), ...list, Buffer.from(stream)]);
}
