/** All pods of the node: carries out what the assignments want and looks after what is attached. */
import type { KernelCounters } from '../addon/addon.ts';
import type { podwire } from '../messaging/wire.ts';
import { podKey } from './assignment.ts';
import type { WantedPod } from './assignment-set.ts';
import { NO_PACKETS, sumOfCounters } from './losses.ts';
import { type AttachmentSurroundings, PodAttachment } from './pod-attachment.ts';
import { PodStatuses } from './pod-statuses.ts';
import { type Action, type PodCondition, reconcile } from './reconciliation.ts';

/** How old interfaces and counters in a status may be. */
const LOOK_AGE_MS = 750;

export class Attachments {
	readonly #surroundings: AttachmentSurroundings;
	readonly #pods = new Map<string, PodAttachment>();
	readonly #statuses = new PodStatuses();
	#wanted: readonly WantedPod[] = [];
	#lookedAtMs = Number.NEGATIVE_INFINITY;
	#attachedAnew = false;
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

	/** Whether pods were attached that were not looked at yet; it takes some milliseconds until their loopback is too. */
	get attachedAnew(): boolean {
		return this.#attachedAnew;
	}

	/** Pods that any assignment names. */
	get known(): number {
		return this.#pods.size;
	}

	/** Of every pod since the start, as they were last looked at. */
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
		const before = this.#changes;
		this.#surroundings.processes.walkAgain();
		this.#look(nowMs);
		let settled = true;
		for (const pod of this.#pods.values()) {
			pod.inspect(nowMs);
			settled &&= pod.condition === 'attached';
		}
		// What is wanted was carried out when it became so: of a pod that is attached nothing is left to be done.
		if (!settled) this.#reconcile(nowMs);
		return this.#changes !== before;
	}

	/** The same object while a pod's is the same. `lostToNats`: exchanges of a pod that could not be published. */
	statuses(lostToNats: (pod: WantedPod['pod']) => number, nowMs: number): podwire.v1.PodStatus.$Properties[] {
		this.#look(nowMs);
		const statuses: podwire.v1.PodStatus.$Properties[] = [];
		for (const pod of this.#pods.values()) {
			const status = this.#statuses.of(pod, lostToNats(pod.wanted.pod));
			if (status !== null) statuses.push(status);
		}
		return statuses;
	}

	/** Of all pods in one question; those whose counters and interfaces are as they were are not asked any further. */
	#look(nowMs: number): void {
		const isDue = nowMs - this.#lookedAtMs >= LOOK_AGE_MS;
		if (!isDue && !this.#attachedAnew) return;
		this.#attachedAnew = false;
		if (isDue) this.#lookedAtMs = nowMs;
		let changed: ReadonlySet<number> | null = null;
		for (const pod of this.#pods.values()) {
			if (pod.attachmentId === null) continue;
			changed ??= new Set(isDue ? this.#surroundings.capture.changed() : []);
			const first = !pod.lookedAt;
			if (first || changed.has(pod.attachmentId)) pod.look(nowMs);
			if (first) this.#tell(pod);
		}
	}

	/** Grows with every change of the condition of any pod. */
	get #changes(): number {
		let changes = 0;
		for (const pod of this.#pods.values()) changes += pod.changes;
		return changes;
	}

	#reconcile(nowMs: number): void {
		for (const action of reconcile(this.#wanted, this.#pods, nowMs)) this.#carryOut(action, nowMs);
	}

	#carryOut(action: Action, nowMs: number): void {
		switch (action.kind) {
			case 'attach': {
				const pod = this.#pod(action.pod);
				pod.attach(action.pod, nowMs);
				// Of one that is attached more is known once it was looked at.
				if (pod.condition === 'attached') this.#attachedAnew = true;
				else this.#tell(pod);
				break;
			}
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

	#tell({ wanted, condition, reason, interfaces }: PodAttachment): void {
		const facts = { pod: wanted.key, interfaces, reason };
		if (condition === 'attached') this.#surroundings.log.info(facts, 'attached');
		else if (condition === 'starting') this.#surroundings.log.debug(facts, 'not there yet');
		else this.#surroundings.log.warn(facts, 'not attached');
	}
}
