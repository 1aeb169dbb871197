/** podwire.1, from the tables of commands, flags and kinds. */
import type { CommandWords } from '../../src/cli/commands.ts';
import type { Flag } from '../../src/cli/flags.ts';
import { RESOURCE_KINDS, type ResourceKind } from '../../src/messaging/resource-kinds.ts';
import {
	commandGroups,
	DESCRIPTION,
	EXIT_STATUSES,
	environmentVariables,
	flagGroups,
	flagSentence,
	OUTPUT_WORDS,
	sentence,
} from './reference-words.ts';
import { bold, definition, display, filled, italic, roff, section, subsection } from './roff.ts';

export interface ManPageFacts {
	readonly version: string;
	readonly date: Date;
}

export function manPage({ version, date }: ManPageFacts): string {
	return [
		`.TH PODWIRE 1 ${date.toISOString().slice(0, 10)} "podwire ${roff(version)}" "User Commands"`,
		'.\\" Do not hyphenate, and only justify on the left: there are words to copy.',
		'.nh',
		'.ad l',
		...section('NAME', ['podwire \\- live HTTP of pods that are in no service mesh']),
		...section('SYNOPSIS', [
			`${bold('podwire')} ${italic('COMMAND')} [${italic('ARGUMENT')} ...] [${italic('FLAG')} ...]`,
		]),
		...section('DESCRIPTION', [...filled(DESCRIPTION), '.PP', ...filled(OUTPUT_WORDS)]),
		...section(
			'COMMANDS',
			[...commandGroups()].flatMap(([group, list]) => subsection(group, list.flatMap(command))),
		),
		...section('TARGETS', targets()),
		...section(
			'FLAGS',
			[...flagGroups()].flatMap(([group, flags]) => subsection(group, flags.flatMap(flag))),
		),
		...section(
			'EXIT STATUS',
			EXIT_STATUSES.flatMap(([status, words]) => definition(bold(status), filled(words))),
		),
		...section(
			'ENVIRONMENT',
			[...environmentVariables()].flatMap(([name, places]) =>
				definition(bold(name), [`see ${places.map(bold).join(', ')}`]),
			),
		),
		...section('EXAMPLES', examples()),
		...section('SEE ALSO', [`${bold('kubectl')}(1), ${bold('tcpdump')}(8)`]),
		'',
	].join('\n');
}

function command({ name, usage, summary, details }: CommandWords): string[] {
	const term = usage === '' ? bold(name) : `${bold(name)} ${roff(usage)}`;
	return definition(term, filled(details === undefined ? sentence(summary) : `${sentence(summary)} ${details}`));
}

function targets(): string[] {
	const kinds = RESOURCE_KINDS.flatMap((kind) => definition(bold(`${kind.short}/NAME`), [roff(kindWords(kind))]));
	return [roff('Kinds, in any case, each also by its singular and plural:'), ...kinds];
}

function kindWords({ singular, plural, short, standalone }: ResourceKind): string {
	const spellings = [...new Set([singular, plural])].filter((spelling) => spelling !== short).join(', ');
	return [spellings, standalone ? '(of this machine)' : ''].filter((word) => word !== '').join(' ');
}

function flag(each: Flag): string[] {
	const { name, short, value, valueWhenBare, repeatable, commands } = each;
	const spelled = [...(short === undefined ? [] : [bold(`-${short}`)]), bold(`--${name}`)].join(', ');
	const term =
		value === undefined
			? spelled
			: valueWhenBare === undefined
				? `${spelled} ${italic(value)}`
				: `${spelled}[=${italic(value)}]`;
	const repeated = repeatable === true ? ' May be repeated.' : '';
	return definition(term, filled(`${flagSentence(each)}${repeated} (${commands.join(', ')})`));
}

function examples(): string[] {
	const all = [...commandGroups().values()].flat().flatMap((each) => each.examples);
	return all.flatMap(({ line, shows }, index) => [
		...(index === 0 ? [] : ['.PP']),
		...filled(`${sentence(shows).slice(0, -1)}:`),
		...display([line]),
	]);
}
