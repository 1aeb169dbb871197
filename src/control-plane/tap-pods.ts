/** Of the pods of a tap's targets those that are tapped, and why the others are not. */
import type { TapAccess } from './access/tap-access.ts';
import { ApiError } from './api/api-errors.ts';
import { type InventoryPod, podKey } from './inventory.ts';
import { leftOutWords, untappableWords } from './tap-words.ts';

export interface PodSelection {
	readonly tapped: ReadonlyMap<string, InventoryPod>;
	/** Its user may not tap them. */
	readonly denied: ReadonlyMap<string, InventoryPod>;
	/** It is not known yet whether they may be tapped. */
	readonly unjudged: readonly InventoryPod[];
	/** Nobody can tap them. */
	readonly untappable: ReadonlyMap<string, InventoryPod>;
}

export function selectPods(pods: readonly InventoryPod[], access: TapAccess): PodSelection {
	const tapped = new Map<string, InventoryPod>();
	const denied = new Map<string, InventoryPod>();
	const untappable = new Map<string, InventoryPod>();
	const unjudged: InventoryPod[] = [];
	for (const pod of pods) {
		const verdict = access.verdict(pod);
		if (verdict === 'unknown') unjudged.push(pod);
		else if (verdict === 'denied') denied.set(podKey(pod), pod);
		// Told only to who may tap it.
		else (pod.untappable === '' ? tapped : untappable).set(podKey(pod), pod);
	}
	return { tapped, denied, unjudged, untappable };
}

/** Throws ApiError (Forbidden, Invalid, ServiceUnavailable) when there is nothing to tap. */
export function demandPods({ tapped, denied, untappable }: PodSelection, access: TapAccess): void {
	if (tapped.size > 0) return;
	if (denied.size > 0) throw new ApiError('Forbidden', deniedSentence([...denied.values()], access));
	const [sentence] = untappableSentences([...untappable.values()]);
	if (sentence !== undefined) throw new ApiError('Invalid', sentence);
	throw new ApiError('ServiceUnavailable', 'the pods changed just now: ask again');
}

/** One for each reason. */
export function untappableSentences(pods: readonly InventoryPod[]): string[] {
	const byReason = new Map<string, string[]>();
	for (const { name, untappable } of pods) byReason.set(untappable, [...(byReason.get(untappable) ?? []), name]);
	return [...byReason].map(([reason, names]) => untappableWords(names, reason));
}

export function deniedSentence(pods: readonly InventoryPod[], access: TapAccess): string {
	return leftOutWords(pods.length, access.user.name, access.missingFor(pods));
}
