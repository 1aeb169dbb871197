/** Reads the fields of an object that came out of YAML. Throws PodwireError that names file and field. */
import { PodwireError } from '../messaging/errors.ts';

export class ConfigFields {
	/** Where it stands: `/home/jane/.kube/config: users[0].user`. */
	readonly place: string;
	readonly #values: Readonly<Record<string, unknown>>;

	/** Nothing (null, undefined) is an object without fields. */
	constructor(value: unknown, place: string) {
		this.place = place;
		if (value !== null && value !== undefined && (typeof value !== 'object' || Array.isArray(value))) {
			throw unexpected(place, 'an object', value);
		}
		this.#values = (value ?? {}) as Record<string, unknown>;
	}

	value(name: string): unknown {
		return this.#values[name];
	}

	object(name: string): ConfigFields {
		return new ConfigFields(this.#values[name], `${this.place}.${name}`);
	}

	has(name: string): boolean {
		return this.#values[name] !== null && this.#values[name] !== undefined;
	}

	/** Null where it is missing or empty. */
	text(name: string): string | null {
		const value = this.#values[name];
		if (value === null || value === undefined || value === '') return null;
		if (typeof value !== 'string') throw unexpected(`${this.place}.${name}`, 'text', value);
		return value;
	}

	requiredText(name: string): string {
		const text = this.text(name);
		if (text === null) throw new PodwireError('CONFIGURATION', `${this.place}.${name}: expected text, got nothing`);
		return text;
	}

	flag(name: string): boolean {
		const value = this.#values[name];
		if (value === null || value === undefined) return false;
		if (typeof value !== 'boolean') throw unexpected(`${this.place}.${name}`, 'true or false', value);
		return value;
	}

	texts(name: string): string[] {
		return this.list(name).map((value, index) => {
			if (typeof value !== 'string') throw unexpected(`${this.place}.${name}[${index}]`, 'text', value);
			return value;
		});
	}

	objects(name: string): ConfigFields[] {
		return this.list(name).map((value, index) => new ConfigFields(value, `${this.place}.${name}[${index}]`));
	}

	list(name: string): readonly unknown[] {
		const value = this.#values[name];
		if (value === null || value === undefined) return [];
		if (!Array.isArray(value)) throw unexpected(`${this.place}.${name}`, 'a list', value);
		return value;
	}

	names(): string[] {
		return Object.keys(this.#values);
	}
}

/** Of what came only the kind is told: it may be a credential. */
function unexpected(place: string, expected: string, value: unknown): PodwireError {
	const got = Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
	return new PodwireError('CONFIGURATION', `${place}: expected ${expected}, got ${got}`);
}
