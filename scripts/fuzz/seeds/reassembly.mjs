// Segments: the steps of reassembly_fuzzer.cc.
import { seed, u16, u32 } from './input.mjs';

const first = [u32(0xfffffff0), u32(1000)];
const orderly = (...steps) => [
	[1],
	...first,
	...steps.map(([what, offset, size, ...more]) => Buffer.from([what, ...u16(offset), size, ...more])),
];
seed('reassembly', 'in-order', ...orderly([0, 0, 100], [1, 0, 50], [0, 100, 100], [16, 200, 10, ...u16(50)]));
seed('reassembly', 'reordered', ...orderly([0, 100, 100], [0, 0, 100], [2, 300, 20], [0, 200, 100]));
seed('reassembly', 'overlapping', ...orderly([0, 50, 100], [0, 0, 200], [0, 120, 200], [0, 120, 200]));
seed('reassembly', 'acknowledged-hole', ...orderly([0, 0, 10], [0, 50, 10], [17, 0, 5, ...u16(60)]));
seed('reassembly', 'timed-out-hole', ...orderly([0, 0, 10], [0, 50, 10], [4, 60, 10, 255], [0, 10, 40]));
seed('reassembly', 'captured-in-part', ...orderly([0, 40, 100], [8, 0, 100, 90], [8, 140, 200, 100]));
const wild = (skipEvery, skipBytes, ignoreAt, ...steps) => [
	[0],
	...first,
	[skipEvery],
	u32(skipBytes),
	[ignoreAt],
	...steps.map((step) => Buffer.from(step)),
];
seed('reassembly', 'joined-late', ...wild(0, 0, 0, [0, 0, 10, 0, 100], [17, 0, 5, 0, 50, 110, 0], [0, 4, 110, 0, 0]));
seed(
	'reassembly',
	'skips',
	...wild(2, 200, 0, [0, 1, 255, 255, 0], [0, 0, 0, 0, 200], [0, 0, 200, 0, 200], [2, 0, 144, 1, 50]),
);
seed(
	'reassembly',
	'reset-and-reuse',
	...wild(0, 0, 3, [0, 1, 0, 0, 0], [0, 8, 0, 0, 0], [0, 0x11, 0, 0, 9], [0, 0x21, 1, 0, 9], [0, 0x31, 2, 0, 9]),
);
