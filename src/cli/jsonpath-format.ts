/** `-o jsonpath=TEMPLATE`: what a template picks from each exchange of `-o json`; each ends with a line end. */
import type { ExchangeContext } from '../messaging/exchange-json.ts';
import type { podwire } from '../messaging/wire.ts';
import type { ExchangeFormat } from './exchange-format.ts';
import { exchangeObject } from './exchange-object.ts';
import { TemplateError } from './jsonpath-cursor.ts';
import { templateText } from './jsonpath-evaluation.ts';
import type { TemplateNode } from './jsonpath-syntax.ts';
import { parseTemplate } from './jsonpath-template.ts';
import { terminalText } from './terminal-text.ts';
import { UsageError } from './usage-error.ts';

export class JsonPathFormat implements ExchangeFormat {
	readonly #nodes: readonly TemplateNode[];
	readonly #shown: (text: string) => string;

	/** Throws UsageError. `terminal`: what a terminal would obey is escaped; elsewhere values come as they are. */
	constructor(template: string, options: { readonly terminal: boolean }) {
		this.#nodes = parsed(template);
		this.#shown = options.terminal ? terminalText : (text) => text;
	}

	format(exchange: podwire.v1.Exchange.$Properties, context: ExchangeContext, _continues: boolean): string {
		const text = templateText(this.#nodes, exchangeObject(exchange, context), this.#shown);
		return text.endsWith('\n') ? text : `${text}\n`;
	}
}

function parsed(template: string): readonly TemplateNode[] {
	try {
		return parseTemplate(template);
	} catch (error) {
		if (error instanceof TemplateError) throw new UsageError(`--output jsonpath: ${error.message}`, error);
		throw error;
	}
}
