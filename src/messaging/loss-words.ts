/** The words of losses and missing parts, as the output of every command spells them. */
import type { podwire } from './wire.ts';
import { wire } from './wire.ts';

/** What a loss counts. */
export type LossUnit = 'packets' | 'gaps' | 'connections' | 'streams' | 'exchanges';

interface LossWords {
	readonly words: string;
	readonly unit: LossUnit;
}

const { LossCause, Missing } = wire;

const LOSSES: Readonly<Record<podwire.v1.LossCause, LossWords>> = {
	[LossCause.LOSS_CAUSE_UNSPECIFIED]: { words: 'unknown cause', unit: 'exchanges' },
	[LossCause.LOSS_CAUSE_KERNEL_RING_FULL]: { words: 'kernel ring full', unit: 'packets' },
	[LossCause.LOSS_CAUSE_KERNEL_UNREADABLE_PACKET]: { words: 'unreadable packet', unit: 'packets' },
	[LossCause.LOSS_CAUSE_IP_FRAGMENT]: { words: 'IP fragment', unit: 'packets' },
	[LossCause.LOSS_CAUSE_REORDER_TIMEOUT]: { words: 'reorder timeout', unit: 'gaps' },
	[LossCause.LOSS_CAUSE_REORDER_BUFFER_FULL]: { words: 'reorder buffer full', unit: 'gaps' },
	[LossCause.LOSS_CAUSE_SEGMENT_NOT_CAPTURED]: { words: 'segment not captured', unit: 'gaps' },
	[LossCause.LOSS_CAUSE_FLOW_EVICTED]: { words: 'too many connections', unit: 'connections' },
	[LossCause.LOSS_CAUSE_MALFORMED]: { words: 'malformed', unit: 'connections' },
	[LossCause.LOSS_CAUSE_TLS]: { words: 'TLS', unit: 'connections' },
	[LossCause.LOSS_CAUSE_NOT_HTTP]: { words: 'not HTTP', unit: 'connections' },
	[LossCause.LOSS_CAUSE_UNRECOGNISED]: { words: 'not recognised', unit: 'connections' },
	[LossCause.LOSS_CAUSE_BATCH_QUEUE_FULL]: { words: 'agent queue full', unit: 'exchanges' },
	[LossCause.LOSS_CAUSE_NATS]: { words: 'NATS', unit: 'exchanges' },
	[LossCause.LOSS_CAUSE_CONTROL_PLANE_QUEUE_FULL]: { words: 'client too slow', unit: 'exchanges' },
	[LossCause.LOSS_CAUSE_TRUNCATED]: { words: 'truncated', unit: 'packets' },
	[LossCause.LOSS_CAUSE_MALFORMED_STREAM]: { words: 'malformed stream', unit: 'streams' },
};

const MISSING: Readonly<Record<podwire.v1.Missing, string>> = {
	[Missing.MISSING_UNSPECIFIED]: 'unknown',
	[Missing.MISSING_JOINED_LATE]: 'joined-late',
	[Missing.MISSING_LOST_PACKETS]: 'lost-packets',
	[Missing.MISSING_TRUNCATED]: 'truncated',
	[Missing.MISSING_REORDERED_TOO_LONG]: 'reordered-too-long',
	[Missing.MISSING_MALFORMED]: 'malformed',
	[Missing.MISSING_NO_REQUEST]: 'no-request',
	[Missing.MISSING_NO_RESPONSE]: 'no-response',
	[Missing.MISSING_UNKNOWN_HEADERS]: 'unknown-headers',
	[Missing.MISSING_HEADERS_TOO_LARGE]: 'headers-too-large',
	[Missing.MISSING_MEMORY_FULL]: 'memory-full',
	[Missing.MISSING_TOO_MANY_STREAMS]: 'too-many-streams',
	[Missing.MISSING_TOO_DEEP_PIPELINE]: 'too-deep-pipeline',
	[Missing.MISSING_TOO_MANY_INFORMATIONAL]: 'too-many-informational',
	[Missing.MISSING_EVICTED]: 'evicted',
	[Missing.MISSING_IDLE]: 'idle',
};

/** Of connections that carry nothing that anybody could show as HTTP. */
export const UNREADABLE_CAUSES: readonly podwire.v1.LossCause[] = [
	LossCause.LOSS_CAUSE_TLS,
	LossCause.LOSS_CAUSE_NOT_HTTP,
	LossCause.LOSS_CAUSE_UNRECOGNISED,
];

/** As the line of truth names the cause: `kernel ring full`. A cause of a newer version is `unknown cause`. */
export function lossWords(cause: podwire.v1.LossCause): string {
	return (LOSSES[cause] ?? LOSSES[LossCause.LOSS_CAUSE_UNSPECIFIED]).words;
}

/** What the count of a loss of this cause counts. */
export function lossUnit(cause: podwire.v1.LossCause): LossUnit {
	return (LOSSES[cause] ?? LOSSES[LossCause.LOSS_CAUSE_UNSPECIFIED]).unit;
}

/** What the count of a loss counts that is known by its words. */
export function lossUnitOfWords(words: string): LossUnit {
	const known = Object.values(LOSSES).find((loss) => loss.words === words);
	return (known ?? LOSSES[LossCause.LOSS_CAUSE_UNSPECIFIED]).unit;
}

/** How much was lost, by the words of its cause. */
export function lossCounts(losses: readonly podwire.v1.Loss.$Properties[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { cause, count } of losses) {
		const words = lossWords(cause ?? LossCause.LOSS_CAUSE_UNSPECIFIED);
		counts[words] = (counts[words] ?? 0) + (count ?? 0);
	}
	return counts;
}

/** As the JSON output spells an entry of `missing`. One of a newer version is `unknown`. */
export function missingWord(missing: podwire.v1.Missing): string {
	return MISSING[missing] ?? MISSING[Missing.MISSING_UNSPECIFIED];
}
