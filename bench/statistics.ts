/** Medians, spreads and quantiles of a few rounds or many samples. */

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

/** The least value that at least `part` (0 to 1) of all values do not exceed. Throws for an empty list. */
export function quantileOf(values: readonly number[], part: number): number {
	const sorted = Float64Array.from(values).sort();
	const value = sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
	if (value === undefined) throw new RangeError('quantileOf needs at least one value, got none');
	return value;
}

/**
 * The exponent of y ~ x^exponent by least squares of the logarithms: 1 is linear, 0 is constant. Throws below two
 * points; all numbers have to be above 0.
 */
export function growthExponent(points: readonly { readonly x: number; readonly y: number }[]): number {
	if (points.length < 2) throw new RangeError(`growthExponent needs two points, got ${points.length}`);
	const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
	const mean = (key: 'x' | 'y') => logs.reduce((sum, point) => sum + point[key], 0) / logs.length;
	const [meanX, meanY] = [mean('x'), mean('y')];
	const covariance = logs.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
	return covariance / logs.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
}
