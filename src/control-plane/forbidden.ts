/** What the operator forbids every tap, whatever rights its user has. */
import type { podwire } from '../messaging/wire.ts';
import { ApiError } from './api/api-errors.ts';

export interface Forbidden {
	readonly bodies: boolean;
	readonly unredacted: boolean;
}

type Asked = Pick<podwire.v1.TapSpec.$Properties, 'bodyBytes' | 'unredacted'>;

const CONFIGURATION = "in the control plane's configuration";

/** Throws ApiError (Forbidden). The nodes do not give what their own configuration forbids, whatever is asked here. */
export function demandPermitted(asked: Asked, forbidden: Forbidden): void {
	if (forbidden.bodies && asksForBodies(asked)) {
		const sentence = `the operator of this Podwire forbids bodies (redaction.bodies ${CONFIGURATION}): tap without --body`;
		throw new ApiError('Forbidden', sentence);
	}
	if (forbidden.unredacted && asked.unredacted === true) {
		const sentence = `the operator of this Podwire forbids credentials as they are (redaction.unredacted ${CONFIGURATION}): tap without --unredacted`;
		throw new ApiError('Forbidden', sentence);
	}
}

/** What an agent does not give a tap that asks for it, each in one sentence. */
export function withheldByNode(
	asked: Asked,
	node: { bodiesForbidden: boolean; unredactedForbidden: boolean },
): string[] {
	return [
		...(node.bodiesForbidden && asksForBodies(asked) ? ["the nodes' operator forbids bodies: none are shown"] : []),
		...(node.unredactedForbidden && asked.unredacted === true
			? ["the nodes' operator forbids credentials as they are: they stay redacted"]
			: []),
	];
}

function asksForBodies({ bodyBytes }: Asked): boolean {
	return (bodyBytes ?? 0) > 0;
}
