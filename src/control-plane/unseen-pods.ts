/** The pods of one tap of which nothing can be seen now, and why. */
import type { podwire } from '../messaging/wire.ts';
import { podKey } from './inventory.ts';
import type { PodStates } from './pod-states.ts';
import type { UnseenPod } from './quiet-words.ts';
import type { TapSurroundings } from './tap-surroundings.ts';

export interface PodWatch {
	readonly states: PodStates;
	readonly surroundings: Pick<TapSurroundings, 'isLive' | 'isKnown'>;
	/** Whether its agent has told what passes there. */
	readonly hasHeard: (podKey: string) => boolean;
}

export function unseenPods(pods: readonly podwire.v1.Pod.$Properties[], watch: PodWatch): UnseenPod[] {
	return pods.flatMap((pod) => {
		const reason = whyUnseen(pod, watch);
		return reason === null ? [] : [{ name: pod.name ?? '', reason }];
	});
}

function whyUnseen(pod: podwire.v1.Pod.$Properties, { states, surroundings, hasHeard }: PodWatch): string | null {
	const key = podKey(pod);
	const node = pod.node ?? '';
	if (node === '') return 'its node is not known yet';
	if (!surroundings.isKnown(node)) return `no agent was ever heard of on ${node}: is one scheduled there?`;
	if (!surroundings.isLive(node)) return `the agent on ${node} is gone or silent`;
	const down = states.whyDown(key);
	if (down !== null) return down === '' ? 'its network does not exist any more' : down;
	return hasHeard(key) ? null : `the agent on ${node} has told nothing of it yet`;
}
