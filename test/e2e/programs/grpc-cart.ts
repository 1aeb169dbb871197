/**
 * The service shop.Cart: raw bytes as messages. Usage: node grpc-cart.ts IP PORT
 *   Get     unary: `missing` is NOT_FOUND with a message that has to be percent-encoded; anything else is echoed
 *   Add     client streaming: answers with the number of messages
 *   Watch   server streaming: as many messages as the request says, 200 ms apart
 *   Chat    bidirectional: echoes each message
 */
import {
	Server,
	ServerCredentials,
	type ServerDuplexStream,
	type ServerReadableStream,
	type ServerUnaryCall,
	type ServerWritableStream,
	type sendUnaryData,
	status,
} from '@grpc/grpc-js';
import { cart } from './grpc-cart-service.ts';

const [ip = '', port = ''] = process.argv.slice(2);
const pauseMs = 200;

const server = new Server();
server.addService(cart, {
	Get(call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) {
		if (call.request.toString() === 'missing') answer({ code: status.NOT_FOUND, details: 'no café, 100 %' });
		else answer(null, call.request);
	},
	Add(call: ServerReadableStream<Buffer, Buffer>, answer: sendUnaryData<Buffer>) {
		let count = 0;
		call.on('data', () => {
			count += 1;
		});
		call.on('end', () => answer(null, Buffer.from(`${count}`)));
	},
	async Watch(call: ServerWritableStream<Buffer, Buffer>) {
		for (let number = 0; number < Number(call.request); number += 1) {
			call.write(Buffer.from(`event ${number}`));
			await new Promise((resolve) => setTimeout(resolve, pauseMs));
		}
		call.end();
	},
	Chat(call: ServerDuplexStream<Buffer, Buffer>) {
		call.on('data', (message: Buffer) => call.write(message));
		call.on('end', () => call.end());
	},
});
server.bindAsync(`${ip}:${port}`, ServerCredentials.createInsecure(), (error) => {
	if (error !== null) throw error;
	process.stdout.write('ready\n');
});
