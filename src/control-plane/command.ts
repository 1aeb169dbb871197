/** `podwire control-plane`: runs until it is told to end. */
import { hostname } from 'node:os';
import { systemClock } from '../messaging/clock.ts';
import { daemonLog, runDaemon } from '../messaging/daemon.ts';
import { firstConnection } from '../messaging/first-connection.ts';
import { readSettingsFile } from '../messaging/settings-file.ts';
import {
	type ControlPlaneConfig,
	type ControlPlaneFlags,
	controlPlaneConfig,
	controlPlaneSettingsText,
} from './config.ts';
import { InventoryFile } from './inventory-file.ts';
import { serveLocally } from './local-control-plane.ts';
import type { Log } from './log.ts';

export interface ControlPlaneOptions extends ControlPlaneFlags {
	/** Path of the settings file. */
	readonly config?: string | undefined;
	/** Write the settings to stdout, and end. */
	readonly printConfig?: boolean | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Resolves to the exit status: 0 when it was told to end, else 1 (2 for usage) after one sentence on stderr. With
 * PODWIRE_PARENT=ipc the parent gets `{ ready: true }` (of a cluster's with its `port`), and the control plane ends when the channel closes.
 */
export function runControlPlane(options: ControlPlaneOptions, env: Environment): Promise<number> {
	return runDaemon('control-plane', env, async (requested) => {
		const { config: path, printConfig, ...flags } = options;
		const file = await readSettingsFile(path, env);
		if (printConfig === true) return void process.stdout.write(controlPlaneSettingsText(flags, env, hostname(), file));
		const config = controlPlaneConfig(flags, env, hostname(), file);
		await runUntilEnd(config, env, daemonLog('control-plane', env, config.logLevel), requested);
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
		const waits = config.kubernetes !== null;
		const name = 'podwire control-plane';
		const nats = await firstConnection({ settings: config.nats, name, waits, log, end: requested });
		if (nats === null) return;
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
