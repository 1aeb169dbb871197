/** Reads what the user typed into a command, its arguments and its flags. Throws UsageError. */
import { Command, CommanderError, Option } from 'commander';
import { COMMANDS, type CommandWords, HELP_COMMAND } from './commands.ts';
import { didYouMean } from './did-you-mean.ts';
import { FlagValues } from './flag-values.ts';
import { type CommandName, choiceStart, type Flag, flagsOf } from './flags.ts';
import { UsageError } from './usage-error.ts';

export { FlagValues } from './flag-values.ts';

export type CommandLine =
	| { readonly kind: 'help'; readonly command: CommandWords | null }
	| { readonly kind: 'version' }
	| {
			readonly kind: 'run';
			readonly command: CommandName;
			readonly args: readonly string[];
			readonly flags: FlagValues;
	  };

/** `words`: what came after `podwire`. */
export function parseCommandLine(words: readonly string[]): CommandLine {
	const [first, ...rest] = words;
	if (first === undefined || first === '--help' || first === '-h') return { kind: 'help', command: null };
	if (first === '--version' || first === '-V') return { kind: 'version' };
	if (first === HELP_COMMAND) return { kind: 'help', command: rest[0] === undefined ? null : findCommand(rest[0]) };
	const command = findCommand(first);
	if (asksForHelp(rest)) return { kind: 'help', command };
	return { kind: 'run', command: command.name, ...parseFlags(command, rest) };
}

function findCommand(word: string): CommandWords {
	const command = COMMANDS.find(({ name }) => name === word);
	if (command !== undefined) return command;
	const typed = listOf(COMMANDS.filter(({ group }) => group !== 'Daemons').map(({ name }) => name));
	if (word.startsWith('-')) throw new UsageError(`expected a command before ${word}: ${typed}`);
	const nearest = didYouMean(word, [...COMMANDS.map(({ name }) => name), HELP_COMMAND]);
	throw new UsageError(`unknown command "${word}": expected ${typed}${nearest}`);
}

function asksForHelp(words: readonly string[]): boolean {
	const end = words.indexOf('--');
	return words.slice(0, end < 0 ? words.length : end).some((word) => word === '--help' || word === '-h');
}

function parseFlags(command: CommandWords, words: readonly string[]): { args: string[]; flags: FlagValues } {
	const flags = flagsOf(command.name);
	const values = new Map<string, string[]>();
	const parser = new Command(command.name).helpOption(false).exitOverride().allowExcessArguments();
	parser.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
	for (const flag of flags) parser.addOption(optionOf(flag));
	for (const flag of flags) parser.on(`option:${flag.name}`, (value: string | null) => keep(values, flag, value));
	try {
		parser.parse(withBareValues(flags, words), { from: 'user' });
	} catch (error) {
		if (error instanceof CommanderError) throw usageErrorOf(error, flags, command.name);
		throw error;
	}
	if (!command.takesArguments && parser.args.length > 0) {
		throw new UsageError(`podwire ${command.name} takes no argument, got "${parser.args[0]}"`);
	}
	return { args: parser.args, flags: new FlagValues(values) };
}

function optionOf({ name, short, value }: Flag): Option {
	const spelled = short === undefined ? `--${name}` : `-${short}, --${name}`;
	return new Option(value === undefined ? spelled : `${spelled} <${value}>`);
}

function keep(values: Map<string, string[]>, flag: Flag, value: string | null): void {
	const text = value ?? '';
	if (flag.choices !== undefined && !isAmong(flag.choices, text)) {
		const nearest = didYouMean(choiceStart(text), flag.choices.map(choiceStart));
		throw new UsageError(`--${flag.name}: expected ${listOf(flag.choices)}, got "${text}"${nearest}`);
	}
	const before = values.get(flag.name);
	if (before !== undefined && flag.value !== undefined && !flag.repeatable) {
		throw new UsageError(`--${flag.name}: expected it once, got "${before[0]}" and "${text}"`);
	}
	values.set(flag.name, flag.repeatable ? [...(before ?? []), text] : [text]);
}

function isAmong(choices: readonly string[], text: string): boolean {
	const start = choiceStart(text);
	return choices.some((choice) => choiceStart(choice) === start && (start === choice || text !== start));
}

/** `--body` alone takes no value from the next word: its value is only what follows `=`. And `-n=shop` is `-nshop`, as in kubectl. */
function withBareValues(flags: readonly Flag[], words: readonly string[]): string[] {
	const bare = new Map(
		flags.flatMap(({ name, valueWhenBare }) =>
			valueWhenBare === undefined ? [] : [[`--${name}`, `--${name}=${valueWhenBare}`]],
		),
	);
	const end = words.indexOf('--');
	return words.map((word, index) => {
		if (end >= 0 && index > end) return word;
		return bare.get(word) ?? word.replace(/^-([A-Za-z])=/, '-$1');
	});
}

function usageErrorOf(error: CommanderError, flags: readonly Flag[], command: string): UsageError {
	if (error.code === 'commander.unknownOption') {
		const given = /'([^']*)'/.exec(error.message)?.[1] ?? '';
		const hint = didYouMean(
			given,
			flags.map(({ name }) => `--${name}`),
		);
		return new UsageError(`unknown flag ${given}${hint}: podwire ${command} --help lists what it takes`, error);
	}
	if (error.code === 'commander.optionMissingArgument') {
		const flag = flags.find(({ name }) => error.message.includes(`--${name} <`));
		return new UsageError(`--${flag?.name}: expected ${flag?.value} after it, got nothing`, error);
	}
	return new UsageError(error.message.replace(/^error: /, ''), error);
}

/** `line, wide or json`. */
function listOf(words: readonly string[]): string {
	return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
