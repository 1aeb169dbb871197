/** Requests to an API server as a kubeconfig describes it: certificates, tokens, exec plugins, proxies, impersonation. */
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { PodwireError } from '../messaging/errors.ts';
import { request as httpRequest } from '../messaging/node-http.ts';
import { connectionSentence } from './connection-errors.ts';
import { KubeSilenceError, KubeUnreachableError } from './errors.ts';
import { type Impersonation, impersonationHeaders } from './impersonation.ts';
import { statusError } from './kube-status.ts';

export type { Impersonation } from './impersonation.ts';

/** Where requests go and what they show there: `KubeConfig` of `@kubernetes/client-node`, or `ClusterAccess`. */
export interface ApiAccess {
	getCurrentCluster(): { readonly server: string } | null;
	/** Adds TLS options, an agent and headers. */
	applyToHTTPSOptions(options: RequestOptions): Promise<void>;
	/** After a 401. True: other credentials will be shown when it is tried again. */
	credentialsRefused?(): boolean;
}

export interface KubeRequest {
	readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** With its query, from the root of the server: `/api/v1/pods?limit=500`. */
	readonly path: string;
	/** Sent as JSON. */
	readonly body?: unknown;
	/** Of the body; default `application/json`. */
	readonly contentType?: string;
	readonly accept?: string;
	readonly signal?: AbortSignal;
	/** Without a word from the server for this long the request fails; default: it never does. */
	readonly silenceTimeoutMs?: number;
	/** Called when the request is on its way. */
	readonly onSent?: () => void;
}

/** An answer longer than this that should be one JSON object is refused. Lists are read by pages. */
export const MAX_JSON_BYTES: number = 64 * 1024 * 1024;
const MAX_STATUS_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 15_000;
const UNAUTHORIZED = 401;
/** As it stands in the API server's audit log. */
const USER_AGENT = 'podwire';

export class KubeApi {
	readonly #access: ApiAccess;
	readonly #impersonation: Impersonation | null;

	/** `access` has a current cluster. `impersonation` wins over that of a kubeconfig. */
	constructor(access: ApiAccess, impersonation: Impersonation | null = null) {
		this.#access = access;
		this.#impersonation = impersonation;
	}

	/** `https://HOST:PORT`, as the kubeconfig has it. */
	get server(): string {
		return this.#access.getCurrentCluster()?.server ?? '';
	}

	/** The JSON of an answer of 2xx. Throws KubeStatusError or KubeUnreachableError. */
	async json<Value>(request: KubeRequest): Promise<Value> {
		const response = await this.stream({ silenceTimeoutMs: REQUEST_TIMEOUT_MS, ...request });
		const text = await this.#text(response, MAX_JSON_BYTES);
		try {
			return JSON.parse(text) as Value;
		} catch (cause) {
			throw new KubeUnreachableError(`${this.server} answered something else than JSON`, { cause });
		}
	}

	/**
	 * The body of an answer of 2xx as it comes. Throws KubeStatusError or KubeUnreachableError; the iteration throws
	 * when the connection breaks, and bytes that nobody iterates stay with the server.
	 */
	async stream(request: KubeRequest): Promise<IncomingMessage> {
		let response = await this.#send(request);
		if (response.statusCode === UNAUTHORIZED && this.#access.credentialsRefused?.()) {
			response.resume();
			response = await this.#send(request);
		}
		const status = response.statusCode ?? 0;
		if (status >= 200 && status < 300) return response;
		throw statusError(response, await this.#text(response, MAX_STATUS_BYTES));
	}

	async #send({
		method,
		path,
		body,
		contentType,
		accept,
		signal,
		silenceTimeoutMs,
		onSent,
	}: KubeRequest): Promise<IncomingMessage> {
		const url = new URL(`${this.server.replace(/\/$/, '')}${path}`);
		const content = body === undefined ? null : Buffer.from(JSON.stringify(body));
		const headers: Record<string, string | string[]> = {
			Accept: accept ?? 'application/json',
			'User-Agent': USER_AGENT,
			...(content === null ? {} : { 'Content-Type': contentType ?? 'application/json' }),
			...(content === null ? {} : { 'Content-Length': String(content.length) }),
		};
		const options: RequestOptions = { method: method ?? 'GET', headers, ...(signal === undefined ? {} : { signal }) };
		await this.#authenticate(options);
		try {
			return await this.#exchange(url, options, content, { silenceTimeoutMs, onSent });
		} catch (error) {
			// The server closed a connection of the pool just as it was used again, and has not seen the request.
			if (!(error instanceof StaleConnectionError)) throw error;
			if (!repeatable(options.method, path)) throw this.#unreachable(error.cause);
			return this.#exchange(url, { ...options, agent: false }, content, { silenceTimeoutMs, onSent });
		}
	}

	#exchange(
		url: URL,
		options: RequestOptions,
		content: Buffer | null,
		{ silenceTimeoutMs, onSent }: { silenceTimeoutMs: number | undefined; onSent: (() => void) | undefined },
	): Promise<IncomingMessage> {
		return new Promise((resolve, reject) => {
			const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
			// What is wrong with a certificate or header is thrown at once; the executor makes a rejection of it.
			const sent = sendOrExplain(
				() => send(url, options),
				(cause) => this.#unreachable(cause),
			);
			if (onSent !== undefined) sent.once('finish', onSent);
			let received: IncomingMessage | null = null;
			sent.once('response', (response) => {
				received = response;
				resolve(response);
			});
			sent.on('error', (cause: NodeJS.ErrnoException) => {
				const stale = sent.reusedSocket && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE');
				reject(stale ? new StaleConnectionError(cause) : this.#unreachable(cause));
			});
			if (silenceTimeoutMs !== undefined) {
				sent.setTimeout(silenceTimeoutMs, () => {
					if (received === null) sent.destroy(new Error(`no answer for ${silenceTimeoutMs / 1000} s`));
					else fallSilent(received, silenceTimeoutMs);
				});
			}
			sent.end(content ?? undefined);
		});
	}

	async #authenticate(options: RequestOptions): Promise<void> {
		try {
			await this.#access.applyToHTTPSOptions(options);
		} catch (cause) {
			if (cause instanceof PodwireError) throw cause;
			const why = cause instanceof Error ? cause.message : String(cause);
			throw new KubeUnreachableError(`the kubeconfig's user cannot sign in: ${why}`, { cause });
		}
		// After the kubeconfig's own, which they replace.
		if (this.#impersonation !== null) Object.assign(options.headers ?? {}, impersonationHeaders(this.#impersonation));
	}

	async #text(response: IncomingMessage, maxBytes: number): Promise<string> {
		const chunks: Buffer[] = [];
		let bytes = 0;
		try {
			for await (const chunk of response as AsyncIterable<Buffer>) {
				bytes += chunk.length;
				if (bytes > maxBytes) break;
				chunks.push(chunk);
			}
		} catch (cause) {
			throw this.#unreachable(cause as Error);
		}
		return Buffer.concat(chunks).toString('utf8');
	}

	#unreachable(cause: Error): KubeUnreachableError {
		return new KubeUnreachableError(connectionSentence(this.server, cause), { cause });
	}
}

class StaleConnectionError extends Error {
	override readonly cause: Error;

	constructor(cause: Error) {
		super(cause.message);
		this.cause = cause;
	}
}

/** Twice does no more than once: an access review makes nothing. */
function repeatable(method: string | undefined, path: string): boolean {
	return method !== 'POST' || path.startsWith('/apis/authorization.k8s.io/');
}

function sendOrExplain<Sent>(send: () => Sent, explain: (cause: Error) => Error): Sent {
	try {
		return send();
	} catch (cause) {
		throw explain(cause as Error);
	}
}

/** Ends the answer, and with it its connection. Whoever reads it is told; if nobody does, nothing is. */
function fallSilent(response: IncomingMessage, silenceMs: number): void {
	response.once('error', () => undefined);
	response.destroy(new KubeSilenceError(silenceMs));
}
