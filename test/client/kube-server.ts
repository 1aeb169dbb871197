/**
 * The API server's part on the wire, for tests: a real HTTPS server that knows users by client certificate, bearer token or
 * password, notes whom they act as, answers refusals as kube-apiserver does, and serves streams frame by frame.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { type Leaf, TestAuthority } from './certificates.ts';
import { ServedStream } from './stream-server.ts';

export interface Answer {
	readonly status: number;
	readonly body: string;
	readonly headers?: Record<string, string>;
}

export interface KubeServerOptions {
	/** The nth stream, from 0. */
	readonly onStream?: (stream: ServedStream, index: number) => void;
	/** Path of a DELETE; what it returns is answered, otherwise 200. */
	readonly onDelete?: (path: string) => Answer | undefined;
	/** What a GET of this path is answered; undefined: it is a stream. */
	readonly onGet?: (path: string, headers: IncomingMessage['headers']) => Answer | Promise<Answer> | undefined;
	/** Instead of the nth stream; null: it is opened. */
	readonly refuse?: (index: number, user: string) => Answer | null;
	/** False: the API group is not there. */
	readonly installed?: boolean;
	readonly tokens?: Readonly<Record<string, string>>;
	/** `name:password`. */
	readonly passwords?: readonly string[];
	readonly serverCertificate?: Partial<{ names: string[]; addresses: string[]; notAfter: Date }>;
}

/** metav1.Status. */
export function status(code: number, reason: string, message: string, headers: Record<string, string> = {}): Answer {
	const body = JSON.stringify({
		kind: 'Status',
		apiVersion: 'v1',
		metadata: {},
		status: 'Failure',
		message,
		reason,
		code,
	});
	return { status: code, body, headers: { 'content-type': 'application/json', ...headers } };
}

/** As kube-apiserver says that its authorisers denied something. */
export function forbidden(user: string, resource: string, namespace: string | null): Answer {
	const where = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`;
	const [plural] = resource.split('/');
	return status(
		403,
		'Forbidden',
		`${plural}.tap.podwire.dev "frontend" is forbidden: User "${user}" cannot watch resource "${resource}" in API group "tap.podwire.dev" ${where}`,
	);
}

/** What one request showed. */
export interface SeenRequest {
	readonly method: string;
	readonly path: string;
	readonly user: string;
	readonly headers: IncomingMessage['headers'];
	readonly serverName: string | false | null;
}

export class KubeServer {
	readonly directory: string = mkdtempSync(join(tmpdir(), 'podwire-kube-'));
	readonly authority: TestAuthority;
	readonly requests: SeenRequest[] = [];
	readonly #options: KubeServerOptions;
	readonly #leaf: Leaf;
	#server: Server | null = null;
	#streams = 0;
	port = 0;

	private constructor(options: KubeServerOptions, authority: TestAuthority, leaf: Leaf) {
		this.#options = options;
		this.authority = authority;
		this.#leaf = leaf;
	}

	static async start(
		t: { teardown: (end: () => Promise<void>) => void },
		options: KubeServerOptions = {},
	): Promise<KubeServer> {
		const authority = await TestAuthority.create();
		const addresses = ['127.0.0.1'];
		const leaf = await authority.issue({ subject: 'CN=kube-apiserver', addresses, ...options.serverCertificate });
		const server = new KubeServer(options, authority, leaf);
		t.teardown(() => server.dispose());
		await server.listen();
		return server;
	}

	get url(): string {
		return `https://127.0.0.1:${this.port}`;
	}

	/** On the port that it had. */
	async listen(): Promise<void> {
		const tls = { cert: this.#leaf.certificate, key: this.#leaf.key, ca: this.authority.certificate };
		const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false }, (request, response) =>
			this.#answer(request, response),
		);
		this.#server = server;
		server.listen(this.port, '127.0.0.1');
		await once(server, 'listening');
		this.port = (server.address() as AddressInfo).port;
	}

	async stop(): Promise<void> {
		const server = this.#server;
		this.#server = null;
		if (server === null) return;
		const closed = once(server, 'close');
		server.close();
		server.closeAllConnections();
		await closed;
	}

	async dispose(): Promise<void> {
		await this.stop();
		rmSync(this.directory, { recursive: true, force: true });
	}

	/** Writes a file of the test and returns its path. */
	file(name: string, content: string, mode = 0o600): string {
		const path = join(this.directory, name);
		writeFileSync(path, content, { mode });
		return path;
	}

	/** A kubeconfig of this server with one context, `prod`. `user`: as YAML takes JSON. */
	kubeconfig(user: object, more: { readonly cluster?: object; readonly namespace?: string } = {}): string {
		const ca = Buffer.from(this.authority.certificate).toString('base64');
		const cluster = { server: this.url, 'certificate-authority-data': ca, ...more.cluster };
		return this.file(
			'config',
			JSON.stringify({
				apiVersion: 'v1',
				kind: 'Config',
				'current-context': 'prod',
				clusters: [{ name: 'production', cluster }],
				users: [{ name: 'jane', user }],
				contexts: [
					{
						name: 'prod',
						context: { cluster: 'production', user: 'jane', ...(more.namespace && { namespace: more.namespace }) },
					},
				],
			}),
		);
	}

	#answer(request: IncomingMessage, response: ServerResponse): void {
		const user = this.#userOf(request);
		const socket = request.socket as TLSSocket & { servername?: string | false };
		const { method = '', url: path = '', headers } = request;
		this.requests.push({ method, path, user: user ?? '', headers, serverName: socket.servername ?? null });
		request.resume();
		const got = user === null || method !== 'GET' ? undefined : this.#options.onGet?.(path, headers);
		if (got !== undefined) {
			void Promise.resolve(got).then((each) => send(response, each));
			return;
		}
		const answer = user === null ? status(401, 'Unauthorized', 'Unauthorized') : this.#answerOf(method, path, user);
		if (answer instanceof Object) send(response, answer);
		else this.#options.onStream?.(new ServedStream(request, response), answer);
	}

	/** The number of the stream that is to be opened, or what is answered instead. */
	#answerOf(method: string, path: string, user: string): Answer | number {
		const { onDelete, installed, refuse } = this.#options;
		if (method === 'DELETE') return onDelete?.(path) ?? { status: 200, body: '{}' };
		if (path === '/apis/tap.podwire.dev/v1alpha1') {
			return installed === false ? NOT_SERVED : { status: 200, body: '{"kind":"APIResourceList"}' };
		}
		const index = this.#streams++;
		return refuse?.(index, user) ?? (installed === false ? NOT_SERVED : index);
	}

	/** Null: the credentials are not known. */
	#userOf({ socket, headers }: IncomingMessage): string | null {
		const [scheme, value = ''] = (headers.authorization ?? '').split(' ');
		if (scheme === 'Bearer') return this.#options.tokens?.[value] ?? null;
		if (scheme === 'Basic') {
			const text = Buffer.from(value, 'base64').toString('utf8');
			return this.#options.passwords?.includes(text) ? (text.split(':')[0] ?? null) : null;
		}
		const tls = socket as TLSSocket;
		if (tls.authorized) return String(tls.getPeerCertificate().subject.CN);
		return tls.getPeerCertificate()?.subject === undefined ? 'system:anonymous' : null;
	}
}

/** As kube-apiserver answers for an API group that it does not know. */
export const NOT_SERVED: Answer = {
	status: 404,
	body: '404 page not found\n',
	headers: { 'content-type': 'text/plain; charset=utf-8' },
};

function send(response: ServerResponse, { status: code, body, headers = {} }: Answer): void {
	response.writeHead(code, headers).end(body);
}
