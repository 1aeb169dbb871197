/** https://github.com/grpc/grpc/blob/master/doc/statuscodes.md; the index is the code. */
export const GRPC_STATUS_NAMES: readonly string[] = [
	'OK',
	'CANCELLED',
	'UNKNOWN',
	'INVALID_ARGUMENT',
	'DEADLINE_EXCEEDED',
	'NOT_FOUND',
	'ALREADY_EXISTS',
	'PERMISSION_DENIED',
	'RESOURCE_EXHAUSTED',
	'FAILED_PRECONDITION',
	'ABORTED',
	'OUT_OF_RANGE',
	'UNIMPLEMENTED',
	'INTERNAL',
	'UNAVAILABLE',
	'DATA_LOSS',
	'UNAUTHENTICATED',
];

/** The name of a code; null for codes that gRPC does not define. */
export function grpcStatusName(code: number): string | null {
	return GRPC_STATUS_NAMES[code] ?? null;
}

/** The code of a number or a name in any usual spelling (`NOT_FOUND`, `not-found`, `NotFound`); null when it is neither. */
export function grpcStatusCode(text: string): number | null {
	if (/^[0-9]{1,2}$/.test(text)) return Number(text) < GRPC_STATUS_NAMES.length ? Number(text) : null;
	const letters = lettersOf(text);
	const code = GRPC_STATUS_NAMES.findIndex((name) => lettersOf(name) === letters);
	if (code >= 0) return code;
	return letters === 'CANCELED' ? GRPC_STATUS_NAMES.indexOf('CANCELLED') : null;
}

function lettersOf(name: string): string {
	return name.toUpperCase().replaceAll(/[-_ ]/g, '');
}
