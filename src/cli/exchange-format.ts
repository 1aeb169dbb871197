/** What every form of output has in common. */
import type { ExchangeContext } from '../messaging/exchange-json.ts';
import type { podwire } from '../messaging/wire.ts';
import type { Colours } from './colours.ts';
import type { OutputBytes } from './output-bytes.ts';

export interface ExchangeFormat {
	/**
	 * Whole lines, each with its line end; '' where there is nothing to tell. `continues`: the exchange was given before,
	 * when it was open.
	 */
	format(exchange: podwire.v1.Exchange.$Properties, context: ExchangeContext, continues: boolean): string;
	/** Writes what `format` gives at the end of `output`, in less time. */
	append?(
		exchange: podwire.v1.Exchange.$Properties,
		context: ExchangeContext,
		continues: boolean,
		output: OutputBytes,
	): void;
	/** It is given each exchange once, when that has ended. */
	readonly endedOnly?: true;
	/** What stands before the first exchange and after the last one, also when there is none. */
	readonly head?: string;
	readonly tail?: string;
}

export interface TextFormatOptions {
	readonly colours: Colours;
	readonly utc: boolean;
	/** Columns of the terminal; what a pipe leads to is taken for a wide one. */
	readonly columns: number;
	/** Of the terminal as it is now, which a line has to fit in; null: there is none. */
	readonly terminalColumns?: (() => number) | null;
	readonly headers: boolean;
	readonly bodies: boolean;
}

/** Of output that is not a terminal. */
export const PIPE_COLUMNS = 160;
