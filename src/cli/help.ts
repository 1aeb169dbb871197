/** `--help`, from the tables of commands and flags. */
import { COMMANDS, type CommandWords } from './commands.ts';
import { type Flag, type FlagGroup, flagsOf } from './flags.ts';

const INDENT = '  ';
const COLUMN_GAP = 2;

export function overallHelp(): string {
	const rows = COMMANDS.map(({ name, usage, summary }) => [`podwire ${name} ${usage}`, summary] as const);
	return [
		'podwire shows, live, the HTTP exchanges of pods, network namespaces, interfaces and processes.',
		'',
		...table(rows),
		'',
		'podwire COMMAND --help lists the flags of a command; podwire --version says which version this is.',
		'',
	].join('\n');
}

export function commandHelp(command: CommandWords): string {
	const flags = flagsOf(command.name);
	const groups = new Set(flags.map(({ group }) => group));
	return [
		`podwire ${command.name} ${command.usage}`,
		`${INDENT}${command.summary}`,
		...[...groups].flatMap((group) =>
			groupHelp(
				group,
				flags.filter((flag) => flag.group === group),
			),
		),
		...(command.examples.length > 0 ? ['', 'Examples', ...command.examples.map((example) => INDENT + example)] : []),
		'',
	].join('\n');
}

function groupHelp(group: FlagGroup, flags: readonly Flag[]): string[] {
	return ['', group, ...table(flags.map((flag) => [flagSpelling(flag), flagHelp(flag)] as const))];
}

/** `-o, --output FORM`, `    --body[=BYTES]`. */
export function flagSpelling({ name, short, value, valueWhenBare }: Flag): string {
	const spelled = `${short === undefined ? '    ' : `-${short}, `}--${name}`;
	if (value === undefined) return spelled;
	return valueWhenBare === undefined ? `${spelled} ${value}` : `${spelled}[=${value}]`;
}

function flagHelp({ help, repeatable }: Flag): string {
	return repeatable ? `${help} (repeatable)` : help;
}

function table(rows: readonly (readonly [string, string])[]): string[] {
	const width = Math.max(...rows.map(([first]) => first.length)) + COLUMN_GAP;
	return rows.map(([first, second]) => INDENT + first.padEnd(width) + second);
}
