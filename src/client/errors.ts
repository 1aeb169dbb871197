/** What can go wrong between a client and the control plane. Messages are sentences for the user. */
import { PodwireError } from '../messaging/errors.ts';

/** Nothing answers, or the connection broke. The system's own error is the cause. */
export class ControlPlaneUnreachableError extends PodwireError {
	constructor(sentence: string, options?: ErrorOptions) {
		super('UNAVAILABLE', sentence, options);
		this.name = 'ControlPlaneUnreachableError';
	}
}

/** The control plane answered with a metav1.Status instead of a stream. */
export class ControlPlaneRefusedError extends PodwireError {
	/** Of HTTP. */
	readonly status: number;
	/** How long it asked to be left alone; null: it did not. */
	readonly retryAfterMs: number | null;

	constructor(
		status: number,
		sentence: string,
		options: ErrorOptions & { readonly retryAfterMs?: number | null } = {},
	) {
		super(refusalCode(status), sentence, options);
		this.name = 'ControlPlaneRefusedError';
		this.status = status;
		this.retryAfterMs = options.retryAfterMs ?? null;
	}

	/** Asking again later may help. */
	get temporary(): boolean {
		return this.status >= 500 || this.status === 429;
	}

	/** A server that has just started says so too, before it knows its users and what it serves. */
	get mayBeEarly(): boolean {
		return this.status === 401 || this.status === 403 || this.status === 404;
	}
}

function refusalCode(status: number): 'USAGE' | 'NOT_FOUND' | 'PERMISSION' | 'UNAVAILABLE' {
	if (status === 400) return 'USAGE';
	if (status === 404) return 'NOT_FOUND';
	return status === 401 || status === 403 ? 'PERMISSION' : 'UNAVAILABLE';
}

/** What arrived is not a stream of frames. */
export class StreamFormatError extends PodwireError {
	constructor(sentence: string, options?: ErrorOptions) {
		super('INTERNAL', sentence, options);
		this.name = 'StreamFormatError';
	}
}

/** Bytes that are no batch of exchanges, or not to their end. What the decoder said is the cause. */
export class MalformedBatchError extends PodwireError {
	constructor(cause: unknown) {
		super('INTERNAL', 'a batch could not be read', { cause });
		this.name = 'MalformedBatchError';
	}
}
