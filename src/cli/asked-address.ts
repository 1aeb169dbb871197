/** Whom a client connected to, where the request does not say. */
import type { EndpointJson } from '../messaging/exchange-json-shape.ts';

const UNKNOWN_HOST = 'unknown';

/** The address and port as the client knew them: `198.18.11.3:80`, `[2001:2::3]:80`. */
export function askedAddress(end: EndpointJson | null): string {
	if (end === null) return UNKNOWN_HOST;
	const { ip, port } = end.via ?? end;
	return `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}
