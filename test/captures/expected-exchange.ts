/**
 * An exchange as the programs that made it logged it: the common form of `expected.json`. What the logs do not tell is
 * absent; null says that there was none.
 */
export type HeaderList = readonly (readonly [name: string, value: string])[];

export interface MessageTally {
	readonly count: number;
	/** As sent: of compressed messages, compressed. */
	readonly bytes?: number;
	readonly compressed?: number;
}

export type MessageKindName = 'grpc' | 'text' | 'binary' | 'ping' | 'pong' | 'event';

/** Kinds that are absent did not occur. */
export interface ExpectedMessages {
	readonly counts: Readonly<Partial<Record<MessageKindName, MessageTally>>>;
	readonly closeCode?: number | null;
}

export interface ExpectedMessage {
	/** All of them, in the order of the wire. */
	readonly headers?: HeaderList;
	readonly trailers?: HeaderList;
	/** Only the payload: after transfer coding, before content coding. */
	readonly bodyBytes?: number;
	readonly messages?: ExpectedMessages;
}

export interface ExpectedRequest extends ExpectedMessage {
	readonly connectProtocol?: string;
	readonly grpcTimeoutNanos?: number;
}

export interface ExpectedResponse extends ExpectedMessage {
	readonly reason?: string;
	readonly grpc?: { readonly code: number; readonly message: string };
}

export type EndName = 'complete' | 'reset' | 'closed' | 'upgraded' | 'detached' | 'open';

export interface ExpectedExchange {
	/** Address and port of the end that answered. */
	readonly server: string;
	readonly protocol: 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2';
	readonly method: string;
	readonly authority?: string | null;
	/** Null: the request has none (CONNECT). */
	readonly path: string | null;
	/** Null: no response came. */
	readonly status: number | null;
	readonly request?: ExpectedRequest;
	readonly response?: ExpectedResponse;
	/** Statuses of the 1xx responses. */
	readonly informational?: readonly number[];
	readonly pushed?: boolean;
	/** Of RST_STREAM. */
	readonly reset?: { readonly errorCode: number; readonly bySource: boolean };
	/** Absent: complete. */
	readonly end?: EndName;
}

/** A server that only TLS was spoken with. */
export interface ExpectedTls {
	readonly server: string;
	readonly connections: number;
	readonly serverNames: readonly string[];
	readonly applicationProtocols: readonly string[];
}

/** expected.json of one capture. */
export interface Expectation {
	readonly title: string;
	/** Name and version of each program that took part. */
	readonly programs: readonly string[];
	/** How tshark is to read a server's port. */
	readonly ports: Readonly<Record<string, 'http' | 'http2' | 'tls'>>;
	readonly exchanges: readonly ExpectedExchange[];
	readonly tls?: readonly ExpectedTls[];
}
