/** The form that `-o` and its companions ask for. */

import { coloursFor } from './colours.ts';
import type { FlagValues } from './command-line.ts';
import { type ExchangeFormat, PIPE_COLUMNS, type TextFormatOptions } from './exchange-format.ts';
import type { OutputForm } from './flags.ts';

export interface OutputPlace {
	readonly terminal: boolean;
	/** Its columns: those of a terminal as it is now. */
	readonly stdout: { readonly columns?: number | undefined };
	readonly env: NodeJS.ProcessEnv;
}

export interface ChosenForm {
	/** It shows neither headers nor trailers, nor anything that depends on them: they need not be sent. */
	readonly omitsHeaders: boolean;
	/** Loads what makes the output; there is nothing of what was typed that it could refuse. */
	load(): Promise<ExchangeFormat>;
}

/** Rejects with UsageError for a template that cannot be read. */
export async function chosenForm(flags: FlagValues, place: OutputPlace): Promise<ChosenForm> {
	const [form = '', ...rest] = (flags.one('output') ?? 'line').split('=');
	const load = () => FORMATS[form as OutputForm](flags, place, rest.join('='));
	const judged = rest.length === 0 ? null : await load();
	return { omitsHeaders: omitsHeaders(form as OutputForm, flags), load: async () => judged ?? load() };
}

/** Rejects with UsageError for a template that cannot be read. */
export async function outputForm(flags: FlagValues, place: OutputPlace): Promise<ExchangeFormat> {
	return (await chosenForm(flags, place)).load();
}

function omitsHeaders(form: OutputForm, flags: FlagValues): boolean {
	switch (form) {
		case 'line':
		case 'wide':
			return !flags.has('headers') && !flags.has('body');
		case 'linkerd':
			return true;
		default:
			return false;
	}
}

type MakeFormat = (flags: FlagValues, place: OutputPlace, text: string) => Promise<ExchangeFormat>;

/** Each loads what it needs, and not what the others do. */
const FORMATS: Readonly<Record<OutputForm, MakeFormat>> = {
	line: async (flags, place) => new (await import('./line-format.ts')).LineFormat(textOptions(flags, place)),
	wide: async (flags, place) => new (await import('./wide-format.ts')).WideFormat(textOptions(flags, place)),
	json: async () => new (await import('./json-format.ts')).JsonFormat(),
	linkerd: async () => new (await import('./linkerd-format.ts')).LinkerdFormat(),
	'linkerd-json': async () => new (await import('./linkerd-json-format.ts')).LinkerdJsonFormat(),
	har: async () => {
		const [{ HarFormat }, { packageVersion }] = await Promise.all([
			import('./har-format.ts'),
			import('../messaging/package-version.ts'),
		]);
		return new HarFormat({ version: packageVersion() });
	},
	curl: async (flags) => new (await import('./curl-format.ts')).CurlFormat({ redacts: !flags.has('unredacted') }),
	jsonpath: async (_flags, { terminal }, template) =>
		new (await import('./jsonpath-format.ts')).JsonPathFormat(template, { terminal }),
};

function textOptions(flags: FlagValues, { terminal, stdout, env }: OutputPlace): TextFormatOptions {
	const columns = () => stdout.columns || PIPE_COLUMNS;
	return {
		colours: coloursFor({ refused: flags.has('no-color'), terminal, env }),
		utc: flags.has('utc'),
		columns: terminal ? columns() : PIPE_COLUMNS,
		terminalColumns: terminal ? columns : null,
		headers: flags.has('headers'),
		bodies: flags.has('body'),
	};
}
