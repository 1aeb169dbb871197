/** The control plane of one machine: pods of a file, or none, and a Unix socket that only its owner may open. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../messaging/clock.ts';
import type { HttpEndpoint } from '../messaging/http-endpoint.ts';
import { Audit } from './access/audit.ts';
import { LocalAccess } from './access/local-access.ts';
import { createApiHandler } from './api/api-handler.ts';
import { withLocalNames } from './api/local-names.ts';
import { closeLocalServer, connectionsOf, createLocalServer } from './api/local-server.ts';
import { RequestCounts } from './api/request-counts.ts';
import { listenOnUnixSocket } from './api/unix-socket.ts';
import {
	controllerStatuses,
	makeControlPlane,
	type Surroundings,
	startMetrics,
	untilEnd,
} from './control-plane-parts.ts';
import type { InventoryFile } from './inventory-file.ts';
import { statusReport } from './status-report.ts';

/** Resolves when it was told to end. Throws PodwireError. */
export async function serveLocally(surroundings: Surroundings, inventory: InventoryFile | null): Promise<void> {
	const { config, nats, log } = surroundings;
	const access = new LocalAccess(randomBytes, new Audit(log, systemClock));
	const controlPlane = makeControlPlane(surroundings, inventory, access, () => null);
	const readiness = () => controlPlane.problem;
	const statuses = controllerStatuses(surroundings, controlPlane, readiness, false);
	const status = () => statusReport(controlPlane, statuses, () => systemClock.nowMs());
	const handler = createApiHandler({ controlPlane, access, log, status, readiness });
	const requests = new RequestCounts();
	const server = createLocalServer(requests.counted(withLocalNames(handler, inventory)));
	const socket = await listenOnUnixSocket(server, config.socketPath);
	let metrics: HttpEndpoint | null = null;
	try {
		const connections = () => connectionsOf(server);
		metrics = await startMetrics(surroundings, { controlPlane, readiness, requests, connections, cluster: null });
		controlPlane.start();
		const facts = {
			socket: config.socketPath,
			metrics: metrics?.port,
			nats: nats.url,
			controller: controlPlane.controller,
		};
		log.info(facts, 'the control plane runs');
		process.send?.({ ready: true, ...(metrics !== null && { metrics: metrics.port }) });
		const outcome = await untilEnd(surroundings);
		await controlPlane.stop();
		if (typeof outcome !== 'string') throw outcome;
	} finally {
		await metrics?.close();
		socket.remove();
		await closeLocalServer(server);
	}
}
