/** The end of one tap in order: why it ends, and which pods have said their last word. */
import type { podwire } from '../messaging/wire.ts';

export interface Ending {
	readonly reason: podwire.v1.EndReason;
	/** One sentence when it did not end as asked. */
	readonly text: string;
}

export class TapEnding {
	readonly #finishedPods = new Set<string>();
	#ending: Ending | null = null;

	/** Null while it goes on. */
	get ending(): Ending | null {
		return this.#ending;
	}

	/** The first reason stays. */
	begin(ending: Ending): void {
		this.#ending ??= ending;
	}

	/** A batch of the pod came; `last`: none of its epoch follows. */
	heard(podKey: string, last: boolean): void {
		if (last) this.#finishedPods.add(podKey);
		else this.#finishedPods.delete(podKey);
	}

	forget(podKey: string): void {
		this.#finishedPods.delete(podKey);
	}

	/** Whether a pod that an agent can still speak of has said its last word. */
	hasFinished(podKey: string): boolean {
		return this.#finishedPods.has(podKey);
	}
}
