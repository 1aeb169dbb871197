/** The definition of shop.Cart, for server and client. Messages are bytes. */
import type { ServiceDefinition } from '@grpc/grpc-js';

const asIs = (message: Buffer): Buffer => message;

const method = (name: string, requestStream: boolean, responseStream: boolean) => ({
	path: `/shop.Cart/${name}`,
	requestStream,
	responseStream,
	requestSerialize: asIs,
	requestDeserialize: asIs,
	responseSerialize: asIs,
	responseDeserialize: asIs,
});

export const cart = {
	Get: method('Get', false, false),
	Add: method('Add', true, false),
	Watch: method('Watch', false, true),
	Chat: method('Chat', true, true),
} satisfies ServiceDefinition;
