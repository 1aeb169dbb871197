/** The status of each pod, made anew only when something of it changed: most pods of a node are quiet most of the time. */
import { type podwire, wire } from '../messaging/wire.ts';
import { lossesOf } from './losses.ts';
import type { PodAttachment } from './pod-attachment.ts';
import type { PodCondition } from './reconciliation.ts';

type PodStatus = podwire.v1.PodStatus.$Properties;

/** Of a pod that is about to start there is nothing to say. */
const STATES: Readonly<Record<Exclude<PodCondition, 'starting'>, podwire.v1.PodState>> = {
	attached: wire.PodState.POD_STATE_ATTACHED,
	idle: wire.PodState.POD_STATE_IDLE,
	failed: wire.PodState.POD_STATE_FAILED,
	gone: wire.PodState.POD_STATE_GONE,
};

interface MadeStatus {
	/** What it was made of. */
	readonly parts: readonly unknown[];
	readonly status: PodStatus | null;
}

export class PodStatuses {
	readonly #made = new WeakMap<PodAttachment, MadeStatus>();

	/** Null: there is nothing to say of it. `exchangesLost`: that could not be published. */
	of(pod: PodAttachment, exchangesLost: number): PodStatus | null {
		const { wanted, condition, reason, interfaces, taps, counters, addresses } = pod;
		const parts = [wanted.pod, condition, reason, interfaces, taps, counters, addresses, exchangesLost];
		const before = this.#made.get(pod);
		if (before !== undefined && parts.every((part, index) => part === before.parts[index])) return before.status;
		const status = condition === 'starting' ? null : statusOf(pod, STATES[condition], exchangesLost);
		this.#made.set(pod, { parts, status });
		return status;
	}
}

function statusOf(pod: PodAttachment, state: podwire.v1.PodState, exchangesLost: number): PodStatus {
	return {
		pod: pod.wanted.pod,
		state,
		reason: pod.reason,
		interfaces: [...pod.interfaces],
		taps: [...pod.taps],
		packets: pod.counters.packets,
		losses: lossesOf(pod.counters, exchangesLost),
		addresses: [...pod.addresses],
	};
}
