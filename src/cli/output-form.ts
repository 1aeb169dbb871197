/** The form that `-o` and its companions ask for. */
import { coloursFor } from './colours.ts';
import type { FlagValues } from './command-line.ts';
import { type ExchangeFormat, PIPE_COLUMNS } from './exchange-format.ts';
import type { OutputForm } from './flags.ts';
import { jsonFormat } from './json-format.ts';
import { LineFormat } from './line-format.ts';
import { WideFormat } from './wide-format.ts';

export interface OutputPlace {
	readonly terminal: boolean;
	/** Of a terminal. */
	readonly columns: number | undefined;
	readonly env: NodeJS.ProcessEnv;
}

export function outputForm(flags: FlagValues, { terminal, columns, env }: OutputPlace): ExchangeFormat {
	const form = (flags.one('output') ?? 'line') as OutputForm;
	if (form === 'json') return jsonFormat;
	const options = {
		colours: coloursFor({ refused: flags.has('no-color'), terminal, env }),
		utc: flags.has('utc'),
		columns: terminal && columns ? columns : PIPE_COLUMNS,
		headers: flags.has('headers'),
		bodies: flags.has('body'),
	};
	return form === 'wide' ? new WideFormat(options) : new LineFormat(options);
}
