/** The JSON of an exchange as programs read it: what a line of exchange-json.ts parses to. */
import type { EndpointKindName } from './address-names.ts';
import type { MessageKindName } from './message-kinds.ts';

/** A `name` of null cannot be known: HPACK's table was filled before the tap began. */
export type HeaderJson =
	| { readonly name: string | null; readonly value: string }
	| { readonly name: string | null; readonly redacted: true }
	| { readonly name: string | null; readonly unknown: true };

interface BodyFacts {
	readonly truncated?: true;
	/** The content codings that were taken away: `gzip`, `gzip, br`. */
	readonly decoded?: string;
	/** Why it is not decoded, or no further. Without `decoded` the body is there as it passed, in base64. */
	readonly decodeError?: string;
}

/** `text` when it is UTF-8. A cut in the middle of a character takes the rest of that character along. */
export type BodyJson = ({ readonly text: string } | { readonly base64: string }) & BodyFacts;

/** Messages of one direction: gRPC, WebSocket, server-sent events. */
export interface MessagesJson {
	/** Each kind that can occur; null: one of a newer version. */
	readonly kinds: readonly {
		readonly kind: MessageKindName | null;
		readonly count: number;
		readonly bytes: number;
		readonly compressed: number;
	}[];
	/** False: lower bounds. */
	readonly exact: boolean;
	/** Of a WebSocket alone. */
	readonly closeCode?: number | null;
}

export interface ViaJson {
	readonly ip: string;
	readonly port: number;
	readonly service: string | null;
}

/** `namespace`, `name` and `workload` are always there for a pod, for others where there is such a name. */
export interface EndpointJson {
	readonly ip: string;
	readonly port: number;
	readonly kind: EndpointKindName | null;
	readonly namespace?: string | null;
	readonly name?: string | null;
	readonly workload?: string | null;
	readonly via?: ViaJson;
}

export interface RequestJson {
	readonly method: string | null;
	readonly scheme: string | null;
	readonly authority: string | null;
	readonly path: string | null;
	readonly headers: readonly HeaderJson[];
	readonly trailers: readonly HeaderJson[];
	readonly bodyBytes: number | null;
	readonly wireBytes: number | null;
	readonly body?: BodyJson;
	readonly messages?: MessagesJson;
	/** RFC 8441, section 4. */
	readonly connectProtocol?: string;
	readonly grpc?: { readonly timeoutNanos: number };
}

export interface ResponseJson {
	readonly status: number | null;
	readonly reason: string | null;
	readonly headers: readonly HeaderJson[];
	readonly trailers: readonly HeaderJson[];
	readonly bodyBytes: number | null;
	readonly wireBytes: number | null;
	readonly body?: BodyJson;
	readonly messages?: MessagesJson;
	readonly grpc?: { readonly code: number; readonly name: string | null; readonly message: string };
}

export type EndName = 'open' | 'complete' | 'reset' | 'closed' | 'upgraded' | 'detached';

/** Every key is always there, null where it does not apply or is not known, but for those with `?`. */
export interface ExchangeJson {
	/** 16 hex digits. */
	readonly id: string;
	/** Null in a capture file. */
	readonly tap: string | null;
	/** RFC 3339, UTC, nine digits of a second. */
	readonly start: string;
	/** The tapped pod; null in a capture file. */
	readonly pod: { readonly namespace: string | null; readonly name: string; readonly node: string | null } | null;
	readonly direction: 'inbound' | 'outbound' | 'internal' | null;
	readonly source: EndpointJson | null;
	readonly destination: EndpointJson | null;
	readonly protocol: 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2' | null;
	readonly tls: boolean;
	readonly stream: number | null;
	/** RFC 9113, section 8.4. */
	readonly pushed?: true;
	readonly request: RequestJson | null;
	readonly response: ResponseJson | null;
	readonly informational: readonly { readonly status: number; readonly headers: readonly HeaderJson[] }[];
	readonly timing: { readonly firstResponseByteNanos: number | null; readonly durationNanos: number | null };
	readonly end: EndName | null;
	/** Of RST_STREAM; the name of RFC 9113, section 7, null for a code that it does not define. */
	readonly reset?: { readonly code: number; readonly name: string | null; readonly by: 'source' | 'destination' };
	/** Causes as loss-words.ts spells them; empty: all of it was seen. */
	readonly missing: readonly string[];
}
