/** A daemon's small HTTP server for who watches over it: a few paths, short answers, no bodies taken. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PodwireError } from './errors.ts';
import { createServer } from './node-http.ts';

export interface EndpointAddress {
	/** Without the brackets of an IPv6 address. */
	readonly host: string;
	/** 0: one that is free. */
	readonly port: number;
}

export interface EndpointAnswer {
	readonly status: number;
	readonly text: string;
	/** Plain text unless told. */
	readonly contentType?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

/** Does not reject. */
export type EndpointRoute = (request: IncomingMessage) => EndpointAnswer | Promise<EndpointAnswer>;

export interface HttpEndpoint {
	readonly port: number;
	close(): Promise<void>;
}

export interface EndpointOptions {
	/** In a sentence: `The health endpoint`. */
	readonly title: string;
	/** Where its address comes from. */
	readonly setting: string;
	/** By path. */
	readonly routes: ReadonlyMap<string, EndpointRoute>;
}

/** A probe or a scrape is one short request without a body. */
const REQUEST_TIMEOUT_MS = 5000;
const MAX_HEADER_BYTES = 4096;
const MAX_CONNECTIONS = 16;
const PLAIN_TEXT = 'text/plain; charset=utf-8';

function send(response: ServerResponse, { status, text, contentType = PLAIN_TEXT, headers }: EndpointAnswer): void {
	response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store', ...headers });
	response.end(text);
}

function makeServer({ routes }: EndpointOptions): Server {
	const options = { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_TIMEOUT_MS };
	const server = createServer(options, async (request, response) => {
		const route = routes.get(request.url?.split('?')[0] ?? '');
		if (route === undefined) {
			return send(response, { status: 404, text: `only ${[...routes.keys()].join(' and ')} are here\n` });
		}
		if (request.method !== 'GET' && request.method !== 'HEAD') {
			return send(response, { status: 405, text: 'only GET is answered\n' });
		}
		send(response, await route(request));
	});
	server.maxConnections = MAX_CONNECTIONS;
	return server;
}

/** Throws PodwireError when it cannot be listened at. */
export async function startHttpEndpoint(address: EndpointAddress, options: EndpointOptions): Promise<HttpEndpoint> {
	const server = makeServer(options);
	await new Promise<void>((resolve, reject) => {
		server.once('error', (cause: NodeJS.ErrnoException) => {
			const taken = cause.code === 'EADDRINUSE';
			const how = taken ? `it is in use: set ${options.setting} to another port` : cause.message;
			const sentence = `${options.title} cannot listen at ${address.host} port ${address.port}: ${how}`;
			reject(new PodwireError(taken ? 'PORT_IN_USE' : 'CONFIGURATION', sentence, { cause }));
		});
		server.listen(address.port, address.host, resolve);
	});
	return {
		port: (server.address() as AddressInfo).port,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
