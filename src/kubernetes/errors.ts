/** What can go wrong between this process and an API server of Kubernetes. Messages are sentences for the user. */
import { PodwireError } from '../messaging/errors.ts';

/** Nothing answers, or the connection broke. The system's own error is the cause. */
export class KubeUnreachableError extends PodwireError {
	constructor(sentence: string, options?: ErrorOptions) {
		super('UNAVAILABLE', sentence, options);
		this.name = 'KubeUnreachableError';
	}
}

/** An answer that had begun went on without a word for longer than was waited for. */
export class KubeSilenceError extends KubeUnreachableError {
	constructor(silenceMs: number) {
		super(`no word for ${silenceMs / 1000} s`);
		this.name = 'KubeSilenceError';
	}
}

/** The API server answered with a metav1.Status. */
export class KubeStatusError extends PodwireError {
	/** Of HTTP. */
	readonly status: number;
	/** As metav1.Status has it: `Forbidden`, `Conflict`, `Expired` …; '' when there was none. */
	readonly reason: string;
	/** What `Retry-After` asked for; null: nothing. */
	readonly retryAfterMs: number | null;

	constructor(status: number, reason: string, message: string, retryAfterMs: number | null = null) {
		super(status === 401 || status === 403 ? 'PERMISSION' : status === 404 ? 'NOT_FOUND' : 'UNAVAILABLE', message);
		this.name = 'KubeStatusError';
		this.status = status;
		this.reason = reason;
		this.retryAfterMs = retryAfterMs;
	}
}

/** The kubeconfig's user has nothing to show to the API server: a plugin failed, a file is gone. */
export class SignInError extends PodwireError {
	/** `why`: what comes after "cannot sign in:". */
	constructor(user: string, why: string, options?: ErrorOptions) {
		super('PERMISSION', `user "${user}" of the kubeconfig cannot sign in: ${why}`, options);
		this.name = 'SignInError';
	}
}
