/** What can stand where the user is typing, from the tables of commands and flags, the kubeconfig and what there is. */
import type { Kubeconfig } from '../../kubernetes/kubeconfig.ts';
import { COMMANDS, HELP_COMMAND } from '../commands.ts';
import { choiceStart, type Flag, flagsOf, type WordSource } from '../flags.ts';
import { type Answer, type Candidate, plain } from './answer.ts';
import type { NameSource } from './live-names.ts';
import { namespaceWords, peerWords, targetWords } from './target-words.ts';
import type { TypedLine } from './typed-line.ts';

/** What is not in the tables; nothing of it where it cannot be had in time. */
export interface Surroundings {
	thereNow(): Promise<NameSource>;
	kubeconfig(): Promise<Kubeconfig | null>;
}

export async function candidatesFor(line: TypedLine, surroundings: Surroundings): Promise<Answer> {
	const { asked, command } = line;
	switch (asked.kind) {
		case 'command':
		case 'help':
			return commandWords(line.word, asked.kind === 'command');
		case 'flag':
			return flagWords(line);
		case 'value':
			if (asked.flag.choices !== undefined) return plain(asked.flag.choices.map(choiceStart));
			return wordsOf(asked.flag.words ?? [], line, surroundings);
		case 'argument':
			if (command?.takesArguments !== true) return flagWords(line);
			return wordsOf(argumentSource(command.words ?? [], line), line, surroundings);
		case 'nothing':
			return [];
	}
}

/** Daemons are not offered to whoever has not begun to type one. */
function commandWords(word: string, withHelp: boolean): readonly Candidate[] {
	const words = COMMANDS.filter(({ group }) => group !== 'Daemons' || word !== '').map(({ name, summary }) => ({
		text: name,
		about: summary,
	}));
	return withHelp ? [...words, { text: HELP_COMMAND, about: 'flags and examples of a command' }] : words;
}

function flagWords({ command, flags, word }: TypedLine): readonly Candidate[] {
	const help: Candidate = { text: '--help', about: 'flags and examples' };
	if (command === null) return [help, { text: '--version', about: 'which version this is' }];
	const left = flagsOf(command.name).filter((flag) => flag.repeatable === true || !flags.has(flag.name));
	return [...left.flatMap((flag) => spellings(flag, word)), help];
}

/** One letter only for whoever typed that already. */
function spellings({ name, short, help, valueWhenBare }: Flag, word: string): readonly Candidate[] {
	const long = [{ text: `--${name}`, about: help }];
	if (valueWhenBare !== undefined) long.push({ text: `--${name}=`, about: help });
	return word === `-${short}` ? [{ text: word, about: help }] : long;
}

/** A list of words is one of which one is taken. */
function argumentSource(source: WordSource, { args }: TypedLine): WordSource {
	return typeof source === 'object' && args.length > 0 ? [] : source;
}

async function wordsOf(source: WordSource, line: TypedLine, surroundings: Surroundings): Promise<Answer> {
	if (typeof source === 'object') return plain(source);
	const { word, args, flags } = line;
	switch (source) {
		case 'files':
			return 'files';
		case 'contexts':
		case 'clusters':
		case 'users': {
			const config = await surroundings.kubeconfig();
			return plain([...(config?.[source].keys() ?? [])]);
		}
		case 'namespaces':
			return namespaceWords(await surroundings.thereNow());
		case 'targets':
			return targetWords(word, args, flags, await surroundings.thereNow());
		case 'peers':
			return peerWords(word, flags, await surroundings.thereNow());
	}
}
