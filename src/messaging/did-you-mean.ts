import { editDistances } from './edit-distances.ts';

/** Two letters in the wrong order count as two. */
const ALWAYS_ALLOWED = 2;

/** ` (did you mean tap?)` when one of `candidates` is near to `word`, otherwise nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
	if (word === '' || candidates.length === 0) return '';
	const { closest, distance } = editDistances();
	const nearest = closest(word, [...candidates]);
	const allowed = Math.max(ALWAYS_ALLOWED, Math.floor(word.length / 3));
	return distance(word, nearest) <= allowed && nearest.length > distance(word, nearest)
		? ` (did you mean ${nearest}?)`
		: '';
}
