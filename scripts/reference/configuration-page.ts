/** The table within docs/configuration.md, from the table of settings. */

import type { Setting } from '../../src/messaging/settings.ts';
import { type SettingsDaemon, type SettingUse, settingsByName } from '../../src/messaging/settings-table.ts';

const BEGIN = '<!-- Made by: node scripts/reference/write-configuration.ts -->';
const END = '<!-- End of what is made -->';

/** `page` with the table between its marks made anew. */
export function configurationPage(page: string): string {
	const [before, rest] = page.split(BEGIN);
	const after = rest?.split(END)[1];
	if (after === undefined) throw new Error(`expected a page with "${BEGIN}" and "${END}"`);
	return [`${before}${BEGIN}`, '', ...table(), '', `${END}${after}`].join('\n');
}

function table(): string[] {
	const rows = [...settingsByName().values()].flatMap(({ uses }) => rowsOf(uses));
	return ['| in the file | variable | flag | meaning | default | of |', '|---|---|---|---|---|---|', ...rows];
}

/** One row, but for a setting that means something else to each daemon. */
function rowsOf(uses: readonly SettingUse[]): string[] {
	const [first] = uses;
	const same = uses.every(({ setting: { help, flag } }) => help === first?.setting.help && flag === first.setting.flag);
	const daemons = uses.map(({ daemon }) => daemon);
	if (first !== undefined && same) return [row(first.setting, daemons)];
	return uses.map(({ daemon, setting }) => row(setting, [daemon]));
}

function row(setting: Setting<unknown>, daemons: readonly SettingsDaemon[]): string {
	const { name, variable, flag, help, usual, secret } = setting;
	const code = (text: string | undefined) => (text === undefined ? '' : `\`${text}\``);
	const meaning = `${help}${secret === true ? '; never shown' : ''}`;
	const of = daemons.length === 2 ? 'both' : (daemons[0] ?? '');
	const cells = [code(name), code(variable), code(flag && `--${flag}`), cell(meaning), cell(usual), of];
	return `| ${cells.join(' | ')} |`;
}

/** Markdown reads `*`, `|` and `<` otherwise. */
function cell(text: string): string {
	return text.replace(/[|*<]/g, '\\$&');
}
