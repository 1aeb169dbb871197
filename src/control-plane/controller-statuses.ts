/** How the control plane is: this process of it, and with it the others that hear the same NATS. */
import type { Clock } from '../messaging/clock.ts';
import { lossCounts } from '../messaging/loss-words.ts';
import type { NatsConnection } from '../messaging/nats-connection.ts';
import type { ControllerJson, TapJson } from '../messaging/status-json.ts';
import { STATUS_OF_CONTROLLERS } from '../messaging/subjects.ts';
import type { ControlPlane } from './control-plane.ts';
import type { TapSession } from './tap-session.ts';

/** For the others to answer. */
export const STATUS_ANSWER_MS = 500;
/** Of a target's words, so that the answer of a controller with every tap it may have fits into one message. */
const MAX_TARGET_CHARACTERS = 1000;

/** What one controller alone knows. */
export interface ControllerShare {
	readonly controller: ControllerJson;
	readonly taps: readonly TapJson[];
}

export interface ControllerStatusesOptions {
	readonly controlPlane: ControlPlane;
	readonly nats: NatsConnection;
	readonly clock: Clock;
	/** What the machine is called; in a cluster, the pod. */
	readonly host: string;
	readonly version: string;
	/** Null: it is ready to serve; else why not. */
	readonly readiness: () => string | null;
	/** Whether there may be others to ask. */
	readonly replicated: boolean;
}

export class ControllerStatuses {
	readonly #options: ControllerStatusesOptions;
	readonly #startedMs: number;

	constructor(options: ControllerStatusesOptions) {
		this.#options = options;
		this.#startedMs = options.clock.nowMs();
	}

	/** Answers the others, for as long as the connection to NATS is not closed. */
	start(): void {
		const { nats, controlPlane } = this.#options;
		nats.subscribe(STATUS_OF_CONTROLLERS, (bytes, _subject, reply) => {
			if (Buffer.from(bytes).toString() === controlPlane.controller) return;
			reply?.(Buffer.from(JSON.stringify(this.own())));
		});
	}

	own(): ControllerShare {
		const { controlPlane, nats, clock, host, version, readiness } = this.#options;
		const { controller, isConnected: connected, refusals: refused, taps } = controlPlane;
		return {
			controller: {
				controller,
				host,
				version,
				uptimeMs: Math.round(clock.nowMs() - this.#startedMs),
				problem: readiness(),
				nats: { url: nats.url, connected, lost: nats.counters.lost },
				refused,
			},
			taps: taps.map((tap) => tapJson(controller, tap)),
		};
	}

	/** Its own first, then those of the others that answer in time. */
	async all(): Promise<readonly ControllerShare[]> {
		const { nats, controlPlane, replicated } = this.#options;
		const question = Buffer.from(controlPlane.controller);
		const answers = replicated ? await nats.requestAll(STATUS_OF_CONTROLLERS, question, STATUS_ANSWER_MS) : [];
		const others = answers.flatMap((bytes) => shareOf(bytes) ?? []);
		const byHost = (one: ControllerShare, other: ControllerShare) =>
			one.controller.host < other.controller.host ? -1 : 1;
		return [this.own(), ...others.sort(byHost)];
	}
}

function tapJson(controller: string, tap: TapSession): TapJson {
	return {
		id: tap.id,
		controller,
		user: tap.access.user.name || null,
		target: tap.description.slice(0, MAX_TARGET_CHARACTERS),
		started: new Date(tap.startedWallMs).toISOString(),
		resumed: tap.resumed,
		publishedAs: tap.publicationName,
		pods: tap.pods.length,
		exchanges: tap.exchanges,
		losses: lossCounts(tap.losses),
	};
}

/** Null for what no controller of a version like this one has sent. */
function shareOf(bytes: Uint8Array): ControllerShare | null {
	try {
		const share = JSON.parse(Buffer.from(bytes).toString()) as Partial<ControllerShare> | null;
		const { controller, taps } = share ?? {};
		return typeof controller?.controller === 'string' && Array.isArray(taps) ? { controller, taps } : null;
	} catch {
		return null;
	}
}
