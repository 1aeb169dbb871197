/** Labels of objects, bounded, and shared between objects that have the same. */
import type { Labels } from '../../messaging/label-selector.ts';
import type { SharedStrings } from './shared-strings.ts';

/** Of one pod. Kubernetes itself only bounds a whole object, at more than a megabyte. */
export const MAX_LABELS = 128;
/** Keys and values of one pod. */
export const MAX_LABEL_CHARACTERS = 8192;

const NO_LABELS: Labels = {};

export interface KeptLabels {
	readonly labels: Labels;
	/** That were beyond the bounds. */
	readonly leftOut: number;
}

/** `similar`: of an object that probably has the same ones. */
export function keepLabels(raw: Labels | undefined, similar: Labels | null, strings: SharedStrings): KeptLabels {
	if (raw === undefined) return { labels: NO_LABELS, leftOut: 0 };
	if (similar !== null && sameLabels(raw, similar)) return { labels: similar, leftOut: 0 };
	const labels: Record<string, string> = {};
	let count = 0;
	let characters = 0;
	let leftOut = 0;
	for (const [key, value] of Object.entries(raw)) {
		characters += key.length + value.length;
		if (count >= MAX_LABELS || characters > MAX_LABEL_CHARACTERS) leftOut += 1;
		else {
			count += 1;
			labels[key] = strings.of(value);
		}
	}
	return { labels, leftOut };
}

export function sameLabels(one: Labels, other: Labels): boolean {
	const keys = Object.keys(one);
	return keys.length === Object.keys(other).length && keys.every((key) => other[key] === one[key]);
}
