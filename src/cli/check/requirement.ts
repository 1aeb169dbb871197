/** What `podwire check` judges: one requirement, what is known of it, and what that means in words. */

/** `unknown`: it cannot be judged, and the reason says why. */
export type Verdict = 'ok' | 'failed' | 'warning' | 'unknown';

export interface Mend {
	readonly words: string;
	/** For a shell. */
	readonly command?: string;
}

export interface Finding {
	readonly verdict: Verdict;
	/** One sentence without its end: how it is. */
	readonly reason: string;
	/** Null: nothing is to be done. */
	readonly mend: Mend | null;
}

export interface Requirement<Facts> {
	/** For programs; stays what it is. */
	readonly id: string;
	/** For people. */
	readonly title: string;
	judge(facts: Facts): Finding;
}

export interface JudgedRequirement extends Finding {
	readonly id: string;
	readonly title: string;
}

export const ok = (reason: string): Finding => ({ verdict: 'ok', reason, mend: null });
export const failed = (reason: string, mend: Mend | null): Finding => ({ verdict: 'failed', reason, mend });
export const warning = (reason: string, mend: Mend | null = null): Finding => ({ verdict: 'warning', reason, mend });
export const unknown = (reason: string, mend: Mend | null = null): Finding => ({ verdict: 'unknown', reason, mend });

export function judgeAll<Facts>(requirements: readonly Requirement<Facts>[], facts: Facts): JudgedRequirement[] {
	return requirements.map((requirement) => ({
		id: requirement.id,
		title: requirement.title,
		...requirement.judge(facts),
	}));
}
