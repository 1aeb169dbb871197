/** The settings in force as text: a file that could be read again, with where each of them comes from. */
import type { GivenSettings, Origin, Setting, SettingsTable, ValueOf } from './settings.ts';

/** Values in force where they are not those that were given: defaults, and what is shown in another way. */
export type EffectiveSettings<Table extends SettingsTable> = {
	readonly [Key in keyof Table]?: ValueOf<Table[Key]>;
};

interface Line {
	readonly text: string;
	readonly remark: string;
}

const INDENT = '  ';
const SECRET = '(set)';
/** A word that YAML reads as a string as it stands. */
const PLAIN = /^(?!(?:true|false|null|yes|no|on|off)$)(?:[A-Za-z/][\w./:@*-]*|\d+[KMG]iB)$/i;

export function settingsText<Table extends SettingsTable>(
	daemon: string,
	table: Table,
	given: GivenSettings<Table>,
	effective: EffectiveSettings<Table>,
): string {
	const sections = new Map<string, Line[]>();
	for (const [key, setting] of Object.entries(table)) {
		const at = setting.name.indexOf('.');
		const section = at < 0 ? '' : setting.name.slice(0, at);
		const value = effective[key] ?? given[key]?.value;
		const lines = sections.get(section) ?? [];
		lines.push(line(setting, setting.name.slice(at + 1), value, given[key]?.origin ?? null));
		sections.set(section, lines);
	}
	const all = [...sections].flatMap(([section, lines]) =>
		section === '' ? lines : [{ text: heading(section, lines), remark: '' }, ...lines.map(indented)],
	);
	const width = Math.max(...all.filter(({ remark }) => remark !== '').map(({ text }) => text.length)) + 2;
	const body = all.map(({ text, remark }) => (remark === '' ? text : `${text.padEnd(width)}# ${remark}`));
	return `# The settings of podwire ${daemon}, and where each comes from.\n${body.join('\n')}\n`;
}

/** A section without a key is none. */
function heading(section: string, lines: readonly Line[]): string {
	return lines.every(({ text }) => text.startsWith('#')) ? `# ${section}:` : `${section}:`;
}

function indented({ text, remark }: Line): Line {
	return { text: `${INDENT}${text}`, remark };
}

function line(setting: Setting<unknown>, key: string, value: unknown, origin: Origin | null): Line {
	const remark = origin === null ? usualText(setting) : originText(origin);
	if (value === undefined) return { text: `# ${key}:`, remark };
	const shown = setting.secret === true ? SECRET : yamlText(setting.type.show(value));
	return { text: `${key}: ${shown}`, remark };
}

function usualText({ usual }: Setting<unknown>): string {
	return usual === '' ? 'not set' : `default: ${usual}`;
}

function originText({ key, file }: Origin): string {
	return file ?? key;
}

function yamlText(value: string | boolean | number | readonly string[]): string {
	if (typeof value === 'object') return `[${value.map(yamlText).join(', ')}]`;
	return typeof value !== 'string' || PLAIN.test(value) ? String(value) : JSON.stringify(value);
}
