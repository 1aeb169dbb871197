// grpc-client.mjs ADDRESS: makes calls of every kind; a second client compresses.
import { once } from 'node:events';
import { compressionAlgorithms, credentials, makeGenericClientConstructor, Metadata } from '@grpc/grpc-js';
import { shop } from './grpc-service.mjs';

const [address] = process.argv.slice(2);
const Client = makeGenericClientConstructor(shop, 'shop.Cart');
const client = new Client(address, credentials.createInsecure());

await unary('Get', 'the cart');
await unary('Get', 'the cart');
await Promise.all(['a', 'b'.repeat(300), 'c'.repeat(30_000), ''].map((text) => unary('Get', text)));
await unary('Fail', 'x');
await upload(['one', '', 'three'.repeat(1000)]);
await drain(client.List(Buffer.from('all')));
await drain(client.Break(Buffer.from('please')));
await chat(3);
await chat(4, true);
const hanging = unary('Hang', 'forever', { deadline: Date.now() + 300 });
await unary('Get', 'in between', { deadline: Date.now() + 10_000 });
await hanging;
const cancelled = client.Hang(Buffer.from('not long'), () => {});
setTimeout(() => cancelled.cancel(), 50);
await once(cancelled, 'status');
const binary = new Metadata();
binary.set('x-trace-bin', Buffer.from([0, 1, 2, 255]));
await unary('Get', 'with metadata', {}, binary);
client.close();

const compressing = new Client(address, credentials.createInsecure(), {
	'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
});
await new Promise((resolve) => compressing.Pack(Buffer.alloc(3000, 'z'), resolve));
compressing.close();

function unary(name, text, options = {}, metadata = new Metadata()) {
	return new Promise((resolve) => client[name](Buffer.from(text), metadata, options, resolve));
}

function upload(texts) {
	return new Promise((resolve) => {
		const call = client.Upload(resolve);
		for (const text of texts) call.write(Buffer.from(text));
		call.end();
	});
}

function drain(call) {
	return new Promise((resolve) => call.on('data', () => {}).on('error', () => {}).on('status', resolve));
}

async function chat(count, cancel = false) {
	const metadata = new Metadata();
	if (cancel) metadata.set('x-cancels', '1');
	const call = client.Chat(metadata);
	const done = drain(call);
	for (let number = 0; number < count; ++number) {
		call.write(Buffer.from(`message ${number}`));
		await once(call, 'data');
	}
	if (cancel) call.cancel();
	else call.end();
	await done;
}
