/** `podwire agent`: runs until it is told to end. */
import { readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { type Addon, loadAddon } from '../addon/addon.ts';
import { systemClock } from '../messaging/clock.ts';
import { daemonLog, runDaemon } from '../messaging/daemon.ts';
import { PodwireError } from '../messaging/errors.ts';
import { firstConnection } from '../messaging/first-connection.ts';
import type { HealthAddress, HealthChecks } from '../messaging/health-endpoint.ts';
import type { HttpEndpoint } from '../messaging/http-endpoint.ts';
import type { MetricsSettings } from '../messaging/metrics-settings.ts';
import type { NatsConnection } from '../messaging/nats-connection.ts';
import { readSettingsFile } from '../messaging/settings-file.ts';
import { type RunningAgent, startAgent } from './agent.ts';
import { missingCapabilities } from './capabilities.ts';
import { type AgentConfig, type AgentOptions, agentConfig, agentSettingsText } from './config.ts';
import type { Log } from './log.ts';

export interface AgentCommandOptions extends AgentOptions {
	/** Path of the settings file. */
	readonly config?: string | undefined;
	/** Write the settings to stdout, and end. */
	readonly printConfig?: boolean | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

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
	agent: RunningAgent | null;
	metricsPort: number | null;
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
		progress.agent = agent;
		const { metricsPort: metrics } = progress;
		log.info({ node: config.node, nats: connection.url, ...(metrics !== null && { metrics }) }, 'the agent runs');
		process.send?.({ ready: true, ...(metrics !== null && { metrics }) });
		const outcome = await Promise.race([end, agent.failed]);
		if (typeof outcome !== 'string') progress.failure = outcome.message;
		log.info({ why: typeof outcome === 'string' ? outcome : outcome.message }, 'the agent ends');
		await agent.stop();
		if (typeof outcome !== 'string') throw outcome;
	} finally {
		await connection.close();
	}
}

/** An HTTP server takes memory that an agent without one is spared. */
async function startHealth(address: HealthAddress, progress: Progress): Promise<HttpEndpoint> {
	const { startHealthEndpoint } = await import('../messaging/health-endpoint.ts');
	return startHealthEndpoint(address, checksOf(progress), 'PODWIRE_AGENT_HEALTH');
}

async function startMetrics(settings: MetricsSettings, progress: Progress): Promise<HttpEndpoint> {
	const [{ startMetricsEndpoint }, { AGENT_METRICS }, { agentReadings }] = await Promise.all([
		import('../messaging/metrics-endpoint.ts'),
		import('../messaging/metric-table.ts'),
		import('./agent-metrics.ts'),
	]);
	const readings = agentReadings(
		() => progress.connection,
		() => progress.agent?.figures ?? null,
	);
	return startMetricsEndpoint(settings, AGENT_METRICS, readings);
}

async function runUntilEnd(run: Run): Promise<void> {
	const { health, metrics } = run.config;
	const progress: Progress = { connection: null, agent: null, metricsPort: null, failure: null };
	const endpoints: HttpEndpoint[] = [];
	try {
		if (health !== null) endpoints.push(await startHealth(health, progress));
		if (metrics !== null) {
			const endpoint = await startMetrics(metrics, progress);
			endpoints.push(endpoint);
			progress.metricsPort = endpoint.port;
		}
		const { config, log, end } = run;
		const name = `podwire agent ${config.node}`;
		// Whoever watches over its health sees that it is not ready, and would only start it again.
		const connection = await firstConnection({ settings: config.nats, name, waits: health !== null, log, end });
		if (connection !== null) await runConnected(run, progress, connection);
	} finally {
		await Promise.all(endpoints.map((endpoint) => endpoint.close()));
	}
}

/**
 * Runs the agent. Resolves to the exit status: 0 when it was told to end, else 1 (2 for usage) after one sentence on
 * stderr. With PODWIRE_PARENT=ipc the parent gets `{ ready: true }`, and the agent ends when the channel closes.
 */
export function runAgent(options: AgentCommandOptions, env: Environment): Promise<number> {
	return runDaemon('agent', env, async (end) => {
		const machine = { hostName: hostname(), cpus: availableParallelism() };
		const { config: path, printConfig, ...flags } = options;
		const file = await readSettingsFile(path, env);
		if (printConfig === true) return void process.stdout.write(agentSettingsText(flags, env, machine, file));
		const config = agentConfig(flags, env, machine, file);
		const log = daemonLog('agent', env, config.logLevel);
		requireCapabilities();
		await runUntilEnd({ config, log, end });
	});
}
