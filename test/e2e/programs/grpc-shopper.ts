/**
 * Calls shop.Cart over one connection, one call after the other, and prints each as one JSON line when it is over:
 * {"path", "sent", "received", "code", "message"}. Usage: node grpc-shopper.ts IP:PORT CALL…, where a CALL is
 * get:TEXT, add:COUNT, watch:COUNT, chat:COUNT or wait:MS.
 */
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { cart } from './grpc-cart-service.ts';

const [address = '', ...calls] = process.argv.slice(2);
const client = new Client(address, credentials.createInsecure());
const deadlineMs = 20_000;

interface Outcome {
	readonly sent: number;
	readonly received: number;
	readonly code: number;
	readonly message: string;
}

const options = () => ({ deadline: Date.now() + deadlineMs });
const message = (number: number) => Buffer.from(`message ${number}`);

function get(text: string): Promise<Outcome> {
	const { path, requestSerialize, responseDeserialize } = cart.Get;
	let received = 0;
	return new Promise((resolve) => {
		const answered = (error: ServiceError | null) => {
			received = error === null ? 1 : 0;
		};
		client
			.makeUnaryRequest(
				path,
				requestSerialize,
				responseDeserialize,
				Buffer.from(text),
				new Metadata(),
				options(),
				answered,
			)
			.on('status', ({ code, details }) => resolve({ sent: 1, received, code, message: details }));
	});
}

function add(count: number): Promise<Outcome> {
	const { path, requestSerialize, responseDeserialize } = cart.Add;
	let received = 0;
	return new Promise((resolve) => {
		const answered = (error: ServiceError | null) => {
			received = error === null ? 1 : 0;
		};
		const call = client.makeClientStreamRequest(
			path,
			requestSerialize,
			responseDeserialize,
			new Metadata(),
			options(),
			answered,
		);
		call.on('status', ({ code, details }) => resolve({ sent: count, received, code, message: details }));
		for (let number = 0; number < count; number += 1) call.write(message(number));
		call.end();
	});
}

function watch(count: number): Promise<Outcome> {
	const { path, requestSerialize, responseDeserialize } = cart.Watch;
	const asked = Buffer.from(`${count}`);
	const call = client.makeServerStreamRequest(
		path,
		requestSerialize,
		responseDeserialize,
		asked,
		new Metadata(),
		options(),
	);
	let received = 0;
	return new Promise((resolve) => {
		call.on('data', () => {
			received += 1;
		});
		call.on('error', () => undefined);
		call.on('status', ({ code, details }) => resolve({ sent: 1, received, code, message: details }));
	});
}

function chat(count: number): Promise<Outcome> {
	const { path, requestSerialize, responseDeserialize } = cart.Chat;
	const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata(), options());
	let received = 0;
	return new Promise((resolve) => {
		call.on('data', () => {
			received += 1;
			if (received === count) call.end();
			else call.write(message(received));
		});
		call.on('error', () => undefined);
		call.on('status', ({ code, details }) => resolve({ sent: count, received, code, message: details }));
		call.write(message(0));
	});
}

for (const call of calls) {
	const [kind = '', argument = ''] = call.split(':');
	if (kind === 'wait') {
		await new Promise((resolve) => setTimeout(resolve, Number(argument)));
		continue;
	}
	const [name, outcome] =
		kind === 'get'
			? (['Get', await get(argument)] as const)
			: kind === 'add'
				? (['Add', await add(Number(argument))] as const)
				: kind === 'watch'
					? (['Watch', await watch(Number(argument))] as const)
					: (['Chat', await chat(Number(argument))] as const);
	process.stdout.write(`${JSON.stringify({ path: `/shop.Cart/${name}`, ...outcome })}\n`);
}
client.close();
