import { countOf } from './measures.ts';

/** All pods of a namespace are called `pods in shop`; of a list of targets each name stands for itself. */
const ALL_PODS = /^pods( [^,]*)?$/;

/** `3 pods of deploy/frontend in shop`, `3 pods in shop`. `description`: of the targets, by the control plane. */
export function tappedWords(podCount: number, description: string): string {
	const pods = countOf(podCount, 'pod');
	const all = ALL_PODS.exec(description);
	return all === null ? `${pods} of ${description}` : `${pods}${all[1] ?? ''}`;
}
