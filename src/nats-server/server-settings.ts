/** What every nats-server of Podwire is told, with Kubernetes or without. */

/** More than the largest batch of an agent. */
const MAX_PAYLOAD_BYTES = 8 * 1024 * 1024;
/** Of one client that reads too slowly; then it is disconnected, and comes back. */
const MAX_PENDING_BYTES = 64 * 1024 * 1024;

/** In the words of nats-server's configuration. */
export const SERVER_SETTINGS = {
	max_payload: MAX_PAYLOAD_BYTES,
	max_pending: MAX_PENDING_BYTES,
	write_deadline: '2s',
	ping_interval: '5s',
	/** How long clients are sent away one by one; the least that nats-server takes. */
	lame_duck_duration: '30s',
} as const;
