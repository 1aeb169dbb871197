/** Values by key, in their order. */
export function groupBy<T>(values: readonly T[], key: (value: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const value of values) {
		const name = key(value);
		const group = groups.get(name);
		if (group === undefined) groups.set(name, [value]);
		else group.push(value);
	}
	return groups;
}
