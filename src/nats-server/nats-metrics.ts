/** The metrics of the NATS role, from what nats-server says of itself: https://docs.nats.io/running-a-nats-service/nats_admin/monitoring */
import type { Clock } from '../messaging/clock.ts';
import type { NATS_SERVER_METRICS } from '../messaging/metric-table.ts';
import type { Reading, Readings } from '../messaging/metrics-text.ts';
import { processReadings } from '../messaging/process-metrics.ts';

/** The part of `/varz` that is told. */
export interface ServerVariables {
	readonly connections?: number;
	readonly total_connections?: number;
	readonly routes?: number;
	readonly subscriptions?: number;
	readonly slow_consumers?: number;
	readonly in_msgs?: number;
	readonly out_msgs?: number;
	readonly in_bytes?: number;
	readonly out_bytes?: number;
	readonly mem?: number;
}

/** One answer serves all metrics of a scrape. */
const KEPT_MS = 500;

/** `ask` resolves to null when nats-server does not answer. */
export function natsServerReadings(
	ask: () => Promise<ServerVariables | null>,
	clock: Clock,
): Readings<typeof NATS_SERVER_METRICS> {
	let last: { readonly variables: Promise<ServerVariables | null>; readonly atMs: number } | null = null;
	const variables = () => {
		const nowMs = clock.nowMs();
		if (last === null || nowMs - last.atMs >= KEPT_MS) last = { variables: ask(), atMs: nowMs };
		return last.variables;
	};
	const read = (reading: (now: ServerVariables) => Reading) => async () => {
		const now = await variables();
		return now === null ? null : reading(now);
	};
	return {
		...processReadings('nats'),
		podwire_nats_server_up: async () => ((await variables()) === null ? 0 : 1),
		podwire_nats_server_connections: read(({ connections }) => connections ?? null),
		podwire_nats_server_connections_total: read(({ total_connections: total }) => total ?? null),
		podwire_nats_server_routes: read(({ routes }) => routes ?? null),
		podwire_nats_server_subscriptions: read(({ subscriptions }) => subscriptions ?? null),
		podwire_nats_server_slow_consumers_total: read(({ slow_consumers: slow }) => slow ?? null),
		podwire_nats_server_messages_total: read(({ in_msgs, out_msgs }) => byDirection(in_msgs, out_msgs)),
		podwire_nats_server_bytes_total: read(({ in_bytes, out_bytes }) => byDirection(in_bytes, out_bytes)),
		podwire_nats_server_resident_memory_bytes: read(({ mem }) => mem ?? null),
	};
}

function byDirection(into: number | undefined, out: number | undefined): Reading {
	if (into === undefined || out === undefined) return null;
	return [
		{ labels: { direction: 'in' }, value: into },
		{ labels: { direction: 'out' }, value: out },
	];
}
