const LIMIT_MS = 20_000;
const STEP_MS = 10;

/** Waits until `condition` gives something true, and returns it; fails with `what` after a generous time. */
export async function eventually<Value>(
	condition: () => Value | Promise<Value>,
	what: string,
	limitMs: number = LIMIT_MS,
): Promise<NonNullable<Value>> {
	const deadline = performance.now() + limitMs;
	for (;;) {
		const value = await condition();
		if (value) return value as NonNullable<Value>;
		if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, STEP_MS));
	}
}
