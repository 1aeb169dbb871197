/** docs/usage.md, from the tables of commands and flags and from what Podwire prints. */
import type { CommandWords } from '../../src/cli/commands.ts';
import type { Flag } from '../../src/cli/flags.ts';
import { flagSpelling } from '../../src/cli/help.ts';
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
import { type Sample, samples } from './sample-output.ts';

const SHOWN: readonly (readonly string[])[] = [
	[],
	['--method', 'GET', '--status', '4xx', '--headers'],
	['--status', '4xx', '-o', 'wide'],
	['--status', '4xx', '-o', 'json'],
	['--status', '4xx', '-o', 'curl'],
	['--status', '4xx', '-o', 'linkerd'],
	['--status', '!2xx', '-o', 'jsonpath={.request.path} {.response.status}'],
];

export function usagePage(): string {
	return [
		'# Usage',
		'',
		'<!-- Made by: node scripts/reference/write-usage.ts -->',
		'',
		DESCRIPTION,
		'',
		'`podwire COMMAND --help` says what follows in a terminal; `man podwire` has all of it.',
		'',
		...[...commandGroups()].flatMap(([group, commands]) => [`## ${group}`, '', ...commands.flatMap(command)]),
		'## What it prints',
		'',
		OUTPUT_WORDS,
		'',
		...samples(SHOWN).flatMap(shown),
		'[formats.md](formats.md) and [json.md](json.md) describe each form.',
		'',
		'## Flags',
		'',
		...[...flagGroups()].flatMap(([group, flags]) => [
			`### ${group}`,
			'',
			'| flag | meaning | of |',
			'|---|---|---|',
			...flags.map(flagRow),
			'',
		]),
		'## Environment',
		'',
		'| variable | see |',
		'|---|---|',
		...[...environmentVariables()].map(
			([name, places]) => `| \`${name}\` | ${places.map((place) => `\`${place}\``).join(', ')} |`,
		),
		'',
		'## Exit status',
		'',
		'| status | meaning |',
		'|---|---|',
		...EXIT_STATUSES.map(([status, words]) => `| ${status} | ${words} |`),
		'',
	].join('\n');
}

function command({ name, usage, summary, details, examples }: CommandWords): string[] {
	const shown = examples.flatMap(({ line, shows }) => [`# ${shows}`, line]);
	return [
		`### \`podwire ${name}${usage === '' ? '' : ` ${usage}`}\``,
		'',
		cell(details === undefined ? sentence(summary) : `${sentence(summary)} ${details}`),
		'',
		...(shown.length === 0 ? [] : ['```sh', ...shown, '```', '']),
	];
}

function flagRow(flag: Flag): string {
	const repeated = flag.repeatable === true ? ' May be repeated.' : '';
	return `| \`${flagSpelling(flag).trim()}\` | ${cell(flagSentence(flag))}${repeated} | ${flag.commands.join(', ')} |`;
}

function shown({ line, output }: Sample): string[] {
	return ['```', `$ ${line}`, ...output.trimEnd().split('\n'), '```', ''];
}

/** Markdown reads `*`, `|` and `<` otherwise. */
function cell(text: string): string {
	return text.replace(/[|*<]/g, '\\$&');
}
