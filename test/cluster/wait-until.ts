/** Waiting for a condition with a limit, and saying what was waited for when it is over. */
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_INTERVAL_MS = 50;

/** What is waited for can no longer come. */
export class HopelessError extends Error {}

/**
 * Resolves to the first result that is not undefined. After the limit rejects with what was waited for and the last error; at once
 * when the condition throws HopelessError.
 */
export async function waitUntil<Value>(
	what: string,
	limitMs: number,
	condition: () => Promise<Value | undefined> | Value | undefined,
): Promise<Value> {
	const endMs = performance.now() + limitMs;
	let lastError: unknown;
	for (;;) {
		try {
			const value = await condition();
			if (value !== undefined) return value;
		} catch (error) {
			if (error instanceof HopelessError) throw error;
			lastError = error;
		}
		if (performance.now() > endMs) {
			const why = lastError instanceof Error ? `: ${lastError.message}` : '';
			throw new Error(`waited ${limitMs / 1000} s in vain for ${what}${why}`, { cause: lastError });
		}
		await sleep(POLL_INTERVAL_MS);
	}
}
