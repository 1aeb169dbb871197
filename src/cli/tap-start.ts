/**
 * The start of a tap: what was typed is judged and asked of the control plane. Loads nothing that shows exchanges: that is
 * done while the control plane and its agents carry out the request.
 */
import { BegunTransport } from '../client/begun-transport.ts';
import type { TapRequest, TapTransport } from '../client/tap-transport.ts';
import type { CommandEnvironment } from './environment.ts';
import type { FlagValues } from './flag-values.ts';
import { type Limits, limitsOf } from './limits.ts';
import { type TapPlace, tapPlace } from './tap-place.ts';
import { tapDemand } from './tap-request.ts';

export interface TypedTap {
	readonly args: readonly string[];
	readonly flags: FlagValues;
	readonly environment: CommandEnvironment;
	/** Whether a rate that a person can read along is the default. */
	readonly paced: boolean;
	/** What shows it shows neither headers nor trailers, nor anything that depends on them: they need not be sent. */
	readonly omitsHeaders: boolean;
}

export interface BegunTap {
	readonly environment: CommandEnvironment;
	readonly limits: Limits;
	readonly place: TapPlace;
	readonly request: TapRequest;
	/** `request` was sent through it. */
	readonly transport: TapTransport;
	/** False where the targets are namespaces, interfaces or processes, and nobody thinks of pods. */
	readonly podsMatter: boolean;
}

/** Throws PodwireError for what cannot be asked for, and when there is nobody to ask. */
export async function beginTap({ args, flags, environment, paced, omitsHeaders }: TypedTap): Promise<BegunTap> {
	const asked = tapDemand(args, flags, paced);
	const limits = limitsOf(flags);
	const place = await tapPlace(flags, environment);
	const { request, targets } = place.cluster === null ? asked : tapDemand(args, flags, paced, place.cluster);
	if (omitsHeaders) request.parameters.set('omitHeaders', 'true');
	const transport = new BegunTransport(await place.openTransport(), request, environment.clock);
	if (place.cluster === null && (flags.has('as') || flags.has('as-group') || flags.has('as-uid'))) {
		environment.say('The local Podwire knows no users: --as is of no effect.');
	}
	await transport.sent;
	return { environment, limits, place, request, transport, podsMatter: !targets.every(({ kind }) => kind.standalone) };
}
