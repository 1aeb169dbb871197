// Frames of HTTP/2: RFC 9113, sections 4 and 6.
import { requestBlocks, responseBlocks } from './hpack.mjs';
import { gap, hex, latin1, plan, seed, skip, unsigned, unsizedGap } from './input.mjs';

export function frame(type, flags, stream, payload = Buffer.alloc(0)) {
	return Buffer.concat([unsigned(payload.length, 3), Buffer.of(type, flags), unsigned(stream, 4), payload]);
}
export const preface = latin1('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const settings = frame(4, 0, 0, hex('0003 0000 0064 0004 0010 0000'));
export const clientFrames = Buffer.concat([
	settings,
	frame(4, 1, 0),
	frame(8, 0, 0, hex('000f 0001')),
	frame(1, 5, 1, hex(requestBlocks[0])),
	frame(1, 0x24, 3, Buffer.concat([hex('0000 0000 0f'), hex(requestBlocks[1])])),
	frame(0, 8, 3, Buffer.concat([hex('03'), latin1('hello'), hex('000000')])),
	frame(0, 1, 3, latin1('world')),
	frame(2, 0, 5, hex('8000 0003 ff')),
	frame(6, 0, 0, hex('0102 0304 0506 0708')),
	frame(3, 0, 1, hex('0000 0008')),
	frame(0xfa, 0, 0, latin1('unknown')),
	frame(7, 0, 0, hex('0000 0003 0000 0000 6279 65')),
]);
export const serverFrames = Buffer.concat([
	settings,
	frame(1, 0, 1, hex(responseBlocks[0]).subarray(0, 10)),
	frame(9, 4, 1, hex(responseBlocks[0]).subarray(10)),
	frame(5, 0x0c, 1, Buffer.concat([hex('01 0000 0002'), hex(requestBlocks[0]), hex('00')])),
	frame(0, 0, 1, latin1('x'.repeat(300))),
	frame(0, 1, 1),
	frame(1, 5, 2, hex('88')),
]);
seed('http2', 'client', [0], plan(Buffer.concat([preface, clientFrames])));
seed('http2', 'server', [1], plan(serverFrames));
seed('http2', 'joined-late', [2], plan(Buffer.concat([latin1('tail of a body'), serverFrames, clientFrames])));
seed('http2', 'gap-in-data', [1], plan(serverFrames, [[160, 100, gap]]));
seed('http2', 'gap-beyond-frame', [1], plan(Buffer.concat([serverFrames, serverFrames]), [[30, 40, unsizedGap]]));
seed('http2', 'skip-in-data', [1], plan(serverFrames, [[170, 200, skip]]));
seed('http2', 'little-memory', [5], plan(serverFrames));
