/** Headers that stand once in a batch's table, put back where exchanges have their indexes. */
import type { podwire } from './wire.ts';

type Header = podwire.v1.Header.$Properties;
type Exchange = podwire.v1.Exchange.$Properties;

/** Throws UnknownHeaderError for an index that the table does not have. */
export type HeaderAt = (index: number) => Header;

/** An exchange names a header that its batch does not have: the batch is malformed. */
export class UnknownHeaderError extends RangeError {
	constructor(index: number, count: number) {
		super(`header ${index} of a table of ${count}`);
		this.name = 'UnknownHeaderError';
	}
}

/** Of a table that the generated code read. */
export function headersIn(table: readonly Header[]): HeaderAt {
	return (index) => {
		const header = table[index];
		if (header === undefined) throw new UnknownHeaderError(index, table.length);
		return header;
	};
}

/** Changes an exchange that the generated code read. */
export function restoreHeaders({ request, response, informational }: Exchange, at: HeaderAt): void {
	if (request) restoreMessage(request, at);
	if (response) restoreMessage(response, at);
	for (const message of informational ?? []) restoreInformational(message, at);
}

export function restoreInformational(message: podwire.v1.Informational.$Properties, at: HeaderAt): void {
	message.headers = restored(message.headers, message.headerIndexes, at);
	message.headerIndexes = [];
}

function restoreMessage(message: podwire.v1.Request.$Properties | podwire.v1.Response.$Properties, at: HeaderAt): void {
	message.headers = restored(message.headers, message.headerIndexes, at);
	message.headerIndexes = [];
	message.trailers = restored(message.trailers, message.trailerIndexes, at);
	message.trailerIndexes = [];
}

function restored(own: Header[] | null | undefined, indexes: number[] | null | undefined, at: HeaderAt): Header[] {
	return [...(own ?? []), ...(indexes ?? []).map(at)];
}
