/** `podwire agent`: runs until it is told to end. */
import { readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { pino } from 'pino';
import { type Addon, loadAddon } from '../addon/addon.ts';
import { systemClock } from '../messaging/clock.ts';
import { endRequest } from '../messaging/end-request.ts';
import { PodwireError } from '../messaging/errors.ts';
import { connectNats } from '../messaging/nats-connection.ts';
import { startAgent } from './agent.ts';
import { missingCapabilities } from './capabilities.ts';
import { type AgentConfig, type AgentOptions, agentConfig } from './config.ts';
import type { Log } from './log.ts';

export type { AgentOptions } from './config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const STDERR = 2;
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

function makeLog(env: Environment): Log {
	const level = env.PODWIRE_LOG_LEVEL || 'info';
	if (!LEVELS.includes(level)) {
		throw new PodwireError(
			'CONFIGURATION',
			`PODWIRE_LOG_LEVEL: expected one of ${LEVELS.join(', ')}, ${JSON.stringify(level)} came`,
		);
	}
	return pino({ level, base: { part: 'agent' } }, pino.destination({ fd: STDERR, sync: true }));
}

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

async function runUntilEnd(config: AgentConfig, log: Log, end: Promise<string>): Promise<void> {
	const connection = await connectNats({
		settings: config.nats,
		name: `podwire agent ${config.node}`,
		clock: systemClock,
		random: Math.random,
	});
	try {
		const addon = nativeAddon();
		const agent = await startAgent({ config, addon, connection, clock: systemClock, random: Math.random, log });
		log.info({ node: config.node, nats: connection.url }, 'the agent runs');
		process.send?.({ ready: true });
		const outcome = await Promise.race([end, agent.failed]);
		log.info({ why: typeof outcome === 'string' ? outcome : outcome.message }, 'the agent ends');
		await agent.stop();
		if (typeof outcome !== 'string') throw outcome;
	} finally {
		await connection.close();
	}
}

function sentenceOf(error: unknown): string {
	if (error instanceof PodwireError) return error.message;
	return `podwire agent failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/**
 * Runs the agent. Resolves to the exit status: 0 when it was told to end, else 1 (2 for usage) after one sentence on
 * stderr. With PODWIRE_PARENT=ipc the parent gets `{ ready: true }`, and the agent ends when the channel closes.
 */
export async function runAgent(options: AgentOptions, env: Environment): Promise<number> {
	const end = endRequest(env);
	try {
		const config = agentConfig(options, env, { hostName: hostname(), cpus: availableParallelism() });
		const log = makeLog(env);
		requireCapabilities();
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
