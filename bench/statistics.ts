/** Medians and spreads of a few rounds. */

export interface Spread {
	readonly median: number;
	readonly least: number;
	readonly greatest: number;
}

/** Throws for an empty list: there is no median of nothing. */
export function spreadOf(values: readonly number[]): Spread {
	const sorted = [...values].sort((one, other) => one - other);
	const middle = (sorted.length - 1) / 2;
	const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
	if (low === undefined || high === undefined) throw new RangeError('spreadOf needs at least one value, got none');
	return { median: (low + high) / 2, least: sorted[0] ?? low, greatest: sorted.at(-1) ?? high };
}
