/** Copies stdin to a file, so many bytes a second and no more: `slow-reader.ts FILE BYTES-A-SECOND`. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const [path = '', rate = ''] = process.argv.slice(2);
const blockBytes = 64 << 10;
const buffer = Buffer.alloc(blockBytes);
const pause = new Int32Array(new SharedArrayBuffer(4));
const file = openSync(path, 'w');
const beginMs = performance.now();
let taken = 0;

for (;;) {
	const bytes = readSync(0, buffer, 0, blockBytes, null);
	if (bytes === 0) break;
	writeSync(file, buffer, 0, bytes);
	taken += bytes;
	const aheadMs = (taken / Number(rate)) * 1000 - (performance.now() - beginMs);
	if (aheadMs > 0) Atomics.wait(pause, 0, 0, aheadMs);
}
closeSync(file);
