/**
 * As much of an API server as the control plane needs, over plain HTTP: lists and watches of objects that a test puts in, and
 * SubjectAccessReviews answered from a table of the test, all as the Kubernetes API documents them.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KubeObject {
	readonly metadata: { readonly name: string; readonly namespace?: string; resourceVersion?: string } & object;
}

/** What a user may do. Left away: any. */
export interface Grant {
	readonly user: string;
	readonly verb: string;
	/** `pods/tap`; of any group. */
	readonly resource: string;
	readonly namespace?: string;
	readonly name?: string;
}

interface ReviewSpec {
	readonly user: string;
	readonly groups: readonly string[];
	readonly resourceAttributes: Readonly<Record<'verb' | 'resource' | 'subresource' | 'namespace' | 'name', string>>;
}

interface Change {
	readonly version: number;
	readonly path: string;
	readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
	readonly object: KubeObject;
}

interface Watcher {
	readonly path: string;
	readonly name: string | null;
	readonly response: ServerResponse;
}

const REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

export class KubeServer {
	readonly #server: Server;
	readonly #objects = new Map<string, Map<string, KubeObject>>();
	readonly #changes: Change[] = [];
	readonly #watchers = new Set<Watcher>();
	readonly reviews: ReviewSpec[] = [];
	grants: Grant[] = [];
	/** Reviews are answered by 500. */
	reviewsFail = false;
	#version = 0;

	private constructor() {
		this.#server = createServer((request, response) => {
			this.#answer(request, response).catch(() => response.destroy());
		});
	}

	static async start(): Promise<KubeServer> {
		const server = new KubeServer();
		await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
		return server;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	stop(): void {
		this.#server.closeAllConnections();
		this.#server.close();
	}

	/** `collection`: `/api/v1/pods`. */
	put(collection: string, object: KubeObject): void {
		const objects = this.#objects.get(collection) ?? new Map<string, KubeObject>();
		this.#objects.set(collection, objects);
		const key = keyOf(object);
		this.#change(collection, objects.has(key) ? 'MODIFIED' : 'ADDED', object);
		objects.set(key, object);
	}

	remove(collection: string, name: string, namespace = ''): void {
		const objects = this.#objects.get(collection);
		const object = objects?.get(`${namespace}/${name}`);
		if (object === undefined) throw new Error(`no ${name} in ${collection}`);
		objects?.delete(`${namespace}/${name}`);
		this.#change(collection, 'DELETED', object);
	}

	#change(path: string, type: Change['type'], object: KubeObject): void {
		this.#version += 1;
		object.metadata.resourceVersion = String(this.#version);
		const change = { version: this.#version, path, type, object };
		this.#changes.push(change);
		for (const watcher of this.#watchers) tell(watcher, change);
	}

	async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url ?? '/', 'http://kube');
		if (request.method === 'POST' && url.pathname === REVIEWS) return this.#review(request, response);
		const collection = this.#collectionOf(url.pathname);
		if (url.searchParams.get('watch') === 'true') return this.#watch(collection.path, url, response);
		const objects = [...(this.#objects.get(collection.path)?.values() ?? [])];
		if (collection.name === null) {
			const metadata = { resourceVersion: String(this.#version) };
			return json(response, 200, { kind: 'List', apiVersion: 'v1', metadata, items: objects });
		}
		const object = objects.find(({ metadata }) => metadata.name === collection.name);
		if (object !== undefined) return json(response, 200, object);
		json(response, 404, { kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404, message: 'not found' });
	}

	/** Only ConfigMaps of kube-system are asked for by name. */
	#collectionOf(path: string): { readonly path: string; readonly name: string | null } {
		const named = /^(\/api\/v1\/namespaces\/[^/]+\/configmaps)\/([^/]+)$/.exec(path);
		return named === null ? { path, name: null } : { path: named[1] ?? '', name: named[2] ?? '' };
	}

	#watch(path: string, url: URL, response: ServerResponse): void {
		response.writeHead(200, { 'Content-Type': 'application/json' });
		response.flushHeaders();
		const name = /^metadata\.name=(.+)$/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1] ?? null;
		const watcher = { path, name, response };
		this.#watchers.add(watcher);
		response.on('close', () => this.#watchers.delete(watcher));
		const since = Number(url.searchParams.get('resourceVersion') ?? 0);
		for (const change of this.#changes) if (change.version > since) tell(watcher, change);
	}

	async #review(request: IncomingMessage, response: ServerResponse): Promise<void> {
		let text = '';
		for await (const chunk of request) text += String(chunk);
		const { spec } = JSON.parse(text) as { spec: ReviewSpec };
		this.reviews.push(spec);
		if (this.reviewsFail) return json(response, 500, { kind: 'Status', code: 500, message: 'etcd is gone' });
		const allowed = this.grants.some((grant) => grants(grant, spec));
		const status = allowed ? { allowed } : { allowed, reason: 'no rule of the table' };
		json(response, 201, { kind: 'SubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', spec, status });
	}
}

function grants(grant: Grant, { user, resourceAttributes }: ReviewSpec): boolean {
	const { verb, resource, subresource, namespace, name } = resourceAttributes;
	return (
		grant.user === user &&
		grant.verb === verb &&
		grant.resource === (subresource ? `${resource}/${subresource}` : resource) &&
		(grant.namespace === undefined || grant.namespace === namespace) &&
		(grant.name === undefined || grant.name === name)
	);
}

function tell({ path, name, response }: Watcher, change: Change): void {
	if (change.path !== path || (name !== null && name !== change.object.metadata.name)) return;
	response.write(`${JSON.stringify({ type: change.type, object: change.object })}\n`);
}

function keyOf({ metadata }: KubeObject): string {
	return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function json(response: ServerResponse, status: number, value: object): void {
	response.writeHead(status, { 'Content-Type': 'application/json' });
	response.end(JSON.stringify(value));
}
