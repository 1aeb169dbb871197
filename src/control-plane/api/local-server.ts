/** The API for this machine alone: HTTP/1.1 without TLS, for a Unix socket. */
import type { Server } from 'node:http';
import { systemClock } from '../../messaging/clock.ts';
import { createServer } from '../../messaging/node-http.ts';
import type { ApiHandler } from './api-handler.ts';

/** Of the request line and headers; a query with every filter repeated fits. */
export const MAX_HEADER_BYTES = 64 * 1024;
export const MAX_CONNECTIONS = 1024;
export const HEADERS_TIMEOUT_MS = 10_000;
/** For clients to read the last words. */
export const CLOSE_MS = 1000;

/** Not listening yet. */
export function createLocalServer(handler: ApiHandler): Server {
	const server = createServer(
		{
			maxHeaderSize: MAX_HEADER_BYTES,
			headersTimeout: HEADERS_TIMEOUT_MS,
			requestTimeout: HEADERS_TIMEOUT_MS,
			noDelay: true,
		},
		handler,
	);
	server.maxConnections = MAX_CONNECTIONS;
	return server;
}

/** That are open now. */
export function connectionsOf(server: Server): Promise<number> {
	return new Promise((resolve) => server.getConnections((error, count) => resolve(error === null ? count : 0)));
}

/** Lets clients read the last words, but not for ever. */
export async function closeLocalServer(server: Server): Promise<void> {
	await new Promise<void>((resolve) => {
		const timer = systemClock.setTimeout(() => server.closeAllConnections(), CLOSE_MS);
		server.close(() => {
			timer.cancel();
			resolve();
		});
		server.closeIdleConnections();
	});
}
