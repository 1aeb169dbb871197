/** `podwire nats`: the NATS server of the cluster, with the certificates and users that identity makes. */
import type { Logger } from 'pino';
import { type Clock, systemClock, type Timer } from '../messaging/clock.ts';
import { daemonLog, runDaemon } from '../messaging/daemon.ts';
import { PodwireError } from '../messaging/errors.ts';
import { type HealthEndpoint, startHealthEndpoint } from '../messaging/health-endpoint.ts';
import type { HttpEndpoint } from '../messaging/http-endpoint.ts';
import { NATS_SERVER_METRICS } from '../messaging/metric-table.ts';
import { startMetricsEndpoint } from '../messaging/metrics-endpoint.ts';
import { type NatsServerConfig, natsServerConfig } from './config.ts';
import { natsServerReadings } from './nats-metrics.ts';
import { NatsServer } from './nats-server.ts';
import { readServerFiles, type ServerFiles } from './server-files.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Log = Pick<Logger, 'info' | 'warn' | 'error'>;

/** For the bootstrap, which may still be at work. */
const FILES_TIMEOUT_MS = 120_000;
const FILES_POLL_MS = 500;
/** How often the mounted files are compared with those that the server runs with. */
const WATCH_EVERY_MS = 3000;

/**
 * Resolves to the exit status: 0 when it was told to end, else 1 after one sentence on stderr. With PODWIRE_PARENT=ipc
 * the parent gets `{ ready: true, clients, routes, health }` with the ports.
 */
export function runNatsServer(env: Environment): Promise<number> {
	return runDaemon('nats', env, (requested) => runUntilEnd(natsServerConfig(env), daemonLog('nats', env), requested));
}

async function runUntilEnd(config: NatsServerConfig, log: Log, requested: Promise<string>): Promise<void> {
	const files = await Promise.race([whenFilesAreThere(config, systemClock), requested]);
	if (typeof files === 'string') return;
	const server = await NatsServer.start(config, files, systemClock);
	const reloads = new FileReloads(config, server, files.digest, log);
	let health: HealthEndpoint | null = null;
	let metrics: HttpEndpoint | null = null;
	try {
		const serves = async () => ((await server.isHealthy()) ? null : 'not ready');
		const { host, port } = config.health;
		const checks = { alive: serves, ready: serves };
		health = await startHealthEndpoint({ host, port: Math.max(port, 0) }, checks, 'PODWIRE_NATS_HEALTH');
		metrics = await startMetrics(config, server);
		const ports = { ...server.ports, health: health.port, ...(metrics !== null && { metrics: metrics.port }) };
		log.info({ ...ports, servers: config.routeUrls.length || 1 }, 'the NATS server runs');
		process.send?.({ ready: true, ...ports });
		reloads.start();
		const outcome = await Promise.race([requested, server.ended.then((words) => new Error(words))]);
		if (typeof outcome !== 'string') {
			throw new PodwireError(
				'UNAVAILABLE',
				`nats-server ended by itself (${outcome.message}); what it said stands above`,
			);
		}
		log.info({ why: outcome }, 'the NATS server ends');
	} finally {
		reloads.stop();
		await server.stop(askedAgain());
		await Promise.all([health?.close(), metrics?.close()]);
	}
}

async function startMetrics({ metrics }: NatsServerConfig, server: NatsServer): Promise<HttpEndpoint | null> {
	if (metrics === null) return null;
	const readings = natsServerReadings(() => server.variables(), systemClock);
	return startMetricsEndpoint(metrics, NATS_SERVER_METRICS, readings);
}

/** Throws the last reason after the time limit. */
async function whenFilesAreThere({ filesDirectory }: NatsServerConfig, clock: Clock): Promise<ServerFiles> {
	const deadlineMs = clock.nowMs() + FILES_TIMEOUT_MS;
	for (;;) {
		try {
			return await readServerFiles(filesDirectory);
		} catch (error) {
			if (clock.nowMs() >= deadlineMs) throw error;
		}
		await new Promise<void>((resolve) => clock.setTimeout(resolve, FILES_POLL_MS));
	}
}

/** Brings changed files to the server; what cannot be taken is told, and tried again as long as it differs. */
class FileReloads {
	readonly #config: NatsServerConfig;
	readonly #server: NatsServer;
	readonly #log: Log;
	#digest: string;
	#lastProblem = '';
	#timer: Timer | null = null;
	#stopped = false;

	constructor(config: NatsServerConfig, server: NatsServer, digest: string, log: Log) {
		this.#config = config;
		this.#server = server;
		this.#digest = digest;
		this.#log = log;
	}

	start(): void {
		this.#timer = systemClock.setTimeout(async () => {
			await this.#look();
			if (!this.#stopped) this.start();
		}, WATCH_EVERY_MS);
	}

	stop(): void {
		this.#stopped = true;
		this.#timer?.cancel();
	}

	async #look(): Promise<void> {
		try {
			const files = await readServerFiles(this.#config.filesDirectory);
			if (files.digest === this.#digest) return;
			await this.#server.reload(files);
			this.#digest = files.digest;
			this.#lastProblem = '';
			this.#log.info({}, 'new certificates and users are in force');
		} catch (error) {
			const problem = error instanceof Error ? error.message : String(error);
			if (problem !== this.#lastProblem) this.#log.error({}, `${problem}. The server goes on with what it has`);
			this.#lastProblem = problem;
		}
	}
}

/** A second signal while the server sends its clients away. */
function askedAgain(): Promise<void> {
	return new Promise((resolve) => {
		process.once('SIGTERM', () => resolve());
		process.once('SIGINT', () => resolve());
	});
}
