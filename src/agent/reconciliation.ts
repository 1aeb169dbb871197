/** From what is wanted and what is there to what is to be done. Pure. */
import { sameNetworkNamespace, sameTaps, type WantedPod } from './assignment-set.ts';

export type PodCondition =
	/** Programs are on its interfaces. */
	| 'attached'
	/** No tap wants it; its addresses are known. */
	| 'idle'
	/** A Kubernetes pod that is about to start: its processes are not there yet. Nothing is said of it. */
	| 'starting'
	/** It could not be attached, or not be found. */
	| 'failed'
	/** It was attached and its network went. */
	| 'gone';

export interface PresentPod {
	readonly wanted: WantedPod;
	readonly condition: PodCondition;
	/** When to try again what failed, or to look at the addresses again; monotonic. */
	readonly dueAtMs: number;
}

export type Action =
	| { readonly kind: 'attach'; readonly pod: WantedPod }
	| { readonly kind: 'set-taps'; readonly pod: WantedPod }
	| { readonly kind: 'detach'; readonly key: string }
	/** Find the pod and read its addresses, attaching nothing. */
	| { readonly kind: 'locate'; readonly pod: WantedPod }
	/** No assignment names the pod any more. Comes after its `detach`. */
	| { readonly kind: 'forget'; readonly key: string };

export const FIRST_RETRY_MS = 1000;
export const LAST_RETRY_MS = 10_000;

/** As long as a Kubernetes pod that was assigned may take to have processes before that is told. */
export const STARTING_MS = 10_000;

/** Delay before the next attempt after that many failures in a row (1, 2 …). */
export function retryDelayMs(failures: number): number {
	return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (Math.min(failures, 10) - 1));
}

function establish(pod: WantedPod): Action {
	return pod.taps.length > 0 ? { kind: 'attach', pod } : { kind: 'locate', pod };
}

function actionsFor(pod: WantedPod, present: PresentPod | undefined, nowMs: number): Action[] {
	if (present === undefined) return [establish(pod)];
	const moved = !sameNetworkNamespace(pod, present.wanted);
	const changed = moved || !sameTaps(pod, present.wanted);
	const detach: Action = { kind: 'detach', key: pod.key };
	switch (present.condition) {
		case 'attached':
			if (moved || pod.taps.length === 0) return [detach, establish(pod)];
			return changed ? [{ kind: 'set-taps', pod }] : [];
		case 'idle':
		case 'starting':
		case 'failed':
		case 'gone':
			return changed || nowMs >= present.dueAtMs ? [establish(pod)] : [];
	}
}

/** In the order in which they are to be done: what ends comes first. */
export function reconcile(
	wanted: readonly WantedPod[],
	present: ReadonlyMap<string, PresentPod>,
	nowMs: number,
): readonly Action[] {
	const keys = new Set(wanted.map(({ key }) => key));
	const endings = [...present].filter(([key]) => !keys.has(key));
	return [
		...endings.flatMap(([key, { condition }]): Action[] =>
			condition === 'attached'
				? [
						{ kind: 'detach', key },
						{ kind: 'forget', key },
					]
				: [{ kind: 'forget', key }],
		),
		...wanted.flatMap((pod) => actionsFor(pod, present.get(pod.key), nowMs)),
	];
}
