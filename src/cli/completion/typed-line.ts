/** A command line that is still being typed: what is known of it, and what its last word is to become. */
import { COMMANDS, type CommandWords, HELP_COMMAND } from '../commands.ts';
import { FlagValues } from '../flag-values.ts';
import { type Flag, flagsOf } from '../flags.ts';

export type Asked =
	| { readonly kind: 'command' }
	| { readonly kind: 'help' }
	| { readonly kind: 'flag' }
	| { readonly kind: 'value'; readonly flag: Flag }
	| { readonly kind: 'argument' }
	| { readonly kind: 'nothing' };

export interface TypedLine {
	/** Null: it is not known yet. */
	readonly command: CommandWords | null;
	readonly flags: FlagValues;
	/** Before the word. */
	readonly args: readonly string[];
	readonly asked: Asked;
	/** What there is of the word; of `--to=deploy/f` what comes after `=`. */
	readonly word: string;
}

/** `words`: what came after `podwire`; the last one, perhaps empty, is the one to complete. */
export function readTypedLine(words: readonly string[]): TypedLine {
	const word = words.at(-1) ?? '';
	const nothingTyped = { command: null, flags: new FlagValues(new Map()), args: [], word };
	const [first] = words;
	if (words.length <= 1) return { ...nothingTyped, asked: { kind: word.startsWith('-') ? 'flag' : 'command' } };
	if (first === HELP_COMMAND) return { ...nothingTyped, asked: { kind: words.length === 2 ? 'help' : 'nothing' } };
	const command = COMMANDS.find(({ name }) => name === first);
	if (command === undefined) return { ...nothingTyped, asked: { kind: 'nothing' } };
	return new TypedWords(command).read(words.slice(1, -1), word);
}

class TypedWords {
	readonly #command: CommandWords;
	readonly #flags: readonly Flag[];
	readonly #values = new Map<string, string[]>();
	readonly #args: string[] = [];
	/** Its value is the next word. */
	#pending: Flag | null = null;
	/** After `--`. */
	#onlyArguments = false;

	constructor(command: CommandWords) {
		this.#command = command;
		this.#flags = flagsOf(command.name);
	}

	read(before: readonly string[], word: string): TypedLine {
		for (const each of before) this.#take(each);
		const { asked, value } = this.#ask(word);
		return { command: this.#command, flags: new FlagValues(this.#values), args: this.#args, asked, word: value };
	}

	#take(word: string): void {
		if (this.#pending !== null) {
			this.#keep(this.#pending, word);
			this.#pending = null;
		} else if (this.#onlyArguments || !word.startsWith('-') || word === '-') {
			this.#args.push(word);
		} else if (word === '--') {
			this.#onlyArguments = true;
		} else {
			this.#takeFlag(word);
		}
	}

	#takeFlag(word: string): void {
		const { spelled, value } = parts(word);
		const flag = this.#find(spelled);
		if (flag !== undefined) {
			if (flag.value === undefined || flag.valueWhenBare !== undefined || value !== null) this.#keep(flag, value ?? '');
			else this.#pending = flag;
			return;
		}
		// `-nshop`
		const joined = word.startsWith('--') ? undefined : this.#find(word.slice(0, 2));
		if (joined?.value !== undefined) this.#keep(joined, word.slice(2));
	}

	#ask(word: string): { asked: Asked; value: string } {
		if (this.#pending !== null) return { asked: { kind: 'value', flag: this.#pending }, value: word };
		if (this.#onlyArguments || !word.startsWith('-')) return { asked: { kind: 'argument' }, value: word };
		const { spelled, value } = parts(word);
		if (value === null) return { asked: { kind: 'flag' }, value: word };
		const flag = this.#find(spelled);
		return { asked: flag?.value === undefined ? { kind: 'nothing' } : { kind: 'value', flag }, value };
	}

	#find(spelled: string): Flag | undefined {
		return this.#flags.find(({ name, short }) => spelled === `--${name}` || spelled === `-${short}`);
	}

	#keep(flag: Flag, value: string): void {
		this.#values.set(flag.name, flag.repeatable ? [...(this.#values.get(flag.name) ?? []), value] : [value]);
	}
}

/** `--to=x` and `-n=x`; the value is null without `=`. */
function parts(word: string): { spelled: string; value: string | null } {
	const at = word.indexOf('=');
	return at < 0 ? { spelled: word, value: null } : { spelled: word.slice(0, at), value: word.slice(at + 1) };
}
