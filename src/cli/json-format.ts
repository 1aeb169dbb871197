/** `-o json`: one object a line, CLI.md's "JSON". */
import { withoutCodings } from '../client/content-codings.ts';
import { type ExchangeContext, exchangeJsonLine } from '../messaging/exchange-json.ts';
import type { podwire } from '../messaging/wire.ts';
import type { ExchangeFormat } from './exchange-format.ts';

export const jsonFormat: ExchangeFormat = {
	format(exchange: podwire.v1.Exchange.$Properties, context: ExchangeContext): string {
		return `${exchangeJsonLine(exchange, context, withoutCodings)}\n`;
	},
};
