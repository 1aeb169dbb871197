/** Edit distances between words, loaded when something was mistyped. */
import { createRequire } from 'node:module';

type EditDistances = Pick<typeof import('fastest-levenshtein'), 'closest' | 'distance'>;

export function editDistances(): EditDistances {
	return createRequire(import.meta.url)('fastest-levenshtein') as EditDistances;
}
