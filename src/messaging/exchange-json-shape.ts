/** The JSON of an exchange as programs read it: what a line of exchange-json.ts parses to. */
import type { EndpointKindName } from './address-names.ts';

export type HeaderJson =
	| { readonly name: string; readonly value: string }
	| { readonly name: string; readonly redacted: true }
	| { readonly name: string; readonly unknown: true };

/** `text` when it is UTF-8. A cut in the middle of a character takes the rest of that character along. */
export type BodyJson =
	| { readonly text: string; readonly truncated?: true }
	| { readonly base64: string; readonly truncated?: true };

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
}

export interface ResponseJson {
	readonly status: number | null;
	readonly reason: string | null;
	readonly headers: readonly HeaderJson[];
	readonly trailers: readonly HeaderJson[];
	readonly bodyBytes: number | null;
	readonly wireBytes: number | null;
	readonly body?: BodyJson;
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
	readonly request: RequestJson | null;
	readonly response: ResponseJson | null;
	readonly informational: readonly { readonly status: number; readonly headers: readonly HeaderJson[] }[];
	readonly timing: { readonly firstResponseByteNanos: number | null; readonly durationNanos: number | null };
	readonly end: EndName | null;
	/** Causes as loss-words.ts spells them; empty: all of it was seen. */
	readonly missing: readonly string[];
}
