/** The agent's metrics, read from what it counts anyway: nothing is done for them but when they are asked for. */
import type { Capture, CaptureTotals } from '../addon/addon.ts';
import { lossUnit, lossWords } from '../messaging/loss-words.ts';
import type { AGENT_METRICS } from '../messaging/metric-table.ts';
import type { Reading, Readings, Sample } from '../messaging/metrics-text.ts';
import type { NatsConnection } from '../messaging/nats-connection.ts';
import { natsClientReadings, processReadings } from '../messaging/process-metrics.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import type { Reception } from './assignment-set.ts';
import type { Attachments } from './attachments.ts';
import type { BatchPublisher } from './batch-publisher.ts';
import { countsOfNode } from './losses.ts';

/** As they are at this moment. */
export interface AgentFigures {
	readonly attachments: Pick<Attachments, 'conditions' | 'interfaces' | 'taps' | 'counters'>;
	readonly publisher: Pick<BatchPublisher, 'batches' | 'publishedBytes' | 'exchangesLostEver'>;
	readonly capture: Pick<Capture, 'totals' | 'ringFills' | 'translationCounters'>;
	/** That arrived since the start. */
	readonly assignments: Readonly<Record<Reception['kind'], number>>;
	readonly leasesEnded: number;
	readonly controllers: number;
	readonly limitations: number;
}

const POD_STATES = ['attached', 'idle', 'starting', 'failed', 'gone'] as const;

/** Both are null until there is one. */
export function agentReadings(
	connection: () => NatsConnection | null,
	figures: () => AgentFigures | null,
): Readings<typeof AGENT_METRICS> {
	const read = (reading: (now: AgentFigures) => Reading) => () => {
		const now = figures();
		return now === null ? null : reading(now);
	};
	return {
		...processReadings('agent'),
		...natsClientReadings(connection),
		podwire_agent_pods: read(({ attachments }) => podsByState(attachments.conditions)),
		podwire_agent_attached_interfaces: read(({ attachments }) => attachments.interfaces),
		podwire_agent_taps: read(({ attachments }) => attachments.taps),
		podwire_agent_controllers: read(({ controllers }) => controllers),
		podwire_agent_assignments_total: read(({ assignments }) => byOutcome(assignments)),
		podwire_agent_leases_ended_total: read(({ leasesEnded }) => leasesEnded),
		podwire_agent_packets_total: read(({ attachments }) => {
			const { records, bodySkipped, ignored, ringFull } = attachments.counters;
			return byOutcome({ copied: records, body_skipped: bodySkipped, ignored, ring_full: ringFull });
		}),
		podwire_agent_copied_bytes_total: read(({ capture }) => ofOpen(() => capture.totals().copiedBytes)),
		podwire_agent_ring_used_bytes: read(({ capture }) => ofRings(capture, ({ usedBytes }) => usedBytes)),
		podwire_agent_ring_size_bytes: read(({ capture }) => ofRings(capture, ({ sizeBytes }) => sizeBytes)),
		podwire_agent_flows: read(({ capture }) => ofOpen(() => capture.totals().flows)),
		podwire_agent_exchanges_total: read(({ capture }) => ofOpen(() => exchangesByOutcome(capture.totals()))),
		podwire_agent_losses_total: read((now) => ofOpen(() => lossesByCause(now))),
		podwire_agent_batches_total: read(({ publisher: { batches } }) => {
			const { published, disconnected, full, 'too-large': tooLarge } = batches;
			return byOutcome({ published, disconnected, full, too_large: tooLarge });
		}),
		podwire_agent_published_bytes_total: read(({ publisher }) => publisher.publishedBytes),
		podwire_agent_publish_lag_seconds: read(({ capture }) => ofOpen(() => capture.totals().lag)),
		podwire_agent_translations_total: read(({ capture }) =>
			ofOpen(() => {
				const { translated, notTracked, failed } = capture.translationCounters();
				return byOutcome({ translated, not_tracked: notTracked, failed });
			}),
		),
		podwire_agent_limitations: read(({ limitations }) => limitations),
	};
}

/** A capture that was closed counts no more, and says so. */
function ofOpen(reading: () => Reading): Reading {
	try {
		return reading();
	} catch {
		return null;
	}
}

function byOutcome(counts: Readonly<Record<string, number>>): Sample[] {
	return Object.entries(counts).map(([outcome, value]) => ({ labels: { outcome }, value }));
}

function podsByState(conditions: readonly string[]): Sample[] {
	return POD_STATES.map((state) => ({
		labels: { state },
		value: conditions.filter((condition) => condition === state).length,
	}));
}

function ofRings(
	capture: AgentFigures['capture'],
	value: (fill: ReturnType<Capture['ringFills']>[number]) => number,
): Reading {
	return ofOpen(() =>
		capture.ringFills().map((fill, ring) => ({ labels: { ring: String(ring) }, value: value(fill) })),
	);
}

function exchangesByOutcome({ published, filtered, skipped, unjudged }: CaptureTotals): Sample[] {
	return byOutcome({ published, filtered, skipped, unjudged });
}

/** Every cause, also those without a loss yet, so that a rate sees the first one. */
function lossesByCause({ attachments, publisher, capture }: AgentFigures): Sample[] {
	const counts = countsOfNode(capture.totals(), attachments.counters, publisher.exchangesLostEver);
	return lossCauses()
		.filter((cause) => cause !== wire.LossCause.LOSS_CAUSE_CONTROL_PLANE_QUEUE_FULL)
		.map((cause) => ({
			labels: { cause: lossWords(cause).toLowerCase().replaceAll(' ', '_'), unit: lossUnit(cause) },
			value: counts[cause] ?? 0,
		}));
}

function lossCauses(): podwire.v1.LossCause[] {
	const causes = Object.values(wire.LossCause).filter((cause) => typeof cause === 'number');
	return causes.filter((cause) => cause !== wire.LossCause.LOSS_CAUSE_UNSPECIFIED);
}
