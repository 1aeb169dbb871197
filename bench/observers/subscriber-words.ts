/** What the bench and its counting subscriber say to each other. */

export type IpcOrder =
	| {
			readonly order: 'start';
			readonly url: string;
			readonly user: string;
			readonly password: string;
			readonly node: string;
			readonly pods: readonly { readonly name: string; readonly netns: string }[];
			/** Of each pod; each shows everything. */
			readonly taps: number;
			/** Keep the batches to find sequence numbers in. */
			readonly keep: boolean;
	  }
	| { readonly order: 'finish' };

export interface Counted {
	/** Sequence numbers; null when not every batch was kept. */
	readonly distinct: number | null;
	/** Exchange records that came, of all taps. */
	readonly records: number;
	/** Exchanges that the node says it saw, of all taps. */
	readonly seen: number;
	/** Taps of pods whose last batch did not come. */
	readonly unfinished: number;
	readonly missingBatches: number;
	/** What the node says was lost, by cause. */
	readonly losses: Readonly<Record<string, number>>;
}

export type IpcWord =
	| { readonly word: 'watching' }
	| { readonly word: 'failed'; readonly why: string }
	| ({ readonly word: 'counted' } & Counted);
