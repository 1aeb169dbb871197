// Frames of WebSocket: the examples of RFC 6455, section 5.7.
import { gap, hex, plan, seed, skip } from './input.mjs';

export const webSocket = {
	text: '8105 4865 6c6c 6f',
	masked: '8185 37fa 213d 7f9f 4d51 58',
	fragments: '0103 4865 6c80 026c 6f',
	ping: '8905 4865 6c6c 6f 8a85 37fa 213d 7f9f 4d51 58',
	close: '8802 03e8',
	'masked-close': '8882 0102 0304 02ea',
	compressed: 'c107 f248 cdc9 c907 00',
	'between-fragments': '0101 61 8901 62 8001 63',
};
for (const [name, text] of Object.entries(webSocket)) seed('websocket', name, [1], plan(hex(text)));
const binary = Buffer.concat([hex('827e 0100'), Buffer.alloc(256, 1), hex('8105 4865 6c6c 6f 8800')]);
seed('websocket', 'binary-256', [0], plan(binary));
seed('websocket', 'gap-in-payload', [0], plan(binary, [[20, 100, gap]]));
seed('websocket', 'skip-payload', [0], plan(binary, [[10, 300, skip]]));
seed('websocket', 'long', [0], plan(Buffer.concat([hex('827f 0000 0000 0001 0000'), Buffer.alloc(300)])));
