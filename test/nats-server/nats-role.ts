/** A running `podwire nats`: a process, on loopback ports that the system chose. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Ports {
	readonly clients: number;
	readonly health: number;
	/** Where they are asked for. */
	readonly metrics?: number;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
	for (const child of running) child.kill('SIGKILL');
});

export interface NatsRoleOptions {
	readonly files: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly clientPort?: number;
}

export class NatsRole {
	readonly child: ChildProcess;
	readonly stateDirectory: string;
	readonly ready: Promise<Ports>;
	said = '';

	constructor({ files, env = {}, clientPort = -1 }: NatsRoleOptions) {
		this.stateDirectory = join(mkdtempSync(join(tmpdir(), 'podwire-nats-role-')), 'state');
		this.child = fork(fileURLToPath(new URL('run-nats-server.ts', import.meta.url)), {
			env: {
				...process.env,
				PODWIRE_PARENT: 'ipc',
				PODWIRE_NATS_FILES: files,
				PODWIRE_NATS_STATE: this.stateDirectory,
				PODWIRE_NATS_LISTEN: `127.0.0.1:${clientPort}`,
				PODWIRE_NATS_HEALTH: '127.0.0.1:-1',
				...env,
			},
			execArgv: ['--no-warnings=ExperimentalWarning'],
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
		});
		running.add(this.child);
		this.child.once('exit', () => running.delete(this.child));
		this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			this.said += text;
		});
		this.ready = new Promise((resolve, reject) => {
			this.child.once('message', (ports: Ports) => resolve(ports));
			this.child.once('exit', (code) => reject(new Error(`podwire nats ended with ${code}: ${this.said}`)));
		});
		this.ready.catch(() => undefined);
	}

	/** Resolves to the exit status. */
	async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
		if (this.child.exitCode === null && this.child.signalCode === null) {
			const exited = once(this.child, 'exit');
			this.child.kill(signal);
			await exited;
		}
		rmSync(join(this.stateDirectory, '..'), { recursive: true, force: true });
		return this.child.exitCode;
	}
}

/** One that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as { port: number };
	server.close();
	await once(server, 'close');
	return port;
}
