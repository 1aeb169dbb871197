/** The form that `-o` and its companions ask for. */

import { packageVersion } from '../messaging/package-version.ts';
import { coloursFor } from './colours.ts';
import type { FlagValues } from './command-line.ts';
import { CurlFormat } from './curl-format.ts';
import { type ExchangeFormat, PIPE_COLUMNS, type TextFormatOptions } from './exchange-format.ts';
import type { OutputForm } from './flags.ts';
import { HarFormat } from './har-format.ts';
import { jsonFormat } from './json-format.ts';
import { JsonPathFormat } from './jsonpath-format.ts';
import { LineFormat } from './line-format.ts';
import { LinkerdFormat } from './linkerd-format.ts';
import { LinkerdJsonFormat } from './linkerd-json-format.ts';
import { WideFormat } from './wide-format.ts';

export interface OutputPlace {
	readonly terminal: boolean;
	/** Of a terminal. */
	readonly columns: number | undefined;
	readonly env: NodeJS.ProcessEnv;
}

/** Throws UsageError for a template that cannot be read. */
export function outputForm(flags: FlagValues, place: OutputPlace): ExchangeFormat {
	const [form = '', ...rest] = (flags.one('output') ?? 'line').split('=');
	return FORMATS[form as OutputForm](flags, place, rest.join('='));
}

type MakeFormat = (flags: FlagValues, place: OutputPlace, text: string) => ExchangeFormat;

const FORMATS: Readonly<Record<OutputForm, MakeFormat>> = {
	line: (flags, place) => new LineFormat(textOptions(flags, place)),
	wide: (flags, place) => new WideFormat(textOptions(flags, place)),
	json: () => jsonFormat,
	linkerd: () => new LinkerdFormat(),
	'linkerd-json': () => new LinkerdJsonFormat(),
	har: () => new HarFormat({ version: packageVersion() }),
	curl: (flags) => new CurlFormat({ redacts: !flags.has('unredacted') }),
	jsonpath: (_flags, { terminal }, template) => new JsonPathFormat(template, { terminal }),
};

function textOptions(flags: FlagValues, { terminal, columns, env }: OutputPlace): TextFormatOptions {
	return {
		colours: coloursFor({ refused: flags.has('no-color'), terminal, env }),
		utc: flags.has('utc'),
		columns: terminal && columns ? columns : PIPE_COLUMNS,
		headers: flags.has('headers'),
		bodies: flags.has('body'),
	};
}
