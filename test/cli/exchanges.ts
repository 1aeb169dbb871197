/** The exchanges of the documents' sample lines and JSON, as they come over the wire. */
import { AddressNames } from '../../src/messaging/address-names.ts';
import type { ExchangeContext } from '../../src/messaging/exchange-json.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';

export type Exchange = podwire.v1.Exchange.$Properties;

const { EndpointKind, Direction, Protocol, End } = wire;

export const FRONTEND = Uint8Array.of(198, 18, 11, 3);
export const BACKEND = Uint8Array.of(198, 18, 12, 3);
export const INGRESS = Uint8Array.of(198, 18, 10, 9);
export const GRPC = Uint8Array.of(198, 18, 13, 1);
export const BACKEND_SERVICE = Uint8Array.of(198, 19, 10, 73);

export const NAMES: podwire.v1.AddressName.$Properties[] = [
	{
		ip: FRONTEND,
		kind: EndpointKind.ENDPOINT_KIND_POD,
		namespace: 'shop',
		name: 'frontend-7d4-x2x',
		workload: 'deploy/frontend',
	},
	{
		ip: BACKEND,
		kind: EndpointKind.ENDPOINT_KIND_POD,
		namespace: 'shop',
		name: 'backend-5f-abc',
		workload: 'deploy/backend',
	},
	{ ip: INGRESS, kind: EndpointKind.ENDPOINT_KIND_POD, namespace: 'ingress', name: 'ingress-6c-9pq' },
	{ ip: GRPC, kind: EndpointKind.ENDPOINT_KIND_EXTERNAL, name: 'grpc.shop' },
];

export const POD = { namespace: 'shop', name: 'frontend-7d4-x2x', node: 'node1' };

export function context(): ExchangeContext {
	const names = new AddressNames();
	names.learn(NAMES);
	return { tap: 't-4f2a', pod: POD, names };
}

/** 2026-11-22T21:04:00Z, in seconds: 20,779 days and 75,840 s since 1970. */
export const START_SECONDS = 20_779 * 86_400 + 75_840;

const toBackend = {
	direction: Direction.DIRECTION_OUTBOUND,
	source: { ip: FRONTEND, port: 43210 },
	destination: { ip: BACKEND, port: 8080, via: { ip: BACKEND_SERVICE, port: 80, service: 'backend' } },
	protocol: Protocol.PROTOCOL_HTTP_1_1,
};

export const CART: Exchange = {
	...toBackend,
	id: Uint8Array.of(0x7f, 0x3a, 0, 1, 2, 3, 4, 0xff),
	startSeconds: START_SECONDS + 5,
	startNanos: 123_456_789,
	request: {
		method: 'GET',
		scheme: 'http',
		authority: 'backend',
		path: '/api/cart?id=7',
		headers: [
			{ name: 'accept', value: '*/*' },
			{ name: 'authorization', redacted: true },
			{ name: 'x-id', unknown: true },
		],
		bodyBytes: 0,
		wireBytes: 412,
	},
	response: { status: 200, reason: 'OK', bodyBytes: 1203, wireBytes: 1498 },
	informational: [{ status: 100 }],
	firstResponseByteNanos: 12_400_000,
	durationNanos: 13_100_000,
	end: End.END_COMPLETE,
};

export const CHECKOUT: Exchange = {
	id: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 2),
	startSeconds: START_SECONDS + 5,
	startNanos: 130_000_000,
	direction: Direction.DIRECTION_INBOUND,
	source: { ip: INGRESS, port: 51000 },
	destination: { ip: FRONTEND, port: 8080 },
	protocol: Protocol.PROTOCOL_HTTP_1_1,
	request: { method: 'POST', path: '/checkout' },
	response: { status: 503, bodyBytes: 88 },
	firstResponseByteNanos: 1_200_000_000,
	end: End.END_COMPLETE,
};

export const GRPC_GET: Exchange = {
	id: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 3),
	startSeconds: START_SECONDS + 5,
	startNanos: 310_000_000,
	direction: Direction.DIRECTION_OUTBOUND,
	source: { ip: FRONTEND, port: 43212 },
	destination: { ip: GRPC, port: 9000 },
	protocol: Protocol.PROTOCOL_HTTP_2,
	stream: 5,
	request: { method: 'POST', path: '/shop.Cart/Get' },
	response: { status: 200, bodyBytes: 64, grpc: { code: 5, message: 'no such cart' } },
	firstResponseByteNanos: 3_100_000,
	end: End.END_COMPLETE,
};

export const EVENTS: Exchange = {
	...toBackend,
	id: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 4),
	startSeconds: START_SECONDS + 6,
	startNanos: 2_000_000,
	request: { method: 'GET', path: '/events' },
	response: { status: 200 },
	firstResponseByteNanos: 4_000_000,
	end: End.END_OPEN,
};
