/**
 * Field numbers and types of proto/podwire.proto as they are on the wire, for readers that are written by hand: the tag
 * of each field is its number times 8 and its wire type (https://protobuf.dev/programming-guides/encoding).
 */

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED32 = 5;

export const TAP_BATCH_EXCHANGES: number = (6 << 3) | LENGTH_DELIMITED;
export const HEADER_TABLE_HEADERS: number = (1 << 3) | LENGTH_DELIMITED;

export const EXCHANGE = {
	id: (1 << 3) | LENGTH_DELIMITED,
	startSeconds: (2 << 3) | VARINT,
	startNanos: (3 << 3) | VARINT,
	direction: (4 << 3) | VARINT,
	source: (5 << 3) | LENGTH_DELIMITED,
	destination: (6 << 3) | LENGTH_DELIMITED,
	protocol: (7 << 3) | VARINT,
	tls: (8 << 3) | VARINT,
	stream: (9 << 3) | VARINT,
	request: (10 << 3) | LENGTH_DELIMITED,
	response: (11 << 3) | LENGTH_DELIMITED,
	informational: (12 << 3) | LENGTH_DELIMITED,
	firstResponseByteNanos: (13 << 3) | VARINT,
	durationNanos: (14 << 3) | VARINT,
	end: (15 << 3) | VARINT,
	missing: (16 << 3) | LENGTH_DELIMITED,
	reset: (17 << 3) | LENGTH_DELIMITED,
	pushed: (18 << 3) | VARINT,
} as const;

export const ENDPOINT = {
	ip: (1 << 3) | LENGTH_DELIMITED,
	port: (2 << 3) | VARINT,
	via: (3 << 3) | LENGTH_DELIMITED,
} as const;

export const VIA = {
	ip: (1 << 3) | LENGTH_DELIMITED,
	port: (2 << 3) | VARINT,
	service: (3 << 3) | LENGTH_DELIMITED,
} as const;

export const REQUEST = {
	method: (1 << 3) | LENGTH_DELIMITED,
	scheme: (2 << 3) | LENGTH_DELIMITED,
	authority: (3 << 3) | LENGTH_DELIMITED,
	path: (4 << 3) | LENGTH_DELIMITED,
	headers: (5 << 3) | LENGTH_DELIMITED,
	trailers: (6 << 3) | LENGTH_DELIMITED,
	bodyBytes: (7 << 3) | VARINT,
	wireBytes: (8 << 3) | VARINT,
	body: (9 << 3) | LENGTH_DELIMITED,
	messages: (10 << 3) | LENGTH_DELIMITED,
	connectProtocol: (11 << 3) | LENGTH_DELIMITED,
	grpcTimeoutNanos: (12 << 3) | VARINT,
	headerIndexes: (13 << 3) | LENGTH_DELIMITED,
	trailerIndexes: (14 << 3) | LENGTH_DELIMITED,
} as const;

export const RESPONSE = {
	status: (1 << 3) | VARINT,
	reason: (2 << 3) | LENGTH_DELIMITED,
	headers: (3 << 3) | LENGTH_DELIMITED,
	trailers: (4 << 3) | LENGTH_DELIMITED,
	bodyBytes: (5 << 3) | VARINT,
	wireBytes: (6 << 3) | VARINT,
	body: (7 << 3) | LENGTH_DELIMITED,
	grpc: (8 << 3) | LENGTH_DELIMITED,
	messages: (9 << 3) | LENGTH_DELIMITED,
	headerIndexes: (10 << 3) | LENGTH_DELIMITED,
	trailerIndexes: (11 << 3) | LENGTH_DELIMITED,
} as const;

export const HEADER = {
	name: (1 << 3) | LENGTH_DELIMITED,
	value: (2 << 3) | LENGTH_DELIMITED,
	redacted: (3 << 3) | VARINT,
	unknown: (4 << 3) | VARINT,
} as const;
