/** `-o json`: one object a line, as docs/json.md has it. */
import { withoutCodings } from '../client/content-codings.ts';
import { ReadExchange } from '../client/read-exchange.ts';
import { type ExchangeContext, exchangeJsonLine } from '../messaging/exchange-json.ts';
import type { podwire } from '../messaging/wire.ts';
import type { ExchangeFormat } from './exchange-format.ts';
import { ExchangeJsonBytes } from './exchange-json-bytes.ts';
import type { OutputBytes } from './output-bytes.ts';

type Exchange = podwire.v1.Exchange.$Properties;

export class JsonFormat implements ExchangeFormat {
	readonly #bytes = new ExchangeJsonBytes(withoutCodings);

	format(exchange: Exchange, context: ExchangeContext): string {
		return `${exchangeJsonLine(exchange, context, withoutCodings)}\n`;
	}

	append(exchange: Exchange, context: ExchangeContext, _continues: boolean, output: OutputBytes): void {
		if (exchange instanceof ReadExchange) this.#bytes.write(exchange, context, output);
		else output.text(this.format(exchange, context));
	}
}
