/** What counts as failed, as FAILURE_WORDS says: what the server, or the way to it, is to blame for. */
import { GRPC_STATUS_NAMES } from '../../messaging/grpc-status.ts';
import { type podwire, wire } from '../../messaging/wire.ts';

const FIRST_SERVER_ERROR = 500;
/** Those that `linkerd viz` counts, and no others: the rest tells of the request. */
const FAILED_GRPC: ReadonlySet<number> = new Set(
	['UNKNOWN', 'DEADLINE_EXCEEDED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS'].map((name) =>
		GRPC_STATUS_NAMES.indexOf(name),
	),
);

export function isFailure({ response, end }: podwire.v1.Exchange.$Properties): boolean {
	if (end === wire.End.END_RESET || end === wire.End.END_CLOSED) return true;
	if ((response?.status ?? 0) >= FIRST_SERVER_ERROR) return true;
	return response?.grpc ? FAILED_GRPC.has(response.grpc.code ?? 0) : false;
}
