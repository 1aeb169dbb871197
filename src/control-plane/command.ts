/** `podwire control-plane`: runs until it is told to end. */
import { hostname } from 'node:os';
import { pino } from 'pino';
import { systemClock } from '../messaging/clock.ts';
import { endRequest } from '../messaging/end-request.ts';
import { PodwireError } from '../messaging/errors.ts';
import { connectNats } from '../messaging/nats-connection.ts';
import { type ControlPlaneConfig, type ControlPlaneFlags, controlPlaneConfig } from './config.ts';
import { InventoryFile } from './inventory-file.ts';
import { serveLocally } from './local-control-plane.ts';
import type { Log } from './log.ts';

export type { ControlPlaneFlags } from './config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const STDERR = 2;

/**
 * Resolves to the exit status: 0 when it was told to end, else 1 (2 for usage) after one sentence on stderr. With
 * PODWIRE_PARENT=ipc the parent gets `{ ready: true }` (of a cluster's with its `port`), and the control plane ends when the channel closes.
 */
export async function runControlPlane(flags: ControlPlaneFlags, env: Environment): Promise<number> {
	const end = endRequest(env);
	try {
		const config = controlPlaneConfig(flags, env, hostname());
		const log = pino(
			{ level: config.logLevel, base: { part: 'control-plane' } },
			pino.destination({ fd: STDERR, sync: true }),
		);
		await runUntilEnd(config, env, log, end.requested);
		return 0;
	} catch (error) {
		process.stderr.write(`${sentenceOf(error)}\n`);
		return error instanceof PodwireError ? error.exitStatus : 1;
	} finally {
		end.release();
		if (process.connected) process.disconnect();
	}
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

function sentenceOf(error: unknown): string {
	if (error instanceof PodwireError) return error.message;
	return `podwire control-plane failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
