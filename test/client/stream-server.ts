/** A control plane's HTTP API for tests: a real server on a Unix socket, whose streams the test writes frame by frame. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type podwire, wire } from '../../src/messaging/wire.ts';

type Frame = podwire.v1.StreamFrame.$Properties;

/** 4 bytes of length, little-endian, then the message: as proto/podwire.proto says. */
export function frameBytes(frame: Frame): Buffer {
	const message = wire.StreamFrame.encode(frame).finish();
	const length = Buffer.alloc(4);
	length.writeUInt32LE(message.length);
	return Buffer.concat([length, message]);
}

export function batchFrame(batch: podwire.v1.TapBatch.$Properties): Frame {
	return { batch: wire.TapBatch.encode(batch).finish() };
}

/** One accepted `GET …/tap`. */
export class ServedStream {
	readonly request: IncomingMessage;
	readonly #response: ServerResponse;

	constructor(request: IncomingMessage, response: ServerResponse) {
		this.request = request;
		this.#response = response;
		response.writeHead(200, { 'content-type': 'application/vnd.podwire.v1+protobuf' });
		response.flushHeaders();
	}

	get url(): URL {
		return new URL(this.request.url ?? '/', 'http://localhost');
	}

	/** False: the client has not taken what was sent before. */
	send(...frames: Frame[]): boolean {
		return this.#response.write(Buffer.concat(frames.map(frameBytes)));
	}

	sendBytes(bytes: Uint8Array): void {
		this.#response.write(bytes);
	}

	end(...frames: Frame[]): void {
		this.#response.end(Buffer.concat(frames.map(frameBytes)));
	}

	/** As a killed control plane does. */
	cut(): void {
		this.#response.destroy();
	}

	get waitingBytes(): number {
		return this.#response.writableLength;
	}
}

export interface StreamServerOptions {
	/** The nth stream, from 0. */
	readonly onStream: (stream: ServedStream, index: number) => void;
	/** `DELETE …/taps/ID`. */
	readonly onEnd?: (tap: string) => void;
	/** Answers before any stream is opened: a status and its body; null: opens the stream. */
	readonly refuse?: (index: number) => { readonly status: number; readonly body: string } | null;
}

export class StreamServer {
	readonly directory: string = mkdtempSync(join(tmpdir(), 'podwire-test-'));
	readonly socketPath: string = join(this.directory, 'control-plane.sock');
	readonly #options: StreamServerOptions;
	#server: Server | undefined;
	#streams = 0;

	constructor(options: StreamServerOptions) {
		this.#options = options;
	}

	async listen(): Promise<void> {
		this.#server = createServer((request, response) => this.#answer(request, response));
		this.#server.listen(this.socketPath);
		await once(this.#server, 'listening');
	}

	/** The socket is gone and every connection cut; `listen` may follow. */
	async stop(): Promise<void> {
		const server = this.#server;
		if (server === undefined) return;
		this.#server = undefined;
		const closed = once(server, 'close');
		server.close();
		server.closeAllConnections();
		await closed;
	}

	async dispose(): Promise<void> {
		await this.stop();
		rmSync(this.directory, { recursive: true, force: true });
	}

	#answer(request: IncomingMessage, response: ServerResponse): void {
		if (request.method === 'DELETE') {
			const tap = /^\/apis\/tap\.podwire\.dev\/v1alpha1\/taps\/([^/]+)$/.exec(request.url ?? '')?.[1];
			response.writeHead(tap === undefined ? 404 : 200).end('{}');
			if (tap !== undefined) this.#options.onEnd?.(tap);
			return;
		}
		const index = this.#streams++;
		const refusal = this.#options.refuse?.(index) ?? null;
		if (refusal === null) this.#options.onStream(new ServedStream(request, response), index);
		else response.writeHead(refusal.status, { 'content-type': 'application/json' }).end(refusal.body);
	}
}
