/** Values by the flag's name: those of a repeatable flag in their order, of any other one; of one without value ''. */
export class FlagValues {
	readonly #values: ReadonlyMap<string, readonly string[]>;

	constructor(values: ReadonlyMap<string, readonly string[]>) {
		this.#values = values;
	}

	all(name: string): readonly string[] {
		return this.#values.get(name) ?? [];
	}

	one(name: string): string | undefined {
		return this.#values.get(name)?.[0];
	}

	has(name: string): boolean {
		return this.#values.has(name);
	}
}
