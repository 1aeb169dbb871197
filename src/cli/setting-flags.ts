/** The flags of the daemons, from the table of their settings. */
import { settingsByName } from '../messaging/settings-table.ts';
import type { CommandName, Flag } from './flags.ts';

/** Other commands that take the flag of a setting. */
const ALSO: Readonly<Record<string, readonly CommandName[]>> = {
	inventory: ['up'],
	kubeconfig: ['bootstrap'],
	node: ['up'],
	socket: ['up'],
};
const FILE_VALUES = ['FILE', 'PATH'];

export const SETTING_FLAGS: readonly Flag[] = [
	{
		name: 'config',
		value: 'FILE',
		help: 'the settings (default: PODWIRE_CONFIG, or /etc/podwire/config.yaml when it exists)',
		commands: ['up', 'agent', 'control-plane'],
		words: 'files',
		group: 'Options',
	},
	{
		name: 'print-config',
		help: 'print the settings in force and where each comes from, and end',
		commands: ['agent', 'control-plane'],
		group: 'Options',
	},
	...settingFlags(),
];

function settingFlags(): Flag[] {
	return [...settingsByName().values()].flatMap(({ setting, uses }) => {
		const { flag: name, value, variable, help, usual } = setting;
		if (name === undefined) return [];
		const taking = uses.filter((use) => use.setting.flag === name).map(({ daemon }) => daemon);
		return {
			name,
			...(value === undefined ? {} : { value }),
			help: help + defaultWords(value === undefined ? [] : [variable ?? '', usual]),
			commands: [...(ALSO[name] ?? []), ...taking],
			...(value !== undefined && FILE_VALUES.includes(value) ? { words: 'files' as const } : {}),
			group: 'Options' as const,
		};
	});
}

/** ` (default: PODWIRE_RINGS, or 16MiB)`. */
function defaultWords(words: readonly string[]): string {
	const told = words.filter((each) => each !== '');
	return told.length === 0 ? '' : ` (default: ${told.join(', or ')})`;
}
