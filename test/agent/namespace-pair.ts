/** Two network namespaces that stand for pods, joined by a veth pair; removed with all that runs in them. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ExecutionContext } from 'ava';

const RESPONSE = 'hello';
export const SERVER_PORT = 8080;

let made = 0;

function run(command: string, ...args: string[]): string {
	return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export function addNamespace(t: ExecutionContext, name: string): void {
	run('ip', 'netns', 'add', name);
	t.teardown(() => removeNamespace(name));
	run('ip', '-n', name, 'link', 'set', 'lo', 'up');
}

/** Does nothing when it is gone already. */
export function removeNamespace(name: string): void {
	try {
		run('ip', 'netns', 'delete', name);
	} catch {
		// Removed by the test itself.
	}
}

/** The index of an interface within its namespace. */
export function interfaceIndex(namespace: string, name: string): number {
	const [link] = JSON.parse(run('ip', '-j', '-n', namespace, 'link', 'show', name)) as [{ ifindex: number }];
	return link.ifindex;
}

export class NamespacePair {
	readonly server: string;
	readonly client: string;
	readonly serverAddress: string;
	readonly clientAddress: string;
	readonly #t: ExecutionContext;

	constructor(t: ExecutionContext) {
		this.#t = t;
		made += 1;
		const id = `${process.pid % 100_000}-${made}`;
		this.server = `pwa-${id}-s`;
		this.client = `pwa-${id}-c`;
		this.serverAddress = `198.18.${100 + made}.2`;
		this.clientAddress = `198.18.${100 + made}.3`;
		addNamespace(t, this.client);
		addNamespace(t, this.server);
		this.connect();
	}

	/** Joins the two by a new veth pair; also after the server's namespace was made anew. */
	connect(): void {
		run(
			'ip',
			'link',
			'add',
			'eth0',
			'netns',
			this.server,
			'type',
			'veth',
			'peer',
			'name',
			'eth0',
			'netns',
			this.client,
		);
		for (const [namespace, address] of [
			[this.server, this.serverAddress],
			[this.client, this.clientAddress],
		] as const) {
			run('ip', '-n', namespace, 'address', 'add', `${address}/24`, 'dev', 'eth0');
			run('ip', '-n', namespace, 'link', 'set', 'eth0', 'up');
		}
	}

	/** Answers every request; resolves once it listens. */
	async serve(): Promise<ChildProcess> {
		const program = `require('node:http').createServer((q, s) => s.end('${RESPONSE}')).listen(${SERVER_PORT}, '${this.serverAddress}', () => console.log('ready'))`;
		const child = spawn('ip', ['netns', 'exec', this.server, process.execPath, '-e', program], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		this.#t.teardown(() => child.kill('SIGKILL'));
		await once(child.stdout, 'data');
		return child;
	}

	/** One GET request from the client's namespace; returns the body. */
	async get(path: string): Promise<string> {
		const url = `http://${this.serverAddress}:${SERVER_PORT}${path}`;
		const child = spawn('ip', ['netns', 'exec', this.client, 'curl', '-sS', '--max-time', '10', url]);
		let body = '';
		child.stdout.on('data', (text: Buffer) => {
			body += text.toString();
		});
		await once(child, 'close');
		return body;
	}
}
