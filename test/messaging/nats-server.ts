/** A real nats-server for tests: on a loopback port that the operating system chose, ended by its process id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

interface PortsFile {
	readonly nats: readonly string[];
}

/** A test process that ends without its teardowns leaves no server behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
	for (const child of running) child.kill('SIGKILL');
});

export class NatsServer {
	readonly directory: string;
	readonly #configuration: string;
	#process: ChildProcess | undefined;
	#port = 0;

	private constructor(directory: string, configuration: string) {
		this.directory = directory;
		this.#configuration = configuration;
	}

	/** `configuration`: of nats-server's file, beside address and port. `@DIR@` in it is the server's own directory. */
	static async start(configuration = '', prepare?: (directory: string) => Promise<void>): Promise<NatsServer> {
		const directory = await mkdtemp(join(tmpdir(), 'podwire-nats-'));
		await prepare?.(directory);
		const server = new NatsServer(directory, configuration.replaceAll('@DIR@', directory));
		await server.#run(-1, server.#configuration);
		return server;
	}

	get port(): number {
		return this.#port;
	}

	get url(): string {
		return `nats://127.0.0.1:${this.#port}`;
	}

	get pid(): number {
		const pid = this.#process?.pid;
		if (pid === undefined) throw new Error('the server does not run');
		return pid;
	}

	/** Ends it at once; `restart` brings it back. */
	async kill(): Promise<void> {
		const child = this.#process;
		this.#process = undefined;
		if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
		const exited = once(child, 'exit');
		child.kill('SIGKILL');
		await exited;
	}

	/** On the same port, with the same configuration unless another is given. */
	async restart(configuration: string = this.#configuration): Promise<void> {
		await this.kill();
		await this.#run(this.#port, configuration);
	}

	async remove(): Promise<void> {
		await this.kill();
		await rm(this.directory, { recursive: true, force: true });
	}

	async #run(port: number, configuration: string): Promise<void> {
		const file = join(this.directory, 'nats.conf');
		await writeFile(file, `host: 127.0.0.1\nport: ${port}\n${configuration}\n`);
		const child = spawn('nats-server', ['-c', file, '--ports_file_dir', this.directory], {
			stdio: 'ignore',
			env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` },
		});
		this.#process = child;
		running.add(child);
		child.once('exit', () => running.delete(child));
		await once(child, 'spawn');
		if (port === -1) this.#port = await this.#chosenPort(child);
		await eventually(() => accepts(this.#port), 'the server accepts connections');
	}

	async #chosenPort(child: ChildProcess): Promise<number> {
		return await eventually(async () => {
			const name = (await readdir(this.directory)).find((entry) => entry.endsWith(`_${child.pid}.ports`));
			if (name === undefined) return undefined;
			const text = await readFile(join(this.directory, name), 'utf8');
			const [url] = text === '' ? [] : (JSON.parse(text) as PortsFile).nats;
			return url === undefined ? undefined : Number(new URL(url).port);
		}, 'the server writes its ports file');
	}
}

async function accepts(port: number): Promise<boolean> {
	const socket = createConnection(port, '127.0.0.1');
	return await new Promise((resolve) => {
		socket.once('data', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(false));
	});
}
