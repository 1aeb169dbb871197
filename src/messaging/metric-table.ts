/**
 * Every metric of Podwire: the only home of their names, kinds, labels and meanings. docs/metrics.md is made of it.
 * Labels are bounded by what this code knows: none holds a path, a header, an id of a tap or the name of a pod.
 */

export interface MetricDefinition {
	readonly type: 'counter' | 'gauge' | 'histogram';
	/** One or two sentences; what it counts, and in which unit where the name does not say. */
	readonly help: string;
	/** What each label says; none: one value. */
	readonly labels?: Readonly<Record<string, string>>;
}

type Table = Readonly<Record<string, MetricDefinition>>;

/** Of each daemon. */
export const PROCESS_METRICS = {
	podwire_build_info: {
		type: 'gauge',
		help: 'Always 1; which Podwire this is.',
		labels: { version: 'of Podwire', part: '`agent`, `control-plane` or `nats`' },
	},
	process_cpu_seconds_total: { type: 'counter', help: 'CPU time of the process, of user and system together.' },
	process_resident_memory_bytes: { type: 'gauge', help: 'Memory of the process that is in RAM.' },
	process_start_time_seconds: { type: 'gauge', help: 'When the process started, in seconds since 1970.' },
	process_open_fds: { type: 'gauge', help: 'File descriptors that are open.' },
	nodejs_heap_size_used_bytes: { type: 'gauge', help: 'Heap of JavaScript that is in use.' },
	podwire_event_loop_busy_seconds_total: {
		type: 'counter',
		help: 'Time in which the main thread was at work; a rate near 1 means that it has no time left.',
	},
} as const satisfies Table;

/** Of the daemons that are clients of NATS. */
export const NATS_CLIENT_METRICS = {
	podwire_nats_connected: { type: 'gauge', help: '1 while NATS is connected, else 0.' },
	podwire_nats_disconnections_total: {
		type: 'counter',
		help: 'How often the NATS server was lost; the connection comes back by itself.',
	},
	podwire_nats_unconfirmed_bytes: {
		type: 'gauge',
		help: 'Published and not yet confirmed by the server; at 32 MiB more is dropped.',
	},
	podwire_nats_handler_failures_total: {
		type: 'counter',
		help: 'Messages whose handling failed: a defect of Podwire.',
	},
} as const satisfies Table;

export const AGENT_METRICS = {
	...PROCESS_METRICS,
	...NATS_CLIENT_METRICS,
	podwire_agent_pods: {
		type: 'gauge',
		help: 'Pods that an assignment names, by how they are.',
		labels: { state: '`attached`, `idle`, `starting`, `failed` or `gone`' },
	},
	podwire_agent_attached_interfaces: {
		type: 'gauge',
		help: 'Network interfaces with programs of Podwire on them; 0 while nobody taps.',
	},
	podwire_agent_taps: { type: 'gauge', help: 'Taps that run on any pod of the node.' },
	podwire_agent_controllers: { type: 'gauge', help: 'Control planes whose assignment holds.' },
	podwire_agent_assignments_total: {
		type: 'counter',
		help: 'Assignments that arrived, by what became of them.',
		labels: { outcome: '`applied`, `outdated` or `malformed`' },
	},
	podwire_agent_leases_ended_total: {
		type: 'counter',
		help: 'Assignments whose lease ran out: their control plane was not heard of.',
	},
	podwire_agent_packets_total: {
		type: 'counter',
		help: 'TCP segments that the kernel programs looked at, by what became of them; as of the last look, at most five seconds ago.',
		labels: { outcome: '`copied`, `body_skipped`, `ignored` (flows that are not HTTP) or `ring_full` (lost)' },
	},
	podwire_agent_copied_bytes_total: { type: 'counter', help: 'Payload that the kernel copied to the agent.' },
	podwire_agent_ring_used_bytes: {
		type: 'gauge',
		help: 'Bytes that wait in a ring to be read, at the moment of the scrape.',
		labels: { ring: 'its number' },
	},
	podwire_agent_ring_size_bytes: { type: 'gauge', help: 'Size of a ring.', labels: { ring: 'its number' } },
	podwire_agent_flows: { type: 'gauge', help: 'TCP connections that are followed.' },
	podwire_agent_exchanges_total: {
		type: 'counter',
		help: 'Exchanges that taps judged, by the verdict; once for each tap that judged it, and at most a second late. All of them together were seen.',
		labels: {
			outcome:
				'`published`, `filtered` (by the filters), `skipped` (over the rate) or `unjudged` (a filter asked for what is unknown)',
		},
	},
	podwire_agent_losses_total: {
		type: 'counter',
		help: 'What passed and was not observed, by cause; those of different units do not add up.',
		labels: {
			cause: 'as in the last line of a tap, with `_`',
			unit: 'what is counted: `packets`, `gaps`, `connections`, `streams` or `exchanges`',
		},
	},
	podwire_agent_batches_total: {
		type: 'counter',
		help: 'Batches of exchanges and counters for NATS, by what became of them; all but the published ones were dropped.',
		labels: { outcome: '`published`, `disconnected`, `full` or `too_large`' },
	},
	podwire_agent_published_bytes_total: { type: 'counter', help: 'Batches handed to NATS, in bytes.' },
	podwire_agent_publish_lag_seconds: {
		type: 'histogram',
		help: 'Of batches with exchanges: from the kernel time stamp at which the first exchange was complete until the batch was handed to NATS.',
	},
	podwire_agent_translations_total: {
		type: 'counter',
		help: 'Connections to a Service whose backend was looked for in the connection tracking of the node.',
		labels: { outcome: '`translated`, `not_tracked` or `failed`' },
	},
	podwire_agent_limitations: {
		type: 'gauge',
		help: 'What the kernel lacks for all of Podwire; podwire status says it in words.',
	},
} as const satisfies Table;

export const CONTROL_PLANE_METRICS = {
	...PROCESS_METRICS,
	...NATS_CLIENT_METRICS,
	podwire_control_plane_ready: { type: 'gauge', help: '1 when taps can begin, else 0.' },
	podwire_control_plane_taps: {
		type: 'gauge',
		help: 'Taps that run, each with a client, by the kind of their target.',
		labels: { kind: 'as kubectl writes it, in the plural; `several` where targets differ' },
	},
	podwire_control_plane_tapped_pods: { type: 'gauge', help: 'Pods of all taps; one of two taps counts twice.' },
	podwire_control_plane_taps_begun_total: {
		type: 'counter',
		help: 'Taps that began, those that go on with an earlier one among them.',
	},
	podwire_control_plane_received_exchanges_total: { type: 'counter', help: 'Exchange records that came from agents.' },
	podwire_control_plane_forwarded_exchanges_total: {
		type: 'counter',
		help: 'Exchange records that were sent to clients.',
	},
	podwire_control_plane_forwarded_bytes_total: {
		type: 'counter',
		help: 'Batches that were sent to clients, in bytes as the agents encoded them.',
	},
	podwire_control_plane_losses_total: {
		type: 'counter',
		help: 'Exchanges lost between the agents and the clients, by cause: on NATS, or as a client read too slowly.',
		labels: { cause: '`nats` or `client_too_slow`' },
	},
	podwire_control_plane_unpublished_exchanges_total: {
		type: 'counter',
		help: 'Exchanges of taps with --publish that NATS could not take under their name.',
	},
	podwire_control_plane_refused_messages_total: {
		type: 'counter',
		help: 'Messages from NATS that could not be used.',
		labels: { kind: '`statuses`, `statuses_of_too_many_nodes` or `batches` (of no tap that runs)' },
	},
	podwire_control_plane_pods_without_room: {
		type: 'gauge',
		help: 'Pods that are left out of taps now, as their node takes no more.',
	},
	podwire_control_plane_agents: {
		type: 'gauge',
		help: 'Agents that were heard of, by how they are; without those whose node is gone.',
		labels: { state: '`live`, `silent` or `stopped`' },
	},
	podwire_control_plane_requests_total: {
		type: 'counter',
		help: 'Requests that were answered to their end, by HTTP status; a tap is one when it ends. Probes are not counted.',
		labels: { code: 'HTTP status' },
	},
	podwire_control_plane_connections: {
		type: 'gauge',
		help: 'Connections to the API of the control plane; in a cluster, of its API servers.',
	},
	podwire_control_plane_informer_synced: {
		type: 'gauge',
		help: '1 when what there is of the resource was read once, else 0. In a cluster only.',
		labels: { resource: 'as kubectl writes it, in the plural' },
	},
	podwire_control_plane_informer_objects: {
		type: 'gauge',
		help: 'Objects that are known of a resource. In a cluster only.',
		labels: { resource: 'as above' },
	},
	podwire_control_plane_informer_lists_total: {
		type: 'counter',
		help: 'How often a resource was listed whole; more than 1 means that a watch could not go on. In a cluster only.',
		labels: { resource: 'as above' },
	},
	podwire_control_plane_informer_failures_total: {
		type: 'counter',
		help: 'Lists and watches of a resource that failed. In a cluster only.',
		labels: { resource: 'as above' },
	},
	podwire_control_plane_access_reviews_total: {
		type: 'counter',
		help: 'SubjectAccessReviews that the API server was asked for, by its answer. In a cluster only.',
		labels: { outcome: '`allowed`, `denied` or `failed`' },
	},
	podwire_control_plane_access_review_duration_seconds: {
		type: 'histogram',
		help: 'How long the API server took for a SubjectAccessReview. In a cluster only.',
	},
	podwire_control_plane_certificate_expiry_timestamp_seconds: {
		type: 'gauge',
		help: 'When the serving certificate ends, in seconds since 1970. In a cluster only.',
	},
} as const satisfies Table;

export const NATS_SERVER_METRICS = {
	...PROCESS_METRICS,
	podwire_nats_server_up: {
		type: 'gauge',
		help: '1 when nats-server answers, else 0; without an answer it has no other values.',
	},
	podwire_nats_server_connections: { type: 'gauge', help: 'Clients that are connected.' },
	podwire_nats_server_connections_total: { type: 'counter', help: 'Clients that have connected.' },
	podwire_nats_server_routes: { type: 'gauge', help: 'Connections to the other servers of the cluster.' },
	podwire_nats_server_subscriptions: { type: 'gauge', help: 'Subscriptions of all clients.' },
	podwire_nats_server_slow_consumers_total: {
		type: 'counter',
		help: 'Clients that were disconnected because they read too slowly.',
	},
	podwire_nats_server_messages_total: {
		type: 'counter',
		help: 'Messages from and to clients and other servers.',
		labels: { direction: '`in` or `out`' },
	},
	podwire_nats_server_bytes_total: {
		type: 'counter',
		help: 'Bytes of messages from and to clients and other servers.',
		labels: { direction: '`in` or `out`' },
	},
	podwire_nats_server_resident_memory_bytes: { type: 'gauge', help: 'Memory of nats-server itself.' },
} as const satisfies Table;

/** By the daemon that has them, as it is started. */
export const METRIC_TABLES: Readonly<Record<'agent' | 'control-plane' | 'nats', Table>> = {
	agent: AGENT_METRICS,
	'control-plane': CONTROL_PLANE_METRICS,
	nats: NATS_SERVER_METRICS,
};
