/**
 * How much of a damaged capture has to be found again: shares of what the damage left alone, as recovery.ts counts them. Floors
 * are a little below what is reached, so that a change that loses something shows. They are far below one only where
 * nothing better can be known, for the reason that stands with them.
 */
import type { Recovery } from './recovery.ts';

export type Damage = 'late' | 'loss';

export interface Floor {
	readonly exchanges: number;
	readonly fields: number;
}

/**
 * Late: the first exchange of each connection that was joined late is told as such, since a response may have been due to an
 * earlier request; those behind it are whole. Loss: one packet, which mostly belongs to one exchange.
 */
const USUAL: Readonly<Record<Damage, Floor>> = {
	late: { exchanges: 0.8, fields: 0.93 },
	loss: { exchanges: 0.96, fields: 0.97 },
};

interface Exception {
	readonly late?: Floor;
	readonly loss?: Floor;
	readonly why: string;
}

const PIPELINE = 'responses of a pipeline whose beginning was lost belong to requests that nobody can name';
const FEW_LONG = 'few exchanges: most cuts are amid a body, and the exchange behind it is the first that is seen';
const HPACK =
	'its encoder inserts nearly all fields in the first requests of a connection and refers to them ever after: what was inserted before the join cannot be known (RFC 7541, section 2.3.2)';

const EXCEPTIONS: Readonly<Record<string, Exception>> = {
	'http1-nginx-h2load-pipelined': {
		late: { exchanges: 0.09, fields: 0.4 },
		loss: { exchanges: 0.83, fields: 0.89 },
		why: PIPELINE,
	},
	'http1-node-pipelined': {
		late: { exchanges: 0.5, fields: 0.68 },
		loss: { exchanges: 0.87, fields: 0.94 },
		why: `${PIPELINE}; what follows a response that may answer HEAD may be its body`,
	},
	'http1-nginx-large-packets': { late: { exchanges: 0.45, fields: 0.75 }, why: FEW_LONG },
	'http1-messages-in-bodies': { late: { exchanges: 0.78, fields: 0.93 }, why: FEW_LONG },
	'http1-grpc-web': { late: { exchanges: 0.65, fields: 0.99 }, why: 'two connections of three exchanges each' },
	'http2-upgrade-h2c': {
		late: { exchanges: 0.55, fields: 0.68 },
		loss: { exchanges: 0.94, fields: 0.96 },
		why: HPACK,
	},
	'http2-go': { late: { exchanges: 0.2, fields: 0.6 }, loss: { exchanges: 0.7, fields: 0.91 }, why: HPACK },
	'http2-grpc': { late: { exchanges: 0.18, fields: 0.4 }, loss: { exchanges: 0.86, fields: 0.94 }, why: HPACK },
	'http2-nginx-h2load': { late: { exchanges: 0.09, fields: 0.77 }, why: HPACK },
	'http2-node': { late: { exchanges: 0.06, fields: 0.68 }, loss: { exchanges: 0.78, fields: 0.93 }, why: HPACK },
};

export function recoveryFloor(capture: string, damage: Damage): Floor {
	return EXCEPTIONS[capture]?.[damage] ?? USUAL[damage];
}

export function meets(recovery: Recovery, floor: Floor): boolean {
	return recovery.exchanges >= floor.exchanges && recovery.fields >= floor.fields;
}
