// Bodies of gRPC and gRPC-Web.
import { gap, latin1, plan, seed, sized, skip } from './input.mjs';

const message = (flags, bytes) => Buffer.concat([Buffer.of(flags), sized(bytes, 4)]);
export const call = Buffer.concat([
	message(0, latin1('hello')),
	message(1, latin1('compressed')),
	message(0, Buffer.alloc(0)),
]);
const web = Buffer.concat([call, message(0x80, latin1('grpc-status: 0\r\ngrpc-message: ok\r\n'))]);
seed('grpc', 'grpc', [0], plan(call));
seed('grpc', 'grpc-gap', [0], plan(call, [[6, 3, gap]]));
seed('grpc', 'grpc-skip', [0], plan(call, [[5, 5, skip]]));
seed('grpc', 'web', [1], plan(web));
seed('grpc', 'web-text', [2], plan(latin1(web.toString('base64'))));
seed(
	'grpc',
	'web-text-segments',
	[2],
	plan(latin1(call.toString('base64') + web.subarray(call.length).toString('base64'))),
);
for (const word of ['10S', '250m', '99999999H', 'application/grpc+proto; charset=utf-8', 'Application/grpc-web-text']) {
	seed('grpc', `word-${word.replace(/\W+/g, '-')}`, [3], latin1(word));
}
