/** `--help`, from the tables of commands and flags. */
import { COMMANDS, type CommandGroup, type CommandWords, type Example, HELP_COMMAND } from './commands.ts';
import { type Flag, type FlagGroup, flagsOf } from './flags.ts';
import { firstColumnWidth, HELP_WIDTH, INDENT, paragraph, table } from './help-layout.ts';

const EXAMPLE_GAP = 2;
/** Of their commands the first example stands before everything else. */
const FIRST_GROUPS: readonly CommandGroup[] = ['Traffic', 'Health', 'Without Kubernetes', 'Install in a cluster'];

/** How flags of one group work together. */
const GROUP_NOTES: Partial<Record<FlagGroup, string>> = {
	Filters: 'of one repeated, any has to match; of different ones, all',
};

export function overallHelp(): string {
	const groups = [...new Set(COMMANDS.map(({ group }) => group))].filter((group) => group !== 'Daemons');
	const width = firstColumnWidth(COMMANDS.map(spelling));
	return [
		...paragraph('Podwire shows, live, the HTTP of pods that are in no service mesh.', ''),
		'',
		'Examples',
		...examples(inGroups(FIRST_GROUPS).flatMap(({ examples: [first] }) => first ?? [])),
		...groups.flatMap((group) => ['', group, ...table(inGroups([group]).map(row), width)]),
		'',
		...paragraph(`Daemons, which those start: ${names(['Daemons'])}.`, ''),
		`podwire ${HELP_COMMAND} COMMAND has its flags and more examples.`,
		'',
	].join('\n');
}

export function commandHelp(command: CommandWords): string {
	const flags = flagsOf(command.name);
	const shown = flags.filter(({ asInKubectl }) => asInKubectl !== true);
	const groups = [...new Set(shown.map(({ group }) => group))];
	const width = firstColumnWidth(shown.map(flagSpelling));
	return [
		`podwire ${command.name} ${command.usage}`.trimEnd(),
		...paragraph(command.summary),
		...(command.details === undefined ? [] : ['', ...paragraph(command.details)]),
		...(command.examples.length > 0 ? ['', 'Examples', ...examples(command.examples)] : []),
		...groups.flatMap((group) => [
			'',
			heading(group),
			...table(
				shown.filter((flag) => flag.group === group).map((flag) => [flagSpelling(flag), flag.help] as const),
				width,
			),
		]),
		...kubectlFlags(flags),
		'',
	].join('\n');
}

/** `-o, --output FORM`, `    --body[=BYTES]`. */
export function flagSpelling({ name, short, value, valueWhenBare }: Flag): string {
	const spelled = `${short === undefined ? '    ' : `-${short}, `}--${name}`;
	if (value === undefined) return spelled;
	return valueWhenBare === undefined ? `${spelled} ${value}` : `${spelled}[=${value}]`;
}

function heading(group: FlagGroup): string {
	const note = GROUP_NOTES[group];
	return note === undefined ? group : `${group} (${note})`;
}

/** Side by side where all of them fit; otherwise what each shows stands above it. */
function examples(list: readonly Example[]): string[] {
	const width = Math.max(0, ...list.map(({ line }) => line.length)) + EXAMPLE_GAP;
	const fit = list.every(({ shows }) => INDENT.length + width + shows.length <= HELP_WIDTH);
	if (fit) return list.map(({ line, shows }) => INDENT + line.padEnd(width) + shows);
	return list.flatMap(({ line, shows }) => [`${INDENT}# ${shows}`, INDENT + line]);
}

function kubectlFlags(flags: readonly Flag[]): string[] {
	const named = flags.filter(({ asInKubectl }) => asInKubectl === true).map(({ name }) => `--${name}`);
	return named.length === 0 ? [] : ['', 'As in kubectl (man podwire)', ...paragraph(named.join(', '))];
}

function inGroups(groups: readonly CommandGroup[]): readonly CommandWords[] {
	return COMMANDS.filter(({ group }) => groups.includes(group));
}

function names(groups: readonly CommandGroup[]): string {
	return inGroups(groups)
		.map(({ name }) => name)
		.join(', ');
}

function row(command: CommandWords): readonly [string, string] {
	return [spelling(command), command.summary];
}

/** With its argument, without `[flags]`. */
function spelling({ name, usage }: CommandWords): string {
	return `${name} ${usage.replace('[flags]', '')}`.trim();
}
