/** What every form of output has in common. */
import type { ExchangeContext } from '../messaging/exchange-json.ts';
import type { podwire } from '../messaging/wire.ts';
import type { Colours } from './colours.ts';

export interface ExchangeFormat {
	/** One or more lines, each with its line end. `continues`: the exchange was shown before, when it was open. */
	format(exchange: podwire.v1.Exchange.$Properties, context: ExchangeContext, continues: boolean): string;
}

export interface TextFormatOptions {
	readonly colours: Colours;
	readonly utc: boolean;
	/** Columns of the terminal; what a pipe leads to is taken for a wide one. */
	readonly columns: number;
	readonly headers: boolean;
	readonly bodies: boolean;
}

/** Of output that is not a terminal. */
export const PIPE_COLUMNS = 160;
