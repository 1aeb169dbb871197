/** Errors as a Kubernetes API server says them: a metav1.Status. */
import { type ErrorCode, PodwireError } from '../../messaging/errors.ts';

/** https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#StatusReason */
export type StatusReason =
	| 'BadRequest'
	| 'Unauthorized'
	| 'Forbidden'
	| 'NotFound'
	| 'MethodNotAllowed'
	| 'NotAcceptable'
	| 'Conflict'
	| 'Invalid'
	| 'TooManyRequests'
	| 'InternalError'
	| 'ServiceUnavailable';

export interface StatusCause {
	readonly reason: 'FieldValueInvalid';
	/** Parameter of the query. */
	readonly field: string;
	readonly message: string;
}

export interface StatusObject {
	readonly kind: 'Status';
	readonly apiVersion: 'v1';
	readonly metadata: Record<string, never>;
	readonly status: 'Success' | 'Failure';
	readonly message: string;
	readonly reason?: StatusReason;
	readonly code: number;
	readonly details?: { readonly causes: readonly StatusCause[] };
}

const HTTP_STATUS: Readonly<Record<StatusReason, number>> = {
	BadRequest: 400,
	Unauthorized: 401,
	Forbidden: 403,
	NotFound: 404,
	MethodNotAllowed: 405,
	NotAcceptable: 406,
	Conflict: 409,
	Invalid: 422,
	TooManyRequests: 429,
	InternalError: 500,
	ServiceUnavailable: 503,
};

const REASONS: Partial<Record<ErrorCode, StatusReason>> = {
	USAGE: 'BadRequest',
	NOT_FOUND: 'NotFound',
	UNAVAILABLE: 'ServiceUnavailable',
	NATS_UNREACHABLE: 'ServiceUnavailable',
};

const CODES: Partial<Record<StatusReason, ErrorCode>> = {
	BadRequest: 'USAGE',
	Invalid: 'USAGE',
	NotFound: 'NOT_FOUND',
	Unauthorized: 'PERMISSION',
	Forbidden: 'PERMISSION',
};

/** A refusal before a stream begins. */
export class ApiError extends PodwireError {
	readonly reason: StatusReason;
	readonly causes: readonly StatusCause[];

	constructor(reason: StatusReason, sentence: string, causes: readonly StatusCause[] = []) {
		super(CODES[reason] ?? 'UNAVAILABLE', sentence);
		this.name = 'ApiError';
		this.reason = reason;
		this.causes = causes;
	}
}

/** What a client is told of any error; one that is nobody's business but ours stays unnamed. */
export function statusOf(error: unknown): StatusObject {
	const reason =
		error instanceof ApiError
			? error.reason
			: error instanceof PodwireError
				? (REASONS[error.code] ?? 'InternalError')
				: 'InternalError';
	const message = error instanceof PodwireError ? error.message : 'the control plane failed; its log says why';
	const causes = error instanceof ApiError ? error.causes : [];
	return {
		kind: 'Status',
		apiVersion: 'v1',
		metadata: {},
		status: 'Failure',
		message,
		reason,
		code: HTTP_STATUS[reason],
		...(causes.length > 0 && { details: { causes } }),
	};
}

export function successStatus(message: string): StatusObject {
	return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', message, code: 200 };
}
