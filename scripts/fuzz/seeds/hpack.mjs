// Header blocks: the examples of RFC 7541, appendix C.
import { hex, seed, u16 } from './input.mjs';

const c3 = [
	'8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
	'8286 84be 5808 6e6f 2d63 6163 6865',
	'8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
];
export const requestBlocks = [
	'8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
	'8286 84be 5886 a8eb 1064 9cbf',
	'8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
];
export const responseBlocks = [
	'3fe1 01 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
	'4883 640e ffc1 c0bf',
	'88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
];
const c2 = [
	'400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
	'040c 2f73 616d 706c 652f 7061 7468',
	'1008 7061 7373 776f 7264 0673 6563 7265 74',
	'82',
	'20 3f61 be',
];
const blocks = (list) => list.map((text) => Buffer.concat([u16(hex(text).length), hex(text)]));
for (const [name, list] of Object.entries({
	'rfc7541-c2': c2,
	'rfc7541-c3': c3,
	'rfc7541-c4': requestBlocks,
	'rfc7541-c6': responseBlocks,
})) {
	seed('hpack', name, [0, 15], u16(0), ...blocks(list));
	seed('hpack', `${name}-late`, [1, 1], u16(4096), ...blocks(list));
}
