/** `podwire control-plane`: runs until it is told to end. */
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { hostname } from 'node:os';
import { pino } from 'pino';
import { systemClock } from '../messaging/clock.ts';
import { endRequest } from '../messaging/end-request.ts';
import { PodwireError } from '../messaging/errors.ts';
import { connectNats, type NatsConnection } from '../messaging/nats-connection.ts';
import { createApiServer } from './api-server.ts';
import { type ControlPlaneConfig, type ControlPlaneFlags, controlPlaneConfig } from './config.ts';
import { ControlPlane } from './control-plane.ts';
import { InventoryFile } from './inventory-file.ts';
import type { Log } from './log.ts';
import { listenOnUnixSocket } from './unix-socket.ts';

export type { ControlPlaneFlags } from './config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const STDERR = 2;
const CLOSE_MS = 1000;

/**
 * Resolves to the exit status: 0 when it was told to end, else 1 (2 for usage) after one sentence on stderr. With
 * PODWIRE_PARENT=ipc the parent gets `{ ready: true }`, and the control plane ends when the channel closes.
 */
export async function runControlPlane(flags: ControlPlaneFlags, env: Environment): Promise<number> {
	const end = endRequest(env);
	try {
		const config = controlPlaneConfig(flags, env, hostname());
		const log = pino(
			{ level: config.logLevel, base: { part: 'control-plane' } },
			pino.destination({ fd: STDERR, sync: true }),
		);
		await runUntilEnd(config, log, end.requested);
		return 0;
	} catch (error) {
		process.stderr.write(`${sentenceOf(error)}\n`);
		return error instanceof PodwireError ? error.exitStatus : 1;
	} finally {
		end.release();
		if (process.connected) process.disconnect();
	}
}

async function runUntilEnd(config: ControlPlaneConfig, log: Log, requested: Promise<string>): Promise<void> {
	const inventory = openInventory(config, log);
	try {
		const nats = await connectNats({
			settings: config.nats,
			name: 'podwire control-plane',
			clock: systemClock,
			random: Math.random,
		});
		try {
			await serve(config, { inventory, nats, log }, requested);
		} finally {
			await nats.close();
		}
	} finally {
		inventory?.close();
	}
}

interface Parts {
	readonly inventory: InventoryFile | null;
	readonly nats: NatsConnection;
	readonly log: Log;
}

async function serve(
	config: ControlPlaneConfig,
	{ inventory, nats, log }: Parts,
	requested: Promise<string>,
): Promise<void> {
	const natsEnded = new Promise<PodwireError>((resolve) => nats.observe({ ended: resolve }));
	const { presumedNode, socketPath } = config;
	const controlPlane = new ControlPlane({ clock: systemClock, randomBytes, nats, inventory, presumedNode, log });
	const server = createApiServer({ controlPlane, log, natsUrl: () => nats.url });
	const socket = await listenOnUnixSocket(server, socketPath);
	try {
		controlPlane.start();
		log.info({ socket: socketPath, nats: nats.url, controller: controlPlane.controller }, 'the control plane runs');
		process.send?.({ ready: true });
		const outcome = await Promise.race([requested, natsEnded]);
		log.info({ why: typeof outcome === 'string' ? outcome : outcome.message }, 'the control plane ends');
		await controlPlane.stop();
		if (typeof outcome !== 'string') throw outcome;
	} finally {
		socket.remove();
		await closeServer(server);
	}
}

/** Lets clients read the last words, but not for ever. */
async function closeServer(server: Server): Promise<void> {
	await new Promise<void>((resolve) => {
		const timer = systemClock.setTimeout(() => server.closeAllConnections(), CLOSE_MS);
		server.close(() => {
			timer.cancel();
			resolve();
		});
		server.closeIdleConnections();
	});
}

function openInventory({ inventoryPath: path }: ControlPlaneConfig, log: Log): InventoryFile | null {
	if (path === null) return null;
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
