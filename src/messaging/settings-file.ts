/** The settings file of the daemons: YAML, sections of keys. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { PodwireError } from './errors.ts';
import { cameText, inFile, readSetting, SettingProblems, type SettingsFile } from './settings.ts';
import { settingsByName } from './settings-table.ts';

export const CONFIG_VARIABLE = 'PODWIRE_CONFIG';
/** The first of them that exists is read when no other one is named. The second is where the manifests mount one. */
export const DEFAULT_CONFIG_FILES: readonly string[] = ['/etc/podwire/config.yaml', '/etc/podwire/config/config.yaml'];
/** As much as a ConfigMap holds. */
const MAX_FILE_BYTES: number = 1024 * 1024;
const COMMENT_OR_EMPTY = /^\s*(?:#|$)/;

type Environment = Readonly<Record<string, string | undefined>>;

/** `named`: by the flag --config. null: there is none. Throws PodwireError (CONFIGURATION, MALFORMED_FILE). */
export async function readSettingsFile(
	named: string | undefined,
	env: Environment,
	usualPaths: readonly string[] = DEFAULT_CONFIG_FILES,
): Promise<SettingsFile | null> {
	const path = named ?? (env[CONFIG_VARIABLE] || undefined);
	if (path !== undefined) {
		const text = fileText(path);
		if (text !== null) return settingsOf(path, text);
		const key = named === undefined ? CONFIG_VARIABLE : '--config';
		throw new PodwireError('CONFIGURATION', `${key}: expected a file that exists, ${JSON.stringify(path)} came`);
	}
	for (const usual of usualPaths) {
		const text = fileText(usual);
		if (text !== null) return settingsOf(usual, text);
	}
	return null;
}

/** null: there is none. */
function fileText(path: string): string | null {
	const cannot = (why: string, cause?: unknown) =>
		new PodwireError('CONFIGURATION', `The configuration ${path} cannot be read: ${why}`, { cause });
	let descriptor: number;
	try {
		descriptor = openSync(path, 'r');
	} catch (cause) {
		const { code } = cause as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR') return null;
		throw cannot(code ?? String(cause), cause);
	}
	try {
		const { size } = fstatSync(descriptor);
		if (size > MAX_FILE_BYTES) throw cannot(`it has ${size} bytes, at most ${MAX_FILE_BYTES} are possible`);
		return readFileSync(descriptor, 'utf8');
	} catch (cause) {
		if (cause instanceof PodwireError) throw cause;
		throw cannot((cause as NodeJS.ErrnoException).code ?? String(cause), cause);
	} finally {
		closeSync(descriptor);
	}
}

/** Checks all of it, also what another daemon reads. */
async function settingsOf(path: string, text: string): Promise<SettingsFile> {
	const values = new Map<string, unknown>();
	// A parser takes memory that an agent without settings of its own is spared.
	if (text.split('\n').every((line) => COMMENT_OR_EMPTY.test(line))) return { path, values };
	const content = await parsed(path, text);
	if (content === null || content === undefined) return { path, values };
	const known = settingsByName();
	const problems = new SettingProblems();
	const found = entries(path, '', content).flatMap(
		([name, value]) => problems.attempt(() => entriesOfSection(path, name, value, known)) ?? [],
	);
	const isKnown = found.every(([name]) => known.has(name));
	const nearest: NearestWord = isKnown ? () => '' : (await import('./did-you-mean.ts')).didYouMean;
	for (const [name, value] of found) {
		problems.attempt(() => {
			const setting = known.get(name)?.setting;
			if (setting === undefined) throw unknownKey(path, name, [...known.keys()], nearest);
			if (values.has(name)) throw new PodwireError('CONFIGURATION', `${name}: expected it once${inFile(path)}`);
			values.set(name, value);
			if (value !== null) readSetting(setting, value, { kind: 'file', key: name, file: path });
		});
	}
	problems.throwIfAny();
	// As a key whose value is commented out.
	for (const [name, value] of values) if (value === null) values.delete(name);
	return { path, values };
}

function entriesOfSection(
	path: string,
	name: string,
	value: unknown,
	known: ReadonlyMap<string, unknown>,
): readonly (readonly [string, unknown])[] {
	const isSection = [...known.keys()].some((each) => each.startsWith(`${name}.`));
	if (!isSection) return [[name, value]];
	return value === null ? [] : entries(path, name, value);
}

function entries(path: string, section: string, value: unknown): readonly (readonly [string, unknown])[] {
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
		return Object.entries(value).map(([key, each]) => [section === '' ? key : `${section}.${key}`, each]);
	}
	const where = section === '' ? path : section;
	const words = `${where}: expected settings as KEY: VALUE, ${cameText(value)} came`;
	throw new PodwireError('CONFIGURATION', `${words}${section === '' ? '' : inFile(path)}`);
}

async function parsed(path: string, text: string): Promise<unknown> {
	const { LineCounter, parseDocument } = await import('yaml');
	const lines = new LineCounter();
	const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
	const [problem] = document.errors;
	if (problem !== undefined) {
		const { line, col } = lines.linePos(problem.pos[0]);
		throw new PodwireError('MALFORMED_FILE', `${path}:${line}:${col}: ${problem.message}`, { cause: problem });
	}
	try {
		return document.toJS();
	} catch (cause) {
		throw new PodwireError('MALFORMED_FILE', `${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
			cause,
		});
	}
}

/** What tells the nearest of several words; loaded only for a file with something unknown in it. */
type NearestWord = (word: string, candidates: readonly string[]) => string;

function unknownKey(path: string, name: string, known: readonly string[], nearest: NearestWord): PodwireError {
	const sections = new Set(known.filter((each) => each.includes('.')).map((each) => each.slice(0, each.indexOf('.'))));
	// A key whose section was left away is found by itself.
	const inSection = known.find((each) => each.endsWith(`.${name}`));
	const hint = inSection === undefined ? nearest(name, [...known, ...sections]) : ` (did you mean ${inSection}?)`;
	return new PodwireError('CONFIGURATION', `${name}: no such setting${hint}${inFile(path)}`);
}
