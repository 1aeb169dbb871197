/** What an API server answers instead of what it was asked for. https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#Status */
import type { IncomingMessage } from 'node:http';
import { KubeStatusError } from './errors.ts';

/** What is no metav1.Status has no reason; its text is the message. */
export function statusError({ statusCode, headers }: IncomingMessage, text: string): KubeStatusError {
	const status = statusCode ?? 0;
	const retryAfterMs = retryAfterOf(headers['retry-after']);
	const unnamed = `the API server answered ${status}`;
	try {
		const { reason, message } = JSON.parse(text) as { reason?: unknown; message?: unknown };
		return new KubeStatusError(status, stringOrEmpty(reason), stringOrEmpty(message) || unnamed, retryAfterMs);
	} catch {
		return new KubeStatusError(status, '', text.trim() || unnamed, retryAfterMs);
	}
}

/** Seconds, as API servers write it. */
function retryAfterOf(text: string | undefined): number | null {
	return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) * 1000 : null;
}

function stringOrEmpty(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
