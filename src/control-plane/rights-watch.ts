/** Whether the user of one tap still may: asked when pods turn up, and again and again while it runs. */
import type { Clock } from '../messaging/clock.ts';
import { PodwireError } from '../messaging/errors.ts';
import type { PodName, TapAccess } from './access/tap-access.ts';
import { ApiError } from './api/api-errors.ts';

export const REVIEW_EVERY_MS = 10_000;
/** How long a right holds that nobody can confirm, as while the API server is started anew. */
export const UNCONFIRMED_MS = 60_000;
/** Pods that could not be judged are asked about again after this. */
const RETRY_MS = 1000;

export interface RightsWatchOptions {
	readonly access: TapAccess;
	readonly clock: Clock;
	/** Every pod of the targets, whether it is tapped or not. */
	readonly candidates: () => readonly PodName[];
	/** Something else is known now. */
	readonly changed: () => void;
	/** The tap must end: one sentence why. */
	readonly withdrawn: (sentence: string) => void;
}

export class RightsWatch {
	readonly #options: RightsWatchOptions;
	#unjudged: readonly PodName[] = [];
	#running = false;
	#over = false;
	#confirmedMs: number;
	#reviewedMs: number;
	#retryMs = 0;

	/** What is known is as old as this. */
	constructor(options: RightsWatchOptions) {
		this.#options = options;
		this.#confirmedMs = options.clock.nowMs();
		this.#reviewedMs = this.#confirmedMs;
	}

	/** Pods of which nothing is known; `changed` is called when it is. Replaces those of the last call. */
	ask(pods: readonly PodName[]): void {
		this.#unjudged = pods;
		if (pods.length > 0) void this.#judge();
	}

	/** To be called every second. */
	tick(nowMs: number): void {
		if (nowMs - this.#reviewedMs >= REVIEW_EVERY_MS) void this.#review(nowMs);
		else if (this.#unjudged.length > 0 && nowMs >= this.#retryMs) void this.#judge();
	}

	stop(): void {
		this.#over = true;
	}

	async #judge(): Promise<void> {
		const { access, clock } = this.#options;
		await this.#alone(async () => {
			const pods = this.#unjudged;
			this.#retryMs = clock.nowMs() + RETRY_MS;
			await access.judge(pods);
			if (this.#unjudged === pods) this.#unjudged = [];
		});
	}

	async #review(nowMs: number): Promise<void> {
		const { access, candidates } = this.#options;
		await this.#alone(async () => {
			this.#reviewedMs = nowMs;
			await access.demand();
			await access.judgeAgain(candidates());
			this.#confirmedMs = nowMs;
		});
	}

	/** One after the other; what is missed meanwhile is caught up by the next tick. */
	async #alone(work: () => Promise<void>): Promise<void> {
		const { changed, clock, withdrawn } = this.#options;
		if (this.#running || this.#over) return;
		this.#running = true;
		let sentence: string | null = null;
		try {
			await work();
		} catch (error) {
			sentence = this.#whyWithdrawn(error, clock.nowMs());
			if (sentence === null) return;
		} finally {
			this.#running = false;
		}
		if (this.#over) return;
		if (sentence !== null) withdrawn(sentence);
		else changed();
	}

	#whyWithdrawn(error: unknown, nowMs: number): string | null {
		if (error instanceof ApiError && error.reason === 'Forbidden') return error.message;
		const unconfirmedMs = nowMs - this.#confirmedMs;
		if (unconfirmedMs < UNCONFIRMED_MS) return null;
		const why = error instanceof PodwireError ? error.message : String(error);
		return `for ${Math.round(unconfirmedMs / 1000)} s nobody could say whether this tap is still allowed: ${why}`;
	}
}
