/** The API for the API server's front proxy: TLS, HTTP/1.1 and HTTP/2, with the client's certificate asked for. */
import { constants } from 'node:crypto';
import { createSecureServer, type Http2SecureServer, type Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { systemClock } from '../../messaging/clock.ts';
import { PodwireError } from '../../messaging/errors.ts';
import { MAX_TAPS } from '../tap-registry.ts';
import type { ApiHandler } from './api-handler.ts';
import { CLIENT_QUEUE_BYTES } from './client-stream.ts';
import { CLOSE_MS, HEADERS_TIMEOUT_MS, MAX_CONNECTIONS, MAX_HEADER_BYTES } from './local-server.ts';
import type { CertificatePair } from './serving-certificate.ts';

/** Requests at one time on one connection of HTTP/2; one of the front proxy carries those of many users. */
const MAX_CONCURRENT_STREAMS = 1024;
/** A user may be in many groups, each a header of its own. */
const MAX_HEADERS = 4096;
const IDLE_BEFORE_REQUEST_MS = 120_000;

/**
 * What Node.js lets one connection of HTTP/2 keep, in its MB, before it refuses new streams on it. The queues of all taps
 * must fit: otherwise clients that read slowly would keep others from beginning.
 */
const SESSION_MEMORY_MB: number = Math.ceil((2 * MAX_TAPS * CLIENT_QUEUE_BYTES) / 1e6);

export interface ListenAddress {
	readonly host: string;
	/** 0: the system chooses. */
	readonly port: number;
}

export class TlsServer {
	readonly #server: Http2SecureServer;
	readonly #sockets = new Set<Socket>();
	readonly #sessions = new Set<Http2Session>();

	constructor(handler: ApiHandler, pair: CertificatePair) {
		this.#server = createSecureServer(
			{
				...contextOf(pair),
				allowHTTP1: true,
				// Whose it is, is judged for each request: authorities change while connections live.
				requestCert: true,
				rejectUnauthorized: false,
				settings: { maxConcurrentStreams: MAX_CONCURRENT_STREAMS, maxHeaderListSize: MAX_HEADER_BYTES },
				maxHeaderListPairs: MAX_HEADERS,
				maxSessionMemory: SESSION_MEMORY_MB,
				handshakeTimeout: HEADERS_TIMEOUT_MS,
			},
			handler,
		);
		Object.assign(this.#server, HTTP1_SETTINGS);
		this.#server.maxConnections = MAX_CONNECTIONS;
		this.#server.on('secureConnection', (socket: Socket) => keep(this.#sockets, socket));
		this.#server.on('session', (session: Http2Session) => keep(this.#sessions, session));
		this.#server.on('sessionError', () => {}); // the connection is gone; its streams tell
	}

	/** That are open now. */
	get connections(): number {
		return this.#sockets.size;
	}

	/** The port that it listens on. Throws PodwireError. */
	async listen({ host, port }: ListenAddress): Promise<number> {
		await new Promise<void>((resolve, reject) => {
			this.#server.once('error', (cause: NodeJS.ErrnoException) => {
				const code = cause.code === 'EADDRINUSE' ? 'PORT_IN_USE' : 'CONFIGURATION';
				reject(
					new PodwireError(code, `The control plane cannot listen on ${host}:${port}: ${cause.message}`, { cause }),
				);
			});
			this.#server.listen(port, host, resolve);
		});
		const address = this.#server.address();
		return typeof address === 'object' && address !== null ? address.port : port;
	}

	/** Connections that are there keep what they have; new ones are shown this. */
	use(pair: CertificatePair): void {
		this.#server.setSecureContext(contextOf(pair));
	}

	/** Lets clients read the last words, but not for ever. */
	async close(): Promise<void> {
		await new Promise<void>((resolve) => {
			const timer = systemClock.setTimeout(() => {
				for (const socket of this.#sockets) socket.destroy();
			}, CLOSE_MS);
			this.#server.close(() => {
				timer.cancel();
				resolve();
			});
			for (const session of this.#sessions) session.close();
		});
	}
}

/** Of HTTP/1.1 over the same port: the properties of a node:http server, which its options do not reach here. */
const HTTP1_SETTINGS: object = {
	maxHeaderSize: MAX_HEADER_BYTES,
	maxHeadersCount: MAX_HEADERS,
	headersTimeout: HEADERS_TIMEOUT_MS,
	requestTimeout: HEADERS_TIMEOUT_MS,
	keepAliveTimeout: IDLE_BEFORE_REQUEST_MS,
};

/** Sessions are not resumed: a resumed one would not show the client's whole chain again. */
function contextOf({ cert, key }: CertificatePair): object {
	return { cert, key, minVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET };
}

function keep<Item extends { once(event: 'close', listener: () => void): unknown }>(
	items: Set<Item>,
	item: Item,
): void {
	items.add(item);
	item.once('close', () => items.delete(item));
}
