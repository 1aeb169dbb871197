/** RFC 9113, section 7; the index is the code. */
const ERROR_CODE_NAMES: readonly string[] = [
	'NO_ERROR',
	'PROTOCOL_ERROR',
	'INTERNAL_ERROR',
	'FLOW_CONTROL_ERROR',
	'SETTINGS_TIMEOUT',
	'STREAM_CLOSED',
	'FRAME_SIZE_ERROR',
	'REFUSED_STREAM',
	'CANCEL',
	'COMPRESSION_ERROR',
	'CONNECT_ERROR',
	'ENHANCE_YOUR_CALM',
	'INADEQUATE_SECURITY',
	'HTTP_1_1_REQUIRED',
];

/** The name of a code; null for codes that HTTP/2 does not define. */
export function http2ErrorName(code: number): string | null {
	return ERROR_CODE_NAMES[code] ?? null;
}
