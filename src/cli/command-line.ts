/** Reads what the user typed into a command, its arguments and its flags. Throws UsageError. */
import { parseArgs } from 'node:util';
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
	const named = new Map(flags.map((flag) => [flag.name, flag]));
	const values = new Map<string, string[]>();
	const args: string[] = [];
	// Not strict: its own sentences would be told else. A value may begin with a dash.
	const { tokens } = parseArgs({
		args: withBareValues(flags, words),
		options: Object.fromEntries(flags.map((flag) => [flag.name, optionOf(flag)])),
		strict: false,
		tokens: true,
	});
	for (const token of tokens) {
		if (token.kind === 'positional') args.push(token.value);
		if (token.kind !== 'option') continue;
		const flag = named.get(token.name);
		// What comes after `=` is then part of what is not known.
		const valued = token.inlineValue === true ? `=${token.value}` : '';
		if (flag === undefined) throw unknownFlag(token.rawName + valued, flags, command.name);
		if (flag.value === undefined && valued !== '') throw unknownFlag(token.rawName + valued, flags, command.name);
		if (flag.value !== undefined && token.value === undefined) {
			throw new UsageError(`--${flag.name}: expected ${flag.value} after it, got nothing`);
		}
		keep(values, flag, token.value ?? '');
	}
	if (!command.takesArguments && args.length > 0) {
		throw new UsageError(`podwire ${command.name} takes no argument, got "${args[0]}"`);
	}
	return { args, flags: new FlagValues(values) };
}

function optionOf({ short, value }: Flag): { type: 'string' | 'boolean'; short?: string } {
	return { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) };
}

function keep(values: Map<string, string[]>, flag: Flag, text: string): void {
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

function unknownFlag(given: string, flags: readonly Flag[], command: CommandName): UsageError {
	const hint = didYouMean(
		given,
		flags.map(({ name }) => `--${name}`),
	);
	return new UsageError(`unknown flag ${given}${hint}: podwire ${command} --help lists what it takes`);
}

/** `line, wide or json`. */
function listOf(words: readonly string[]): string {
	return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
