/** All pods of the node: carries out what the assignments want and looks after what is attached. */
import type { KernelCounters } from '../addon/addon.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { podKey } from './assignment.ts';
import type { WantedPod } from './assignment-set.ts';
import { lossesOf, NO_PACKETS, sumOfCounters } from './kernel-losses.ts';
import { type AttachmentSurroundings, PodAttachment } from './pod-attachment.ts';
import { type Action, type PodCondition, reconcile } from './reconciliation.ts';

/** Of a pod that is about to start there is nothing to say. */
const STATES: Readonly<Record<Exclude<PodCondition, 'starting'>, podwire.v1.PodState>> = {
	attached: wire.PodState.POD_STATE_ATTACHED,
	idle: wire.PodState.POD_STATE_IDLE,
	failed: wire.PodState.POD_STATE_FAILED,
	gone: wire.PodState.POD_STATE_GONE,
};

export class Attachments {
	readonly #surroundings: AttachmentSurroundings;
	readonly #pods = new Map<string, PodAttachment>();
	#wanted: readonly WantedPod[] = [];
	/** Of pods that no assignment names any more. */
	#forgotten: KernelCounters = NO_PACKETS;

	constructor(surroundings: AttachmentSurroundings) {
		this.#surroundings = surroundings;
	}

	/** Pods with programs on their interfaces. */
	get attached(): number {
		return [...this.#pods.values()].filter(({ condition }) => condition === 'attached').length;
	}

	/** How each pod is that any assignment names. */
	get conditions(): readonly PodCondition[] {
		return [...this.#pods.values()].map(({ condition }) => condition);
	}

	/** Interfaces with programs on them, as they were last looked at. */
	get interfaces(): number {
		return [...this.#pods.values()].reduce((sum, { interfaces }) => sum + interfaces.length, 0);
	}

	/** Taps that run on any pod. */
	get taps(): number {
		return new Set([...this.#pods.values()].flatMap(({ taps }) => taps)).size;
	}

	/** Pods that any assignment names. */
	get known(): number {
		return this.#pods.size;
	}

	/** Of every pod since the start, as `statuses` has last read them. */
	get counters(): KernelCounters {
		return [...this.#pods.values()].reduce((sum, { counters }) => sumOfCounters(sum, counters), this.#forgotten);
	}

	/** Makes it so. */
	want(wanted: readonly WantedPod[], nowMs: number): void {
		this.#wanted = wanted;
		this.#surroundings.processes.walkAgain();
		this.#reconcile(nowMs);
	}

	/** To be called about once a second while pods are known. True when the state of any pod changed. */
	inspect(nowMs: number): boolean {
		const before = this.#conditionTexts();
		this.#surroundings.processes.walkAgain();
		for (const pod of this.#pods.values()) pod.inspect(nowMs);
		this.#reconcile(nowMs);
		return this.#conditionTexts() !== before;
	}

	/** `lostToNats`: exchanges of a pod that could not be published. */
	statuses(lostToNats: (pod: WantedPod['pod']) => number, nowMs: number): podwire.v1.PodStatus.$Properties[] {
		for (const pod of this.#pods.values()) pod.refresh(nowMs);
		return [...this.#pods.values()].flatMap((pod) => {
			if (pod.condition === 'starting') return [];
			return {
				pod: pod.wanted.pod,
				state: STATES[pod.condition],
				reason: pod.reason,
				interfaces: [...pod.interfaces],
				taps: [...pod.taps],
				packets: pod.counters.packets,
				losses: lossesOf(pod.counters, lostToNats(pod.wanted.pod)),
				addresses: [...pod.addresses],
			};
		});
	}

	#conditionTexts(): string {
		return [...this.#pods].map(([key, { condition, reason }]) => `${key} ${condition} ${reason}`).join('\n');
	}

	#reconcile(nowMs: number): void {
		for (const action of reconcile(this.#wanted, this.#pods, nowMs)) this.#carryOut(action, nowMs);
	}

	#carryOut(action: Action, nowMs: number): void {
		switch (action.kind) {
			case 'attach':
				this.#pod(action.pod).attach(action.pod, nowMs);
				this.#tell(action.pod);
				break;
			case 'locate':
				this.#pod(action.pod).locate(action.pod, nowMs);
				break;
			case 'set-taps':
				this.#pod(action.pod).setTaps(action.pod);
				break;
			case 'detach':
				this.#pods.get(action.key)?.detach();
				this.#surroundings.log.info({ pod: action.key }, 'detached');
				break;
			case 'forget':
				this.#forgotten = sumOfCounters(this.#forgotten, this.#pods.get(action.key)?.counters ?? NO_PACKETS);
				this.#pods.delete(action.key);
				break;
		}
	}

	#pod(wanted: WantedPod): PodAttachment {
		const known = this.#pods.get(wanted.key);
		if (known !== undefined) return known;
		const pod = new PodAttachment(wanted, this.#surroundings);
		this.#pods.set(podKey(wanted.pod), pod);
		return pod;
	}

	#tell({ key }: WantedPod): void {
		const pod = this.#pods.get(key);
		if (pod === undefined) return;
		const { condition, reason, interfaces } = pod;
		const facts = { pod: key, interfaces, reason };
		if (condition === 'attached') this.#surroundings.log.info(facts, 'attached');
		else if (condition === 'starting') this.#surroundings.log.debug(facts, 'not there yet');
		else this.#surroundings.log.warn(facts, 'not attached');
	}
}
