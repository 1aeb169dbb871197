/** Media types of a tap's stream, as Accept and Content-Type have them. */

/** Each `StreamFrame` preceded by its length, 4 bytes little-endian. */
export const PROTOBUF_STREAM_TYPE = 'application/vnd.podwire.v1+protobuf';
/** Parameter of it in Accept: headers may come once a batch (`TapBatch.header_table`). */
export const SHARED_HEADERS = 'headers=shared';
/** One JSON object a line. */
export const NDJSON_STREAM_TYPE = 'application/x-ndjson';
