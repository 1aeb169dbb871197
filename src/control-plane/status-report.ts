/** What `podwire status` shows: NATS, agents with what is attached and lost, taps. */
import { lossWords } from '../messaging/loss-words.ts';
import { formatIp } from '../messaging/network-address.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import type { AgentState } from './agents.ts';
import type { ControlPlane } from './control-plane.ts';
import type { TapSession } from './tap-session.ts';

const STATES: Readonly<Record<number, string>> = {
	[wire.PodState.POD_STATE_ATTACHED]: 'attached',
	[wire.PodState.POD_STATE_FAILED]: 'failed',
	[wire.PodState.POD_STATE_GONE]: 'gone',
	[wire.PodState.POD_STATE_IDLE]: 'idle',
};

export function statusReport(controlPlane: ControlPlane, natsUrl: string): object {
	return {
		controller: controlPlane.controller,
		nats: { url: natsUrl, connected: controlPlane.isConnected },
		refused: controlPlane.refusals,
		agents: controlPlane.agents.map(agentReport),
		taps: controlPlane.taps.map(tapReport),
	};
}

function agentReport({ status, live }: AgentState): object {
	return {
		node: status.node,
		live,
		version: status.version,
		uptimeMs: status.uptimeMs,
		attachMode: status.attachMode,
		limitations: status.limitations,
		malformedMessages: status.malformedMessages,
		pods: status.pods.map(podReport),
	};
}

function podReport(status: podwire.v1.PodStatus.$Properties): object {
	return {
		namespace: status.pod?.namespace ?? '',
		name: status.pod?.name ?? '',
		state: STATES[status.state ?? 0] ?? 'unknown',
		reason: status.reason || null,
		interfaces: status.interfaces ?? [],
		taps: status.taps ?? [],
		addresses: (status.addresses ?? []).map(formatIp),
		packets: status.packets ?? 0,
		losses: lossReport(status.losses ?? []),
	};
}

function tapReport(tap: TapSession): object {
	return {
		id: tap.id,
		user: tap.access.user.name || null,
		target: tap.description,
		started: new Date(tap.startedWallMs).toISOString(),
		resumed: tap.resumed,
		publishedAs: tap.publicationName,
		pods: tap.pods.map(({ namespace, name, node }) => ({ namespace, name, node })),
		exchanges: tap.exchanges,
		losses: lossReport(tap.losses),
	};
}

function lossReport(losses: readonly podwire.v1.Loss.$Properties[]): object {
	return Object.fromEntries(losses.map(({ cause, count }) => [lossWords(cause ?? 0), count ?? 0]));
}
