/** What requests and answers of HTTP/1.1 and HTTP/2 have in common in Node.js, as far as the API uses it. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';

export type ApiRequest = IncomingMessage | Http2ServerRequest;

export interface ApiResponse {
	readonly headersSent: boolean;
	readonly statusCode: number;
	/** Written and not yet taken by the connection, in bytes. */
	readonly writableLength: number;
	readonly writableEnded: boolean;
	/** Of HTTP/2. */
	readonly stream?: { readonly session?: unknown; close(code: number): void };
	writeHead(status: number, headers: OutgoingHttpHeaders): unknown;
	/** HTTP/2 sends them at once. */
	flushHeaders?(): void;
	write(chunk: Uint8Array | string): boolean;
	/** What is written until `uncork` goes out as one piece; where there is neither, in several. */
	cork?(): void;
	uncork?(): void;
	end(): unknown;
	end(chunk: string): unknown;
	destroy(): unknown;
	on(event: 'close', listener: () => void): unknown;
	on(event: 'error', listener: (error: Error) => void): unknown;
}

/** https://www.rfc-editor.org/rfc/rfc9113#section-7 */
const HTTP2_INTERNAL_ERROR = 2;

/** Breaks it off, so that the client sees no proper end. */
export function breakOff(response: ApiResponse): void {
	response.stream?.close(HTTP2_INTERNAL_ERROR);
	response.destroy();
}
