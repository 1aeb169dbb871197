/** The control plane of one machine: pods of a file, or none, and a Unix socket that only its owner may open. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../messaging/clock.ts';
import { Audit } from './access/audit.ts';
import { LocalAccess } from './access/local-access.ts';
import { createApiHandler } from './api/api-handler.ts';
import { withLocalNames } from './api/local-names.ts';
import { closeLocalServer, createLocalServer } from './api/local-server.ts';
import { listenOnUnixSocket } from './api/unix-socket.ts';
import { controllerStatuses, makeControlPlane, type Surroundings, untilEnd } from './control-plane-parts.ts';
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
	const server = createLocalServer(withLocalNames(handler, inventory));
	const socket = await listenOnUnixSocket(server, config.socketPath);
	try {
		controlPlane.start();
		const facts = { socket: config.socketPath, nats: nats.url, controller: controlPlane.controller };
		log.info(facts, 'the control plane runs');
		process.send?.({ ready: true });
		const outcome = await untilEnd(surroundings);
		await controlPlane.stop();
		if (typeof outcome !== 'string') throw outcome;
	} finally {
		socket.remove();
		await closeLocalServer(server);
	}
}
