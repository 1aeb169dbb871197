/** What the manual page and docs/usage.md say beyond the tables of commands and flags. */
import { COMMANDS, type CommandWords } from '../../src/cli/commands.ts';
import { FLAGS, type Flag, type FlagGroup } from '../../src/cli/flags.ts';

export const DESCRIPTION =
	'Podwire shows, live, the HTTP of pods that are in no service mesh. Nothing is injected, restarted or put in the path ' +
	'of a packet. What passed and was not seen is counted and said.';

export const EXIT_STATUSES: readonly (readonly [string, string])[] = [
	['0', 'ended as asked: by Ctrl-C, a limit, the end of a file, or a reader of its output that went'],
	['1', 'could not, or could not go on; the reason is on stderr'],
	['2', 'the command line could not be understood; what was expected is on stderr'],
];

export const OUTPUT_WORDS =
	'Exchanges go to stdout and nothing else does. The last line on stderr says how many were seen, shown and filtered ' +
	'out, and how many were lost and why. A second Ctrl-C ends at once.';

const VARIABLE = /\b(?:PODWIRE_[A-Z_]+|KUBECONFIG|NO_COLOR|FORCE_COLOR)\b/g;

/** With a capital, and a full stop where none is. */
export function sentence(text: string): string {
	return text.charAt(0).toUpperCase() + stopped(text.slice(1));
}

/** What a flag means; values that are to be typed stay as they are typed. */
export function flagSentence({ help, choices, words }: Flag): string {
	const [first = ''] = help.split(/[ ,=]/);
	const values = [...(choices ?? []), ...(Array.isArray(words) ? words : [])];
	return values.includes(first) ? stopped(help) : sentence(help);
}

function stopped(text: string): string {
	return text.endsWith('.') ? text : `${text}.`;
}

/** Of one group, in the order of the table. */
export function flagGroups(): ReadonlyMap<FlagGroup, readonly Flag[]> {
	return grouped(FLAGS, ({ group }) => group);
}

export function commandGroups(): ReadonlyMap<string, readonly CommandWords[]> {
	return grouped(COMMANDS, ({ group }) => group);
}

/** The variables that help names, each with the flags and commands whose words name it. */
export function environmentVariables(): ReadonlyMap<string, readonly string[]> {
	const words = [
		...FLAGS.map(({ name, help }) => ({ where: `--${name}`, text: help })),
		...COMMANDS.map(({ name, details }) => ({ where: `podwire ${name}`, text: details ?? '' })),
	];
	const named = words.flatMap(({ where, text }) => (text.match(VARIABLE) ?? []).map((name) => ({ where, name })));
	const sorted = named.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
	const groups = grouped(sorted, ({ name }) => name);
	return new Map([...groups].map(([name, each]) => [name, [...new Set(each.map(({ where }) => where))]]));
}

/** In the order of each group's first item. */
function grouped<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
	const groups = new Map<Key, Item[]>();
	for (const item of items) {
		const key = keyOf(item);
		groups.set(key, [...(groups.get(key) ?? []), item]);
	}
	return groups;
}
