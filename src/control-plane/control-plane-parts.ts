/** What a control plane is made of, whoever it serves. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { systemClock } from '../messaging/clock.ts';
import type { PodwireError } from '../messaging/errors.ts';
import type { HttpEndpoint } from '../messaging/http-endpoint.ts';
import { CONTROL_PLANE_METRICS } from '../messaging/metric-table.ts';
import type { NatsConnection } from '../messaging/nats-connection.ts';
import { packageVersion } from '../messaging/package-version.ts';
import type { AccessControl } from './access/tap-access.ts';
import type { ControlPlaneConfig } from './config.ts';
import { ControlPlane } from './control-plane.ts';
import { type ControlPlaneFigures, controlPlaneReadings } from './control-plane-metrics.ts';
import { ControllerStatuses } from './controller-statuses.ts';
import type { Inventory } from './inventory.ts';
import type { Log } from './log.ts';

export interface Surroundings {
	readonly config: ControlPlaneConfig;
	readonly nats: NatsConnection;
	readonly log: Log;
	/** Resolves with why it is to end. */
	readonly requested: Promise<string>;
}

export function makeControlPlane(
	{ config, nats, log }: Surroundings,
	inventory: Inventory | null,
	access: AccessControl,
	inventoryProblem: () => string | null,
): ControlPlane {
	const { presumedNode, forbidden } = config;
	return new ControlPlane({
		clock: systemClock,
		randomBytes,
		nats,
		inventory,
		inventoryProblem,
		access,
		forbidden,
		presumedNode,
		log,
	});
}

/** `replicated`: there may be others like it. */
export function controllerStatuses(
	{ nats }: Surroundings,
	controlPlane: ControlPlane,
	readiness: () => string | null,
	replicated: boolean,
): ControllerStatuses {
	return new ControllerStatuses({
		controlPlane,
		nats,
		clock: systemClock,
		host: hostname(),
		version: packageVersion(),
		readiness,
		replicated,
	});
}

/** Null: nobody asked for metrics. Throws PodwireError. */
export async function startMetrics(
	{ config, nats }: Surroundings,
	figures: Omit<ControlPlaneFigures, 'nats'>,
): Promise<HttpEndpoint | null> {
	if (config.metrics === null) return null;
	const { startMetricsEndpoint } = await import('../messaging/metrics-endpoint.ts');
	return startMetricsEndpoint(config.metrics, CONTROL_PLANE_METRICS, controlPlaneReadings({ ...figures, nats }));
}

/** Until it is asked to end, or NATS has ended for ever. */
export async function untilEnd({ nats, log, requested }: Surroundings): Promise<string | PodwireError> {
	const natsEnded = new Promise<PodwireError>((resolve) => nats.observe({ ended: resolve }));
	const outcome = await Promise.race([requested, natsEnded]);
	log.info({ why: typeof outcome === 'string' ? outcome : outcome.message }, 'the control plane ends');
	return outcome;
}
