/** The nats-server program as a child process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where it listens, as it writes it itself once it does. */
export interface ListeningPorts {
	readonly clients: number;
	/** null: it does not listen for them. */
	readonly routes: number | null;
	readonly monitoring: number | null;
}

const POLL_MS = 10;

export interface NatsProcessOptions {
	/** Where what it says goes: it says it on its stderr. */
	readonly stderr: 'pipe' | 'inherit';
	/** Processors that run its code at once, where the environment's GOMAXPROCS does not say; as many as there are if undefined. */
	readonly processors?: number;
}

/** The child dies with this process, even when that is killed. */
export function spawnNatsServer(configPath: string, { stderr, processors }: NatsProcessOptions): ChildProcess {
	return spawn('setpriv', ['--pdeathsig', 'KILL', 'nats-server', '-c', configPath], {
		env: {
			...(processors === undefined ? {} : { GOMAXPROCS: `${processors}` }),
			...process.env,
			// Debian installs it where root's path alone may lead.
			PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin`,
		},
		stdio: ['ignore', 'ignore', stderr],
		detached: true,
	});
}

/**
 * Waits for the file NAME_PID.ports in `portsDir`, which is empty before the start. null when the child ended or
 * the time was over.
 */
export async function whenListening(
	child: ChildProcess,
	portsDir: string,
	timeoutMs: number,
): Promise<ListeningPorts | null> {
	const deadlineMs = performance.now() + timeoutMs;
	let failed = false;
	child.once('error', () => {
		failed = true;
	});
	while (!failed && !hasEnded(child) && performance.now() < deadlineMs) {
		const file = readdirSync(portsDir).find((name) => name.endsWith('.ports'));
		const ports = file === undefined ? null : parsePorts(readFileSync(join(portsDir, file), 'utf8'));
		if (ports !== null) return ports;
		await new Promise((resolve) => setTimeout(resolve, POLL_MS));
	}
	return null;
}

export function hasEnded(child: ChildProcess): boolean {
	return child.exitCode !== null || child.signalCode !== null;
}

function parsePorts(text: string): ListeningPorts | null {
	try {
		const { nats, cluster, monitoring } = JSON.parse(text) as Record<string, readonly string[] | undefined>;
		const clients = portOf(nats);
		return clients === null ? null : { clients, routes: portOf(cluster), monitoring: portOf(monitoring) };
	} catch {
		return null; // not written to its end yet
	}
}

function portOf(urls: readonly string[] | undefined): number | null {
	const port = /:(\d+)$/.exec(urls?.[0] ?? '')?.[1];
	return port === undefined ? null : Number(port);
}
