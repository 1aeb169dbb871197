/** What a request asks for, as its first line would say it (RFC 9112, section 3.2). */
import type { podwire } from '../messaging/wire.ts';

/** The path; of a CONNECT, which has none, whom it asks to be connected with. Null when that is not known. */
export function requestTarget(request: podwire.v1.Request.$Properties | null | undefined): string | null {
	return request?.path ?? (request?.method === 'CONNECT' ? (request.authority ?? null) : null);
}
