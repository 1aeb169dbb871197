/** `podwire control-plane`: runs until it is told to end. */
import { hostname } from 'node:os';
import { systemClock } from '../messaging/clock.ts';
import { daemonLog, runDaemon } from '../messaging/daemon.ts';
import { connectNats } from '../messaging/nats-connection.ts';
import { type ControlPlaneConfig, type ControlPlaneFlags, controlPlaneConfig } from './config.ts';
import { InventoryFile } from './inventory-file.ts';
import { serveLocally } from './local-control-plane.ts';
import type { Log } from './log.ts';

export type { ControlPlaneFlags } from './config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Resolves to the exit status: 0 when it was told to end, else 1 (2 for usage) after one sentence on stderr. With
 * PODWIRE_PARENT=ipc the parent gets `{ ready: true }` (of a cluster's with its `port`), and the control plane ends when the channel closes.
 */
export function runControlPlane(flags: ControlPlaneFlags, env: Environment): Promise<number> {
	return runDaemon('control-plane', env, (requested) => {
		const config = controlPlaneConfig(flags, env, hostname());
		return runUntilEnd(config, env, daemonLog('control-plane', env), requested);
	});
}

async function runUntilEnd(
	config: ControlPlaneConfig,
	env: Environment,
	log: Log,
	requested: Promise<string>,
): Promise<void> {
	const inventory = openInventory(config, log);
	try {
		const nats = await connectNats({
			settings: config.nats,
			name: 'podwire control-plane',
			clock: systemClock,
			random: Math.random,
		});
		try {
			const surroundings = { config, nats, log, requested };
			if (config.kubernetes === null) await serveLocally(surroundings, inventory);
			else await (await import('./cluster-control-plane.ts')).serveCluster(surroundings, config.kubernetes, env);
		} finally {
			await nats.close();
		}
	} finally {
		inventory?.close();
	}
}

function openInventory({ inventoryPath: path, kubernetes }: ControlPlaneConfig, log: Log): InventoryFile | null {
	if (path === null || kubernetes !== null) return null;
	return new InventoryFile({
		path,
		clock: systemClock,
		onProblem: (sentence) => log.error({ inventory: path }, sentence),
	});
}
