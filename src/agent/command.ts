/** `podwire agent`: runs until it is told to end. */
import { readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { type Addon, loadAddon } from '../addon/addon.ts';
import { BackOff } from '../messaging/back-off.ts';
import { systemClock } from '../messaging/clock.ts';
import { daemonLog, runDaemon } from '../messaging/daemon.ts';
import { PodwireError } from '../messaging/errors.ts';
import type { HealthAddress, HealthChecks, HealthEndpoint } from '../messaging/health-endpoint.ts';
import { connectNats, type NatsConnection } from '../messaging/nats-connection.ts';
import { startAgent } from './agent.ts';
import { missingCapabilities } from './capabilities.ts';
import { type AgentConfig, type AgentOptions, agentConfig } from './config.ts';
import type { Log } from './log.ts';

export type { AgentOptions } from './config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const FIRST_CONNECT_RETRY_MS = 250;
const LAST_CONNECT_RETRY_MS = 5000;

function requireCapabilities(): void {
	const missing = missingCapabilities(readFileSync('/proc/self/status', 'utf8'));
	if (missing.length === 0) return;
	throw new PodwireError('PERMISSION', `podwire agent needs ${missing.join(', ')}; run it as root or with sudo`);
}

function nativeAddon(): Addon {
	try {
		return loadAddon();
	} catch (cause) {
		throw new PodwireError('INTERNAL', 'The native part of Podwire cannot be loaded; build it with: npm run build', {
			cause,
		});
	}
}

interface Run {
	readonly config: AgentConfig;
	readonly log: Log;
	readonly end: Promise<string>;
}

/** The process's own part of what `/healthz` and `/readyz` say. */
interface Progress {
	connection: NatsConnection | null;
	/** Why the agent cannot go on. */
	failure: string | null;
}

function checksOf(progress: Progress): HealthChecks {
	return {
		alive: () => progress.failure,
		ready: () => {
			if (progress.connection === null) return 'the agent is starting';
			return progress.connection.isConnected ? progress.failure : `NATS at ${progress.connection.url} is not connected`;
		},
	};
}

async function runConnected({ config, log, end }: Run, progress: Progress, connection: NatsConnection): Promise<void> {
	try {
		const addon = nativeAddon();
		const agent = await startAgent({ config, addon, connection, clock: systemClock, random: Math.random, log });
		progress.connection = connection;
		log.info({ node: config.node, nats: connection.url }, 'the agent runs');
		process.send?.({ ready: true });
		const outcome = await Promise.race([end, agent.failed]);
		if (typeof outcome !== 'string') progress.failure = outcome.message;
		log.info({ why: typeof outcome === 'string' ? outcome : outcome.message }, 'the agent ends');
		await agent.stop();
		if (typeof outcome !== 'string') throw outcome;
	} finally {
		await connection.close();
	}
}

/**
 * Null when the end was asked for first. Whoever watches over the agent's health sees that it is not ready, and would
 * only start it again: then it waits for a NATS that is not there yet.
 */
async function firstConnection({ config, log, end }: Run): Promise<NatsConnection | null> {
	const backOff = new BackOff(FIRST_CONNECT_RETRY_MS, LAST_CONNECT_RETRY_MS, Math.random);
	const name = `podwire agent ${config.node}`;
	while (true) {
		try {
			return await connectNats({ settings: config.nats, name, clock: systemClock, random: Math.random });
		} catch (error) {
			const waits = config.health !== null && error instanceof PodwireError && error.code === 'NATS_UNREACHABLE';
			if (!waits) throw error;
			log.warn({}, error.message);
		}
		const delayMs = backOff.delayMs();
		backOff.attempted();
		const timer = new AbortController();
		const waited = setTimeout(delayMs, null, { signal: timer.signal }).catch(() => null);
		if ((await Promise.race([end, waited])) !== null) {
			timer.abort();
			return null;
		}
	}
}

/** An HTTP server takes memory that an agent without one is spared. */
async function startHealth(address: HealthAddress, progress: Progress): Promise<HealthEndpoint> {
	const { startHealthEndpoint } = await import('../messaging/health-endpoint.ts');
	return startHealthEndpoint(address, checksOf(progress), 'PODWIRE_AGENT_HEALTH');
}

async function runUntilEnd(run: Run): Promise<void> {
	const { health } = run.config;
	const progress: Progress = { connection: null, failure: null };
	const endpoint = health === null ? null : await startHealth(health, progress);
	try {
		const connection = await firstConnection(run);
		if (connection !== null) await runConnected(run, progress, connection);
	} finally {
		await endpoint?.close();
	}
}

/**
 * Runs the agent. Resolves to the exit status: 0 when it was told to end, else 1 (2 for usage) after one sentence on
 * stderr. With PODWIRE_PARENT=ipc the parent gets `{ ready: true }`, and the agent ends when the channel closes.
 */
export function runAgent(options: AgentOptions, env: Environment): Promise<number> {
	return runDaemon('agent', env, async (end) => {
		const config = agentConfig(options, env, { hostName: hostname(), cpus: availableParallelism() });
		const log = daemonLog('agent', env);
		requireCapabilities();
		await runUntilEnd({ config, log, end });
	});
}
