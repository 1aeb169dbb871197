/** What requests and answers of HTTP/1.1 and HTTP/2 have in common in Node.js, as far as the API uses it. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';

export type ApiRequest = IncomingMessage | Http2ServerRequest;

/** What is written until `uncork` goes out in one write. */
interface CorkedWriter {
	cork(): void;
	uncork(): void;
}

export interface ApiResponse {
	readonly headersSent: boolean;
	readonly statusCode: number;
	/** Written and not yet taken by the connection, in bytes. */
	readonly writableLength: number;
	readonly writableEnded: boolean;
	/** Of HTTP/2. */
	readonly stream?: CorkedWriter & { readonly session?: unknown; close(code: number): void };
	/** Of HTTP/1.1, until the connection closes. */
	readonly socket?: CorkedWriter | null;
	writeHead(status: number, headers: OutgoingHttpHeaders): unknown;
	/** HTTP/2 sends them at once. */
	flushHeaders?(): void;
	write(chunk: Uint8Array | string): boolean;
	/** Of HTTP/1.1: what is written until `uncork` is one chunk, which goes out in several writes. */
	cork?(): void;
	uncork?(): void;
	end(): unknown;
	end(chunk: string): unknown;
	destroy(): unknown;
	on(event: 'close', listener: () => void): unknown;
	on(event: 'error', listener: (error: Error) => void): unknown;
}

/**
 * Has the connection gather what is written to it in this turn of the event loop. Returns what sends it, to be called once;
 * it may have closed by then.
 */
export function gathered(response: ApiResponse): () => void {
	const writer = response.stream ?? response.socket;
	writer?.cork();
	return () => writer?.uncork();
}

/** https://www.rfc-editor.org/rfc/rfc9113#section-7 */
const HTTP2_INTERNAL_ERROR = 2;

/** Breaks it off, so that the client sees no proper end. */
export function breakOff(response: ApiResponse): void {
	response.stream?.close(HTTP2_INTERNAL_ERROR);
	response.destroy();
}
