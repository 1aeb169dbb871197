/** What `podwire status` shows: controllers with NATS, agents with what is attached and lost, taps. */
import { lossCounts } from '../messaging/loss-words.ts';
import { formatIp } from '../messaging/network-address.ts';
import type { AgentJson, PodJson, PodStateName, StatusJson } from '../messaging/status-json.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import type { AgentState } from './agents.ts';
import type { ControlPlane } from './control-plane.ts';
import type { ControllerStatuses } from './controller-statuses.ts';

const STATES: Readonly<Record<number, PodStateName>> = {
	[wire.PodState.POD_STATE_ATTACHED]: 'attached',
	[wire.PodState.POD_STATE_FAILED]: 'failed',
	[wire.PodState.POD_STATE_GONE]: 'gone',
	[wire.PodState.POD_STATE_IDLE]: 'idle',
};

/** `nowMs`: of the control plane's clock. Every controller hears every agent: only what they do themselves is asked of the others. */
export async function statusReport(
	controlPlane: ControlPlane,
	statuses: ControllerStatuses,
	nowMs: () => number,
): Promise<StatusJson> {
	const shares = await statuses.all();
	return {
		answeredBy: controlPlane.controller,
		controllers: shares.map(({ controller }) => controller),
		agents: controlPlane.agents.map((agent) => agentReport(agent, nowMs())).sort(byNode),
		taps: shares.flatMap(({ taps }) => taps),
	};
}

function byNode(one: AgentJson, other: AgentJson): number {
	return one.node < other.node ? -1 : 1;
}

function agentReport({ status, live, lastSeenMs }: AgentState, nowMs: number): AgentJson {
	return {
		node: status.node,
		state: live ? 'live' : status.stopping ? 'stopped' : 'silent',
		lastHeardMs: Math.round(nowMs - lastSeenMs),
		version: status.version,
		uptimeMs: status.uptimeMs,
		attachMode: status.attachMode || null,
		limitations: status.limitations,
		forbids: [
			...(status.bodiesForbidden ? (['bodies'] as const) : []),
			...(status.unredactedForbidden ? (['unredacted'] as const) : []),
		],
		malformedMessages: status.malformedMessages,
		losses: lossCounts(status.losses),
		pods: status.pods.map(podReport),
	};
}

function podReport(status: podwire.v1.PodStatus.$Properties): PodJson {
	return {
		namespace: status.pod?.namespace ?? '',
		name: status.pod?.name ?? '',
		state: STATES[status.state ?? 0] ?? 'unknown',
		reason: status.reason || null,
		interfaces: status.interfaces ?? [],
		taps: status.taps ?? [],
		addresses: (status.addresses ?? []).map(formatIp),
		packets: status.packets ?? 0,
		losses: lossCounts(status.losses ?? []),
	};
}
