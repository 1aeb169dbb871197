/**
 * An HTTP server that answers lists and watches as the API's documentation says: pages with `continue`, resource
 * versions, bookmarks, PartialObjectMetadata, 410 Gone.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import type { ExecutionContext } from 'ava';
import { KubeApi } from '../../../src/kubernetes/kube-api.ts';

export interface StoredObject {
	readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
	readonly [field: string]: unknown;
}

interface Change {
	readonly version: number;
	readonly path: string;
	readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
	readonly object: StoredObject;
}

interface Watch {
	readonly path: string;
	readonly asMetadata: boolean;
	readonly response: ServerResponse;
}

export interface SeenRequest {
	readonly path: string;
	readonly query: URLSearchParams;
	readonly accept: string;
}

export class ObjectServer {
	readonly requests: SeenRequest[] = [];
	readonly #server: Server;
	readonly #objects = new Map<string, Map<string, StoredObject>>();
	readonly #snapshots = new Map<string, readonly StoredObject[]>();
	readonly #watches = new Set<Watch>();
	readonly #refusals = new Map<string, { status: number; reason: string; message: string }>();
	#history: Change[] = [];
	#version = 1000;
	#oldest = 0;
	/** Called before a request is answered. */
	onRequest: (request: SeenRequest) => void = () => {};

	private constructor(server: Server) {
		this.#server = server;
		server.on('request', (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response));
	}

	static async start(t: ExecutionContext): Promise<ObjectServer> {
		const server = createServer();
		const objects = new ObjectServer(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		t.teardown(() => {
			server.closeAllConnections();
			server.close();
		});
		return objects;
	}

	get api(): KubeApi {
		const { port } = this.#server.address() as AddressInfo;
		const config = new KubeConfig();
		config.loadFromClusterAndUser(
			{ name: 'test', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
			{ name: 'test' },
		);
		return new KubeApi(config);
	}

	get openWatches(): number {
		return this.#watches.size;
	}

	watchesOf(path: string): number {
		return [...this.#watches].filter((watch) => watch.path === path).length;
	}

	put(path: string, object: StoredObject): void {
		const objects = this.#of(path);
		const key = keyOf(object);
		const type = objects.has(key) ? 'MODIFIED' : 'ADDED';
		this.#version += 1;
		const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
		objects.set(key, stored);
		this.#record({ version: this.#version, path, type, object: stored });
	}

	remove(path: string, name: string, namespace?: string): void {
		const key = keyOf({ metadata: namespace === undefined ? { name } : { name, namespace } });
		const object = this.#of(path).get(key);
		if (object === undefined) throw new Error(`there is no ${key}`);
		this.#of(path).delete(key);
		this.#version += 1;
		const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
		this.#record({ version: this.#version, path, type: 'DELETED', object: last });
	}

	/** Forgets every change until now, and every page that was not asked for yet. */
	compact(): void {
		this.#history = [];
		this.#snapshots.clear();
		this.#oldest = this.#version;
	}

	bookmark(path: string): void {
		const object = { metadata: { resourceVersion: String(this.#version) } };
		for (const watch of this.#watches) if (watch.path === path) send(watch, 'BOOKMARK', object);
	}

	/** As when the version that a watch is at was compacted meanwhile. */
	expireWatches(): void {
		for (const watch of this.#watches) send(watch, 'ERROR', GONE);
		this.endWatches();
	}

	endWatches(): void {
		for (const { response } of this.#watches) response.end();
		this.#watches.clear();
	}

	/** As when the server dies. */
	breakWatches(): void {
		for (const { response } of this.#watches) response.destroy();
		this.#watches.clear();
	}

	refuse(path: string, status: number, reason: string, message: string): void {
		this.#refusals.set(path, { status, reason, message });
	}

	allow(path: string): void {
		this.#refusals.delete(path);
	}

	#of(path: string): Map<string, StoredObject> {
		const objects = this.#objects.get(path) ?? new Map<string, StoredObject>();
		this.#objects.set(path, objects);
		return objects;
	}

	#record(change: Change): void {
		this.#history.push(change);
		for (const watch of this.#watches) if (watch.path === change.path) send(watch, change.type, change.object);
	}

	#answer(request: IncomingMessage, response: ServerResponse): void {
		const url = new URL(request.url ?? '/', 'http://server');
		const seen = { path: url.pathname, query: url.searchParams, accept: request.headers.accept ?? '' };
		this.requests.push(seen);
		this.onRequest(seen);
		const refusal = this.#refusals.get(seen.path);
		if (refusal !== undefined) refused(response, refusal.status, refusal.reason, refusal.message);
		else if (seen.query.get('watch') === 'true') this.#watch(seen, response);
		else this.#list(seen, response);
	}

	#list({ path, query, accept }: SeenRequest, response: ServerResponse): void {
		const limit = Number(query.get('limit') ?? Number.POSITIVE_INFINITY);
		const [version = '', at = '0'] = (query.get('continue') ?? `${this.#version}:0`).split(':');
		const key = `${path} ${version}`;
		if (at === '0') this.#snapshots.set(key, [...this.#of(path).values()]);
		const snapshot = this.#snapshots.get(key);
		if (snapshot === undefined) {
			refused(response, 410, 'Expired', 'The provided continue parameter is too old');
			return;
		}
		const end = Number(at) + limit;
		const metadata = { resourceVersion: version, ...(end < snapshot.length ? { continue: `${version}:${end}` } : {}) };
		const items = snapshot.slice(Number(at), end).map((object) => shape(object, isMetadata(accept)));
		response.setHeader('Content-Type', 'application/json');
		response.end(JSON.stringify({ kind: 'List', metadata, items }));
	}

	#watch({ path, query, accept }: SeenRequest, response: ServerResponse): void {
		const from = Number(query.get('resourceVersion'));
		if (from < this.#oldest) {
			refused(response, 410, 'Expired', `too old resource version: ${from} (${this.#oldest})`);
			return;
		}
		response.setHeader('Content-Type', 'application/json');
		response.flushHeaders();
		const watch = { path, asMetadata: isMetadata(accept), response };
		for (const { version, path: of, type, object } of this.#history) {
			if (of === path && version > from) send(watch, type, object);
		}
		this.#watches.add(watch);
		response.on('close', () => this.#watches.delete(watch));
	}
}

const GONE = { kind: 'Status', status: 'Failure', code: 410, reason: 'Expired', message: 'too old resource version' };

function send({ asMetadata, response }: Watch, type: string, object: object): void {
	const shown = type === 'ERROR' || type === 'BOOKMARK' ? object : shape(object as StoredObject, asMetadata);
	response.write(`${JSON.stringify({ type, object: shown })}\n`);
}

function shape(object: StoredObject, asMetadata: boolean): object {
	return asMetadata ? { kind: 'PartialObjectMetadata', metadata: object.metadata } : object;
}

function isMetadata(accept: string): boolean {
	return accept.includes('as=PartialObjectMetadata');
}

function keyOf({ metadata }: StoredObject): string {
	return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function refused(response: ServerResponse, code: number, reason: string, message: string): void {
	response.statusCode = code;
	response.setHeader('Content-Type', 'application/json');
	response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message }));
}
