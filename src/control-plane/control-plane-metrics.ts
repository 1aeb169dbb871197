/** The control plane's metrics, read from what it counts anyway: nothing is done for them but when they are asked for. */
import type { DurationCounts } from '../messaging/duration-counts.ts';
import type { CONTROL_PLANE_METRICS } from '../messaging/metric-table.ts';
import type { Reading, Readings, Sample } from '../messaging/metrics-text.ts';
import type { NatsConnection } from '../messaging/nats-connection.ts';
import { natsClientReadings, processReadings } from '../messaging/process-metrics.ts';
import { wire } from '../messaging/wire.ts';
import type { ReviewOutcome } from './access/subject-access.ts';
import type { AgentState } from './agents.ts';
import type { ControlPlane } from './control-plane.ts';
import type { InformerFacts } from './kubernetes/informer.ts';
import type { TapSession } from './tap-session.ts';

/** What there is in a cluster alone. */
export interface ClusterFigures {
	readonly informers: () => readonly InformerFacts[];
	readonly reviews: { readonly outcomes: Readonly<Record<ReviewOutcome, number>>; readonly durations: DurationCounts };
	/** Of the serving certificate. */
	readonly expires: () => Date;
}

export interface ControlPlaneFigures {
	readonly controlPlane: ControlPlane;
	readonly nats: NatsConnection;
	/** Null: it is ready to serve; else why not. */
	readonly readiness: () => string | null;
	readonly requests: { readonly byCode: ReadonlyMap<number, number> };
	readonly connections: () => number | Promise<number>;
	/** null: without Kubernetes. */
	readonly cluster: ClusterFigures | null;
}

const AGENT_STATES = ['live', 'silent', 'stopped'] as const;
const MS_PER_SECOND = 1000;
const { LossCause } = wire;

export function controlPlaneReadings(figures: ControlPlaneFigures): Readings<typeof CONTROL_PLANE_METRICS> {
	const { controlPlane, nats, readiness, requests, connections } = figures;
	const { totals } = controlPlane;
	return {
		...processReadings('control-plane'),
		...natsClientReadings(() => nats),
		...clusterReadings(figures.cluster),
		podwire_control_plane_ready: () => (readiness() === null ? 1 : 0),
		podwire_control_plane_taps: () => counted('kind', controlPlane.taps.map(kindOf)),
		podwire_control_plane_tapped_pods: () => controlPlane.taps.reduce((sum, { pods }) => sum + pods.length, 0),
		podwire_control_plane_taps_begun_total: () => totals.begun,
		podwire_control_plane_received_exchanges_total: () => totals.receivedExchanges,
		podwire_control_plane_forwarded_exchanges_total: () => totals.forwardedExchanges,
		podwire_control_plane_forwarded_bytes_total: () => totals.forwardedBytes,
		podwire_control_plane_losses_total: () => [
			{ labels: { cause: 'nats' }, value: totals.lostBy(LossCause.LOSS_CAUSE_NATS) },
			{
				labels: { cause: 'client_too_slow' },
				value: totals.lostBy(LossCause.LOSS_CAUSE_CONTROL_PLANE_QUEUE_FULL),
			},
		],
		podwire_control_plane_unpublished_exchanges_total: () => totals.unpublishedExchanges,
		podwire_control_plane_refused_messages_total: () => {
			const { statuses = 0, statusesOfTooManyNodes = 0, batches = 0 } = controlPlane.refusals;
			return samples('kind', { statuses, statuses_of_too_many_nodes: statusesOfTooManyNodes, batches });
		},
		podwire_control_plane_pods_without_room: () => controlPlane.refusals.podsWithoutRoom ?? 0,
		podwire_control_plane_agents: () => counted('state', controlPlane.agents.map(stateOf), AGENT_STATES),
		podwire_control_plane_requests_total: () =>
			[...requests.byCode].map(([code, value]) => ({ labels: { code: String(code) }, value })),
		podwire_control_plane_connections: connections,
	};
}

type ClusterMetric =
	| `podwire_control_plane_informer_${'synced' | 'objects' | 'lists_total' | 'failures_total'}`
	| `podwire_control_plane_access_review${'s_total' | '_duration_seconds'}`
	| 'podwire_control_plane_certificate_expiry_timestamp_seconds';

function clusterReadings(cluster: ClusterFigures | null): Pick<Readings<typeof CONTROL_PLANE_METRICS>, ClusterMetric> {
	const read = (reading: (figures: ClusterFigures) => Reading) => () => (cluster === null ? null : reading(cluster));
	const ofInformers = (value: (facts: InformerFacts) => number) =>
		read(({ informers }) =>
			informers().map((facts) => ({ labels: { resource: facts.resource }, value: value(facts) })),
		);
	return {
		podwire_control_plane_informer_synced: ofInformers(({ isSynced }) => (isSynced ? 1 : 0)),
		podwire_control_plane_informer_objects: ofInformers(({ objects }) => objects),
		podwire_control_plane_informer_lists_total: ofInformers(({ lists }) => lists),
		podwire_control_plane_informer_failures_total: ofInformers(({ failures }) => failures),
		podwire_control_plane_access_reviews_total: read(({ reviews }) => samples('outcome', reviews.outcomes)),
		podwire_control_plane_access_review_duration_seconds: read(({ reviews }) => reviews.durations),
		podwire_control_plane_certificate_expiry_timestamp_seconds: read(
			({ expires }) => expires().getTime() / MS_PER_SECOND,
		),
	};
}

/** Of what is tapped; a plural that kubectl knows, or one of those without Kubernetes. */
function kindOf({ request }: TapSession): string {
	const kinds = new Set(request.targets.targets.map(({ kind }) => kind.plural));
	const [only] = kinds;
	return kinds.size === 1 && only !== undefined ? only : 'several';
}

function stateOf({ live, status }: AgentState): (typeof AGENT_STATES)[number] {
	if (live) return 'live';
	return status.stopping ? 'stopped' : 'silent';
}

function samples(label: string, values: Readonly<Record<string, number>>): Sample[] {
	return Object.entries(values).map(([value, count]) => ({ labels: { [label]: value }, value: count }));
}

/** How often each word is there; of `always` also those that are not. */
function counted(label: string, words: readonly string[], always: readonly string[] = []): Sample[] {
	const counts: Record<string, number> = Object.fromEntries(always.map((word) => [word, 0]));
	for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
	return samples(label, counts);
}
