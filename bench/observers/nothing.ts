import type { Observer } from './observer.ts';

/** The baseline: nobody watches. */
export const nothing: Observer = {
	name: 'untapped',
	start: async () => ({ stop: async () => ({ shown: null, losses: '', cpuSeconds: {} }) }),
};
