/** The nats-server of `podwire up`: its configuration, its child process, and where it listens. */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PodwireError } from '../../messaging/errors.ts';
import { natsPermissions, type RolePermissions } from '../../messaging/nats-permissions.ts';
import { spawnNatsServer, whenListening } from '../../nats-server/nats-process.ts';
import { SERVER_SETTINGS } from '../../nats-server/server-settings.ts';

/** One NATS user of the local server. */
export interface NatsUser {
	readonly user: string;
	readonly password: string;
}

export interface NatsUsers {
	readonly agent: NatsUser;
	readonly controlPlane: NatsUser;
	/** For other tools: may subscribe to what taps publish and to nothing else. */
	readonly observer: NatsUser;
}

export interface NatsServer {
	readonly child: ChildProcess;
	/** On loopback. */
	readonly port: number;
}

const readyTimeoutMs = 10_000;

/** Makes three users with passwords of 256 random bits. */
export function createNatsUsers(randomBytes: (count: number) => Buffer): NatsUsers {
	const user = (name: string): NatsUser => ({ user: name, password: randomBytes(32).toString('hex') });
	return { agent: user('agent'), controlPlane: user('control-plane'), observer: user('observer') };
}

/**
 * Starts nats-server on loopback and resolves when it listens. `port` -1 lets the system choose one.
 * The child dies with this process, even when that is killed.
 */
export async function startNatsServer(stateDir: string, users: NatsUsers, port: number): Promise<NatsServer> {
	const portsDir = join(stateDir, 'nats-ports');
	rmSync(portsDir, { recursive: true, force: true });
	mkdirSync(portsDir, { mode: 0o700 });
	const configPath = join(stateDir, 'nats-server.conf');
	writeFileSync(configPath, natsConfig(users, port, portsDir), { mode: 0o600 });

	// One machine's batches are a few dozen messages a second: another processor would only be woken up for them.
	const child = spawnNatsServer(configPath, { stderr: 'pipe', processors: 1 });
	const errors = collectTail(child);
	const listening = await whenListening(child, portsDir, readyTimeoutMs);
	if (listening === null) {
		child.kill('SIGKILL');
		throw new PodwireError(
			'UNAVAILABLE',
			`nats-server did not start${errors() ? `: ${errors()}` : ''}. It is in Debian's package nats-server (apt-get install nats-server).`,
		);
	}
	return { child, port: listening.clients };
}

function natsConfig(users: NatsUsers, port: number, portsDir: string): string {
	const entry = ({ user, password }: NatsUser, role: RolePermissions) => ({ user, password, permissions: role });
	return JSON.stringify(
		{
			host: '127.0.0.1',
			port,
			ports_file_dir: portsDir,
			...SERVER_SETTINGS,
			authorization: {
				users: [
					entry(users.agent, natsPermissions.agent),
					entry(users.controlPlane, natsPermissions.controlPlane),
					entry(users.observer, natsPermissions.observer),
				],
			},
		},
		null,
		'\t',
	);
}

/** The last error lines of the child, for a message. */
function collectTail(child: ChildProcess): () => string {
	let tail = '';
	child.on('error', (error) => {
		tail += error.message;
	});
	child.stderr?.setEncoding('utf8').on('data', (text: string) => {
		tail = (tail + text).slice(-2000);
	});
	return () =>
		tail
			.split('\n')
			.filter((line) => /error|fatal|\[FTL\]|\[ERR\]|ENOENT|not found|failed/i.test(line))
			.slice(-2)
			.join(' ')
			.trim();
}
