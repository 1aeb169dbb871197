/** What every daemon tells of its own process, and those with a connection to NATS of that. */
import { readdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { METRIC_TABLES, NATS_CLIENT_METRICS, PROCESS_METRICS } from './metric-table.ts';
import type { Readings } from './metrics-text.ts';
import type { NatsConnection } from './nats-connection.ts';
import { packageVersion } from './package-version.ts';

const MICROS_PER_SECOND = 1e6;
const MS_PER_SECOND = 1000;

export function processReadings(part: keyof typeof METRIC_TABLES): Readings<typeof PROCESS_METRICS> {
	const version = packageVersion();
	return {
		podwire_build_info: () => [{ labels: { version, part }, value: 1 }],
		process_cpu_seconds_total: () => {
			const { user, system } = process.cpuUsage();
			return (user + system) / MICROS_PER_SECOND;
		},
		process_resident_memory_bytes: () => process.memoryUsage.rss(),
		process_start_time_seconds: () => performance.timeOrigin / MS_PER_SECOND,
		process_open_fds: () => readdirSync('/proc/self/fd').length - 1, // without that of the reading itself
		nodejs_heap_size_used_bytes: () => process.memoryUsage().heapUsed,
		podwire_event_loop_busy_seconds_total: () => performance.eventLoopUtilization().active / MS_PER_SECOND,
	};
}

/** null: it was not made yet. */
export function natsClientReadings(connection: () => NatsConnection | null): Readings<typeof NATS_CLIENT_METRICS> {
	return {
		podwire_nats_connected: () => (connection()?.isConnected === true ? 1 : 0),
		podwire_nats_disconnections_total: () => connection()?.counters.lost ?? 0,
		podwire_nats_unconfirmed_bytes: () => connection()?.unconfirmedBytes ?? 0,
		podwire_nats_handler_failures_total: () => connection()?.counters.handlerFailures ?? 0,
	};
}
