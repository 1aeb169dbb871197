/** How the pods of one tap are, as their agents say; what of it is news. */
import { type podwire, wire } from '../messaging/wire.ts';
import { podFailed, podGone, podTappedAgain } from './tap-words.ts';

type Notice = podwire.v1.Notice.$Properties;
type Pod = podwire.v1.Pod.$Properties;

const { PodState } = wire;

interface KnownState {
	readonly state: podwire.v1.PodState;
	readonly reason: string;
}

export class PodStates {
	readonly #states = new Map<string, KnownState>();
	#everAttached: boolean;

	/** `attachedBefore`: the tap ran before this controller had it. */
	constructor(attachedBefore: boolean) {
		this.#everAttached = attachedBefore;
	}

	/** A batch of it came. */
	heard(): void {
		this.#everAttached = true;
	}

	/** Takes over what an agent says of a pod; what is to be told of it, or null. */
	update(key: string, pod: Pod, status: podwire.v1.PodStatus.$Properties, pods: number): Notice | null {
		const before = this.#states.get(key);
		const now = { state: status.state ?? 0, reason: status.reason ?? '' };
		if (now.state === PodState.POD_STATE_ATTACHED) this.#everAttached = true;
		if (before?.state === now.state && before.reason === now.reason) return null;
		this.#states.set(key, now);
		switch (now.state) {
			case PodState.POD_STATE_FAILED:
				return podFailed(pod, now.reason, pods);
			case PodState.POD_STATE_GONE:
				return podGone(pod, now.reason, pods);
			case PodState.POD_STATE_ATTACHED:
				return before !== undefined && this.#isDown(before) ? podTappedAgain(pod, pods) : null;
			default:
				return null;
		}
	}

	forget(key: string): void {
		this.#states.delete(key);
	}

	/** Whether its agent will not send anything of it. */
	isDown(key: string): boolean {
		const known = this.#states.get(key);
		return known !== undefined && this.#isDown(known);
	}

	/** Why its agent sends nothing of it; null: it does, or will. */
	whyDown(key: string): string | null {
		const known = this.#states.get(key);
		return known !== undefined && this.#isDown(known) ? known.reason : null;
	}

	/** Whether of each it is known that it is tapped, or that it cannot be. */
	areSettled(keys: Iterable<string>): boolean {
		for (const key of keys) {
			const known = this.#states.get(key);
			if (known?.state !== PodState.POD_STATE_ATTACHED && !this.isDown(key)) return false;
		}
		return true;
	}

	/** Why none of them can be tapped, of a tap that never began; null while one may still be. */
	whyNone(keys: Iterable<string>): readonly string[] | null {
		if (this.#everAttached) return null;
		const reasons: string[] = [];
		for (const key of keys) {
			if (!this.isDown(key)) return null;
			reasons.push(this.#states.get(key)?.reason ?? '');
		}
		return reasons.length === 0 ? null : [...new Set(reasons)];
	}

	#isDown({ state }: KnownState): boolean {
		return state === PodState.POD_STATE_FAILED || state === PodState.POD_STATE_GONE;
	}
}
