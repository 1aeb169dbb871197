/** An exchange as the object of docs/json.md, for the forms of output that pick from it. */
import { withoutCodings } from '../client/content-codings.ts';
import { type ExchangeContext, exchangeJsonLine } from '../messaging/exchange-json.ts';
import type { ExchangeJson } from '../messaging/exchange-json-shape.ts';
import type { BodyDecoding } from '../messaging/shown-body.ts';
import type { podwire } from '../messaging/wire.ts';

/** `decodeBody`: how bodies are shown; without their content codings unless told. */
export function exchangeObject(
	exchange: podwire.v1.Exchange.$Properties,
	context: ExchangeContext,
	decodeBody: BodyDecoding = withoutCodings,
): ExchangeJson {
	return JSON.parse(exchangeJsonLine(exchange, context, decodeBody)) as ExchangeJson;
}
