/** A control plane under test: a real NATS server, real processes, real sockets; all of it gone after the test. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { API_PATH } from '../../src/control-plane/api/tap-path.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import { eventually } from '../messaging/eventually.ts';
import { NatsServer } from '../messaging/nats-server.ts';
import { WireAgent } from './wire-agent.ts';

const PROGRAM = fileURLToPath(new URL('programs/control-plane.ts', import.meta.url));

export class ControlPlaneProcess {
	readonly child: ChildProcess;
	readonly socketPath: string;
	stderr = '';
	/** Where its metrics are, once it is ready. */
	metricsPort = 0;

	constructor(child: ChildProcess, socketPath: string) {
		this.child = child;
		this.socketPath = socketPath;
		child.stderr?.on('data', (text) => {
			this.stderr += String(text);
		});
	}

	get hasEnded(): boolean {
		return this.child.exitCode !== null || this.child.signalCode !== null;
	}

	async ready(): Promise<this> {
		await eventually(
			() => this.#ready || (this.hasEnded && Promise.reject(new Error(`it ended: ${this.stderr}`))),
			'the control plane is ready',
		);
		return this;
	}

	#ready = false;

	markReady(): void {
		this.#ready = true;
	}

	async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
		if (this.hasEnded) return this.child.exitCode;
		const exited = once(this.child, 'exit');
		this.child.kill(signal);
		await exited;
		return this.child.exitCode;
	}
}

export interface Answer {
	readonly status: number;
	readonly body: string;
}

export class Lab {
	readonly nats: NatsServer;
	readonly directory: string;
	readonly #cleanups: (() => Promise<unknown> | unknown)[] = [];
	#sockets = 0;

	/** With credentials where the server asks for them. */
	readonly natsUrl: () => string;

	private constructor(nats: NatsServer, credentials: string) {
		this.nats = nats;
		this.natsUrl = () => nats.url.replace('//', credentials === '' ? '//' : `//${credentials}@`);
		this.directory = mkdtempSync(join(tmpdir(), 'podwire-control-plane-'));
	}

	static async for(t: ExecutionContext, natsConfiguration = '', credentials = ''): Promise<Lab> {
		const lab = new Lab(await NatsServer.start(natsConfiguration), credentials);
		t.teardown(async () => {
			for (const cleanup of lab.#cleanups.reverse()) await cleanup();
			await lab.nats.remove();
			rmSync(lab.directory, { recursive: true, force: true });
		});
		return lab;
	}

	cleanup(action: () => Promise<unknown> | unknown): void {
		this.#cleanups.push(action);
	}

	writeInventory(text: string): string {
		const path = join(this.directory, 'pods.yaml');
		writeFileSync(path, text);
		return path;
	}

	async agent(node = 'node1'): Promise<WireAgent> {
		const agent = await WireAgent.start(this.natsUrl(), node);
		this.cleanup(() => agent.close());
		return agent;
	}

	/** Does not wait until it is ready. */
	spawnControlPlane(
		flags: { inventory?: string; socket?: string } = {},
		node = 'node1',
		env: Readonly<Record<string, string>> = {},
	): ControlPlaneProcess {
		this.#sockets += 1;
		const socket = flags.socket ?? join(this.directory, 'sockets', `${this.#sockets}.sock`);
		const child = fork(PROGRAM, [JSON.stringify({ nats: this.natsUrl(), ...flags, socket })], {
			env: {
				...process.env,
				PODWIRE_PARENT: 'ipc',
				PODWIRE_NODE: node,
				PODWIRE_CONTROL_PLANE_METRICS: '127.0.0.1:0',
				...env,
			},
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
			execArgv: ['--no-warnings=ExperimentalWarning'],
		});
		const controlPlane = new ControlPlaneProcess(child, socket);
		child.on('message', (message) => {
			const { ready, metrics } = message as { readonly ready?: boolean; readonly metrics?: number };
			controlPlane.metricsPort = metrics ?? controlPlane.metricsPort;
			if (ready === true) controlPlane.markReady();
		});
		this.cleanup(() => controlPlane.end('SIGKILL'));
		return controlPlane;
	}

	startControlPlane(flags: { inventory?: string; socket?: string } = {}, node = 'node1'): Promise<ControlPlaneProcess> {
		return this.spawnControlPlane(flags, node).ready();
	}

	async tap(controlPlane: ControlPlaneProcess, path: string, accept = FRAMES): Promise<TapClient> {
		const client = await TapClient.open(controlPlane.socketPath, path, accept);
		this.cleanup(() => client.destroy());
		return client;
	}
}

export const FRAMES = 'application/vnd.podwire.v1+protobuf';

/** The answer to a request that is no stream; `path` is below the API's path unless it begins with two slashes. */
export async function ask(socketPath: string, path: string, method = 'GET'): Promise<Answer> {
	const response = await send(socketPath, path, method, {});
	let body = '';
	response.setEncoding('utf8');
	for await (const text of response) body += text;
	return { status: response.statusCode ?? 0, body };
}

function send(
	socketPath: string,
	path: string,
	method: string,
	headers: Record<string, string>,
): Promise<IncomingMessage> {
	return new Promise((resolve, reject) => {
		const full = path.startsWith('//') ? path.slice(1) : `${API_PATH}/${path}`;
		const sent: ClientRequest = request({ socketPath, path: full, method, headers, agent: false });
		sent.once('response', resolve);
		sent.once('error', reject);
		sent.end();
	});
}

/** Reads frames by the contract: 4 bytes of length, little-endian, then a StreamFrame. */
export class TapClient {
	readonly response: IncomingMessage;
	readonly batches: podwire.v1.TapBatch[] = [];
	readonly notices: podwire.v1.Notice.$Properties[] = [];
	started: podwire.v1.TapStarted.$Properties | null = null;
	ended: podwire.v1.TapEnded.$Properties | null = null;
	alive = 0;
	closed = false;
	#pending: Buffer = Buffer.alloc(0);

	constructor(response: IncomingMessage) {
		this.response = response;
		response.on('close', () => {
			this.closed = true;
		});
		response.on('error', () => {});
	}

	/** Resolves once the answer's head is there; nothing is read before `read`. */
	static async open(socketPath: string, path: string, accept: string): Promise<TapClient> {
		const response = await send(socketPath, path, 'GET', { Accept: accept });
		if (response.statusCode !== 200) throw new Error(`refused: ${response.statusCode}`);
		return new TapClient(response);
	}

	read(): this {
		this.response.on('data', (chunk: Buffer) => this.#take(chunk));
		return this;
	}

	/** Reads, and waits for the first word. */
	async begin(): Promise<this> {
		this.read();
		await eventually(() => this.started, 'the stream starts');
		return this;
	}

	destroy(): void {
		this.response.destroy();
	}

	get id(): string {
		return this.started?.tap ?? '';
	}

	get paths(): string[] {
		return this.batches.flatMap(({ exchanges }) => exchanges.map(({ request: asked }) => asked?.path ?? ''));
	}

	get words(): string[] {
		return this.notices.map(({ text }) => text ?? '');
	}

	#take(chunk: Buffer): void {
		this.#pending = Buffer.concat([this.#pending, chunk]);
		while (this.#pending.length >= 4) {
			const end = 4 + this.#pending.readUInt32LE(0);
			if (this.#pending.length < end) return;
			this.#frame(wire.StreamFrame.decode(this.#pending.subarray(4, end)));
			this.#pending = this.#pending.subarray(end);
		}
	}

	#frame({ started, batch, notice, ended, alive }: podwire.v1.StreamFrame): void {
		if (started) this.started = started;
		if (batch) this.batches.push(wire.TapBatch.decode(batch));
		if (notice) this.notices.push(notice);
		if (ended) this.ended = ended;
		if (alive) this.alive += 1;
	}
}
