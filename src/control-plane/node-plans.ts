/** What all taps together want of each node. */
import type { podwire } from '../messaging/wire.ts';
import type { NodePlan } from './assignments.ts';
import { type InventoryPod, podKey } from './inventory.ts';
import type { TapPlan } from './tap-session.ts';

/** What an agent takes; pods beyond are left out, those of taps last. */
export const MAX_PODS_PER_NODE = 1024;

interface WantedPod {
	readonly pod: InventoryPod;
	readonly taps: string[];
}

interface NodeWishes {
	readonly pods: Map<string, WantedPod>;
	readonly taps: Map<string, podwire.v1.Tap.$Properties>;
}

export interface Wishes {
	readonly taps: readonly TapPlan[];
	/** Whose addresses are wanted. */
	readonly addressesOf: readonly InventoryPod[];
	/** Of pods that name none. */
	readonly localNode: string | null;
}

export interface NodePlans {
	readonly plans: ReadonlyMap<string, NodePlan>;
	/** Pods of taps that a node has no room for. */
	readonly leftOut: number;
}

export function planNodes({ taps, addressesOf, localNode }: Wishes): NodePlans {
	const nodes = new Map<string, NodeWishes>();
	let leftOut = 0;
	const want = (node: string, pod: InventoryPod): WantedPod | null => {
		const wishes = nodes.get(node) ?? { pods: new Map(), taps: new Map() };
		nodes.set(node, wishes);
		const wanted = wishes.pods.get(podKey(pod));
		if (wanted !== undefined) return wanted;
		if (wishes.pods.size >= MAX_PODS_PER_NODE) return null;
		const added = { pod, taps: [] };
		wishes.pods.set(podKey(pod), added);
		return added;
	};
	for (const { tap, pods, ready } of taps) {
		for (const { pod, node } of pods) {
			const wanted = want(node, pod);
			if (wanted === null) leftOut += 1;
			else if (ready && tap.id) {
				wanted.taps.push(tap.id);
				nodes.get(node)?.taps.set(tap.id, tap);
			}
		}
	}
	for (const pod of [...taps.flatMap(({ peerPods }) => peerPods), ...addressesOf]) {
		const node = pod.node === '' ? localNode : pod.node;
		if (node !== null) want(node, pod);
	}
	return { plans: new Map([...nodes].map(([node, wishes]) => [node, planOf(node, wishes)])), leftOut };
}

function planOf(node: string, { pods, taps }: NodeWishes): NodePlan {
	return {
		pods: [...pods.values()].map(({ pod, taps: ids }) => ({
			pod: { namespace: pod.namespace, name: pod.name, node },
			networkNamespace: pod.networkNamespace,
			taps: ids,
		})),
		taps: [...taps.values()],
	};
}
