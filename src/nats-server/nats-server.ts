/** The nats-server child of `podwire nats`: its files, its reloads, its end. */
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../messaging/clock.ts';
import { PodwireError } from '../messaging/errors.ts';
import type { NatsServerConfig } from './config.ts';
import type { ServerVariables } from './nats-metrics.ts';
import { hasEnded, type ListeningPorts, spawnNatsServer, whenListening } from './nats-process.ts';
import { serverConfiguration } from './server-configuration.ts';
import { FILE_NAMES, type ServerFiles } from './server-files.ts';

const READY_TIMEOUT_MS = 30_000;
const RELOAD_TIMEOUT_MS = 10_000;
const RELOAD_POLL_MS = 50;
const ANSWER_TIMEOUT_MS = 1000;

export class NatsServer {
	readonly #config: NatsServerConfig;
	readonly #clock: Clock;
	readonly #child: ChildProcess;
	readonly #ports: ListeningPorts;
	/** Resolves when it is gone, in words: `exit 1`. */
	readonly ended: Promise<string>;

	private constructor(config: NatsServerConfig, clock: Clock, child: ChildProcess, ports: ListeningPorts) {
		this.#config = config;
		this.#clock = clock;
		this.#child = child;
		this.#ports = ports;
		this.ended = whenEnded(child);
	}

	/** Resolves when it listens. Throws PodwireError when it does not. */
	static async start(config: NatsServerConfig, files: ServerFiles, clock: Clock): Promise<NatsServer> {
		const portsDirectory = portsDirectoryOf(config);
		rmSync(portsDirectory, { recursive: true, force: true });
		mkdirSync(portsDirectory, { recursive: true, mode: 0o700 });
		chmodSync(config.stateDirectory, 0o700);
		writeState(config, files);
		const child = spawnNatsServer(configurationPathOf(config), { stderr: 'inherit' });
		const ports = await whenListening(child, portsDirectory, READY_TIMEOUT_MS);
		if (ports !== null) return new NatsServer(config, clock, child, ports);
		child.kill('SIGKILL');
		throw new PodwireError('UNAVAILABLE', 'nats-server did not start; what it said of it stands above');
	}

	get ports(): ListeningPorts {
		return this.#ports;
	}

	/** New certificates and users, without a disconnection but of users that are gone. Throws PodwireError. */
	async reload(files: ServerFiles): Promise<void> {
		const before = await this.#configLoadTime();
		writeState(this.#config, files);
		this.#child.kill('SIGHUP');
		const deadlineMs = this.#clock.nowMs() + RELOAD_TIMEOUT_MS;
		while (this.#clock.nowMs() < deadlineMs) {
			if ((await this.#configLoadTime()) !== before) return;
			await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, RELOAD_POLL_MS));
		}
		throw new PodwireError('UNAVAILABLE', 'nats-server did not take the new configuration; what it said stands above');
	}

	/** Whether it serves, by its own word. */
	async isHealthy(): Promise<boolean> {
		try {
			const response = await this.#monitoring('healthz');
			return response.ok;
		} catch {
			return false;
		}
	}

	/** What it says of itself; null when it does not answer. */
	async variables(): Promise<ServerVariables | null> {
		try {
			const response = await this.#monitoring('varz');
			return (await response.json()) as ServerVariables;
		} catch {
			return null;
		}
	}

	/**
	 * In a cluster clients are sent to the other servers one by one (lame duck); alone there is nowhere to go, and the
	 * sooner the next one starts the better. Asked again, it ends at once.
	 */
	async stop(atOnce: Promise<unknown>): Promise<void> {
		const lameDuck = this.#config.routeUrls.length > 0;
		this.#child.kill(lameDuck ? 'SIGUSR2' : 'SIGTERM');
		void atOnce.then(() => this.#child.kill('SIGTERM'));
		await this.ended;
		rmSync(this.#config.stateDirectory, { recursive: true, force: true });
	}

	async #configLoadTime(): Promise<string> {
		try {
			const response = await this.#monitoring('varz');
			const { config_load_time: time } = (await response.json()) as { readonly config_load_time?: string };
			return time ?? '';
		} catch (cause) {
			throw new PodwireError('UNAVAILABLE', 'nats-server does not answer on its monitoring port', { cause });
		}
	}

	#monitoring(path: string): Promise<Response> {
		const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
		return fetch(`http://127.0.0.1:${this.#ports.monitoring}/${path}`, { signal });
	}
}

/** It reads copies: the mounted files may change between its reading of a certificate and of its key. */
function writeState(config: NatsServerConfig, { texts, authorization }: ServerFiles): void {
	for (const name of FILE_NAMES) {
		if (name !== 'authorization.json') replaceFile(join(config.stateDirectory, name), texts[name]);
	}
	const paths = { filesDirectory: config.stateDirectory, portsDirectory: portsDirectoryOf(config) };
	replaceFile(configurationPathOf(config), serverConfiguration(config, authorization, paths));
}

function replaceFile(path: string, text: string): void {
	writeFileSync(`${path}.new`, text, { mode: 0o600 });
	renameSync(`${path}.new`, path);
}

function portsDirectoryOf({ stateDirectory }: NatsServerConfig): string {
	return join(stateDirectory, 'ports');
}

function configurationPathOf({ stateDirectory }: NatsServerConfig): string {
	return join(stateDirectory, 'nats-server.conf');
}

function whenEnded(child: ChildProcess): Promise<string> {
	const words = () => (child.signalCode === null ? `exit ${child.exitCode}` : `signal ${child.signalCode}`);
	return hasEnded(child)
		? Promise.resolve(words())
		: new Promise((resolve) => child.once('exit', () => resolve(words())));
}
