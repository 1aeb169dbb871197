import { fitForAll, type Observer } from './observer.ts';

/** The baseline: nobody watches. */
export const nothing: Observer = {
	name: 'untapped',
	description: 'nobody watches',
	needs: [],
	unfitFor: fitForAll,
	start: async () => ({
		processes: () => [],
		copiedBytes: () => null,
		stop: async () => ({ told: null, toldBy: null, said: '' }),
	}),
};
