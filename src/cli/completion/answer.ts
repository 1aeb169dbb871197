/**
 * What completion answers, in the words of Cobra's completion protocol: kubectl asks plugins in it, and so do our scripts.
 * https://github.com/spf13/cobra/blob/main/site/content/completions/_index.md
 */

export interface Candidate {
	readonly text: string;
	/** '': nothing is to be said of it. */
	readonly about: string;
}

/** Files: the shell completes those itself. */
export type Answer = readonly Candidate[] | 'files';

const NO_SPACE = 2;
const NO_FILES = 4;

/** After one of these more of the same word is to come. */
const OPEN_ENDS = /[=/:]$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]/;

/** One candidate a line, its description after a tab, at last `:` and what the shell is to do. */
export function answerText(answer: Answer, word: string): string {
	if (answer === 'files') return ':0\n';
	const seen = new Set<string>();
	const matching = answer.filter(({ text }) => {
		if (!text.startsWith(word) || text === '' || CONTROL_CHARACTERS.test(text) || seen.has(text)) return false;
		seen.add(text);
		return true;
	});
	const open = matching.length > 0 && matching.every(({ text }) => OPEN_ENDS.test(text));
	const lines = matching.map(({ text, about }) => (about === '' ? text : `${text}\t${about}`));
	return [...lines, `:${NO_FILES + (open ? NO_SPACE : 0)}`, ''].join('\n');
}

/** Without a word about them. */
export function plain(texts: readonly string[]): readonly Candidate[] {
	return texts.map((text) => ({ text, about: '' }));
}
