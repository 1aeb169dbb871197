/** Targets and peers as users name them, resolved by the inventory, or by this machine for those it has by itself. */
import type { LabelSelector } from '../messaging/label-selector.ts';
import { selectorMatches } from '../messaging/label-selector.ts';
import { formatTarget, type Target } from '../messaging/target.ts';
import { type Inventory, InventoryError, type InventoryPod, type PeerResource, podKey } from './inventory.ts';
import { standalonePod } from './standalone-targets.ts';

export interface TargetSet {
	readonly targets: readonly Target[];
	/** Where a target names no namespace; null: every one. */
	readonly namespace: string | null;
	readonly selector: LabelSelector | null;
}

export class TargetResolver {
	readonly #inventory: Inventory | null;

	/** null: nothing but network namespaces, interfaces and processes can be named. */
	constructor(inventory: Inventory | null) {
		this.#inventory = inventory;
	}

	/** Every pod once, in the order of the targets. Throws InventoryError. */
	podsOf({ targets, namespace, selector }: TargetSet): readonly InventoryPod[] {
		const [first, ...more] = targets;
		if (first !== undefined && more.length === 0) return this.#podsOfTarget(first, namespace, selector);
		const pods = new Map<string, InventoryPod>();
		for (const target of targets) {
			for (const pod of this.#podsOfTarget(target, namespace, selector)) pods.set(podKey(pod), pod);
		}
		return [...pods.values()];
	}

	/** Throws InventoryError. */
	peerOf(target: Target, namespace: string | null): PeerResource {
		if (target.kind.standalone) return { pods: [this.#standalone(target)], addresses: [], hosts: [] };
		return this.#require(target).peerOf({ ...target, namespace: target.namespace ?? namespace, selector: null });
	}

	#podsOfTarget(target: Target, namespace: string | null, selector: LabelSelector | null): readonly InventoryPod[] {
		if (!target.kind.standalone) {
			return this.#require(target).podsOf({ ...target, namespace: target.namespace ?? namespace, selector });
		}
		const pod = this.#standalone(target);
		if (selector === null || selectorMatches(selector, pod.labels)) return [pod];
		throw new InventoryError('no-pods-match', `${formatTarget(target)} has no labels ${selector.text}`);
	}

	/** The inventory's pod where it has one there: so that it is attached once, under one name. */
	#standalone(target: Target): InventoryPod {
		if (target.name === null) {
			throw new InventoryError('no-such-resource', `expected one of them by name: ${target.kind.short}/NAME`, 'USAGE');
		}
		const pod = standalonePod(target.kind, target.name);
		return this.#inventory?.podIn(pod.networkNamespace) ?? pod;
	}

	#require(target: Target): Inventory {
		if (this.#inventory !== null) return this.#inventory;
		const sentence = `${formatTarget(target)} needs an inventory: start with --inventory pods.yaml, or name netns/NAME, if/NAME or pid/N`;
		throw new InventoryError('no-such-resource', sentence);
	}
}

/** `deploy/frontend in shop`, `deployments in all namespaces with labels app=x`. */
export function describeTargets({ targets, namespace, selector }: TargetSet): string {
	const words = targets.map((target) => {
		if (!target.kind.namespaced) return formatTarget(target);
		const where = target.namespace ?? namespace;
		return `${formatTarget(target)} in ${where ?? 'all namespaces'}`;
	});
	return `${words.join(', ')}${selector === null ? '' : ` with labels ${selector.text}`}`;
}
