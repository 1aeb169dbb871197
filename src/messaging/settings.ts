/** Settings of a daemon: from flags, then the environment, then a file. */
import { PodwireError } from './errors.ts';
import type { SettingType } from './setting-types.ts';

export interface Setting<Value> {
	/** In the file, with a dot between section and key: agent.rings. */
	readonly name: string;
	/** Without the dashes; absent: no flag sets it. */
	readonly flag?: string;
	/** Absent: no variable sets it. */
	readonly variable?: string;
	/** What help calls its value; absent: its flag takes none. */
	readonly value?: string;
	readonly type: SettingType<Value>;
	/** Without the default. */
	readonly help: string;
	/** What holds without it, in words; empty: nothing. */
	readonly usual: string;
	/** Its value is never shown. */
	readonly secret?: true;
}

/** By the names that a program calls its settings by. */
// biome-ignore lint/suspicious/noExplicitAny: a table holds settings of every type
export type SettingsTable = Readonly<Record<string, Setting<any>>>;

export type ValueOf<Each> = Each extends Setting<infer Value> ? Value : never;

export interface Origin {
	readonly kind: 'flag' | 'environment' | 'file';
	/** The flag, the variable, or the name in the file. */
	readonly key: string;
	/** Of kind `file`: its path. */
	readonly file: string | null;
}

export interface GivenSetting<Value> {
	readonly value: Value;
	readonly origin: Origin;
}

/** null: nothing sets it. */
export type GivenSettings<Table extends SettingsTable> = {
	readonly [Key in keyof Table]: GivenSetting<ValueOf<Table[Key]>> | null;
};

/** A settings file that was read: values by name, as YAML has them. */
export interface SettingsFile {
	readonly path: string;
	readonly values: ReadonlyMap<string, unknown>;
}

export interface SettingSources<Table extends SettingsTable> {
	/** As they were typed. */
	readonly flags: { readonly [Key in keyof Table]?: string | boolean | undefined };
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly file: SettingsFile | null;
}

/** Of a value that was not expected, in what is said of it. */
const MAX_CAME_LENGTH = 100;
/** Of problems that are told at once, a line each. */
export const MAX_TOLD_PROBLEMS = 20;

/** What is wrong with settings, so that all of it is told at once. */
export class SettingProblems {
	readonly #found: PodwireError[] = [];

	/** undefined: `read` threw a PodwireError, which is kept. */
	attempt<Value>(read: () => Value): Value | undefined {
		try {
			return read();
		} catch (error) {
			if (!(error instanceof PodwireError)) throw error;
			this.#found.push(error);
			return undefined;
		}
	}

	/** Throws PodwireError (of the first one's code), a line for each, unless there are none. */
	throwIfAny(): void {
		const [first, ...others] = this.#found;
		if (first === undefined) return;
		if (others.length === 0) throw first;
		const lines = this.#found.slice(0, MAX_TOLD_PROBLEMS).map(({ message }) => message);
		if (this.#found.length > lines.length) lines.push(`and ${this.#found.length - lines.length} more`);
		throw new PodwireError(first.code, lines.join('\n'), { cause: new AggregateError(this.#found) });
	}
}

/** Throws PodwireError (CONFIGURATION) that names the key, what was expected and what came, of each that is wrong. */
export function givenSettings<Table extends SettingsTable>(
	table: Table,
	sources: SettingSources<Table>,
): GivenSettings<Table> {
	const problems = new SettingProblems();
	const given = Object.entries(table).map(([key, setting]) => [
		key,
		problems.attempt(() => givenSetting(setting, sources.flags[key], sources)),
	]);
	problems.throwIfAny();
	return Object.fromEntries(given) as GivenSettings<Table>;
}

function givenSetting(
	setting: Setting<unknown>,
	typed: string | boolean | undefined,
	{ env, file }: Pick<SettingSources<SettingsTable>, 'env' | 'file'>,
): GivenSetting<unknown> | null {
	const { name, flag, variable } = setting;
	if (typed !== undefined) return readSetting(setting, typed, { kind: 'flag', key: `--${flag ?? name}`, file: null });
	const fromEnvironment = variable === undefined ? undefined : env[variable];
	if (variable !== undefined && fromEnvironment)
		return readSetting(setting, fromEnvironment, { kind: 'environment', key: variable, file: null });
	const inFile = file?.values.get(name);
	if (file === null || inFile === undefined) return null;
	return readSetting(setting, inFile, { kind: 'file', key: name, file: file.path });
}

/** Throws PodwireError (CONFIGURATION). */
export function readSetting<Value>(setting: Setting<Value>, given: unknown, origin: Origin): GivenSetting<Value> {
	const value = setting.type.read(given);
	if (value !== undefined) return { value, origin };
	throw unexpected(origin, setting.type.expected, cameText(given, setting.secret === true));
}

/** `agent.rings: expected a number from 1 to 64, "x" came (in /etc/podwire/config.yaml)`. */
export function unexpected({ key, file }: Origin, expected: string, came: string): PodwireError {
	return new PodwireError('CONFIGURATION', `${key}: expected ${expected}, ${came} came${inFile(file)}`);
}

export function inFile(file: string | null): string {
	return file === null ? '' : ` (in ${file})`;
}

export function cameText(given: unknown, secret = false): string {
	if (given === null || given === undefined) return 'nothing';
	if (Array.isArray(given)) return 'a list';
	if (typeof given === 'object') return 'a map';
	if (secret) return `a ${typeof given} that is not shown`;
	const text = JSON.stringify(given);
	return text.length > MAX_CAME_LENGTH ? `${text.slice(0, MAX_CAME_LENGTH)}…` : text;
}
