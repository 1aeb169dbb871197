/** The control plane of a cluster, behind its API server. */
import type { ClusterAccess } from '../kubernetes/cluster-access.ts';
import { KubeStatusError, SignInError } from '../kubernetes/errors.ts';
import { KubeApi } from '../kubernetes/kube-api.ts';
import { PodwireError } from '../messaging/errors.ts';
import { PROTOBUF_STREAM_TYPE, SHARED_HEADERS } from '../messaging/stream-types.ts';
import { ControlPlaneRefusedError, ControlPlaneUnreachableError } from './errors.ts';
import { type RefusedPlace, refusalSentence } from './kubernetes-refusals.ts';
import type { StatusSource } from './status-source.ts';
import { API_BASE_PATH, STATUS_PATH, type TapRequest, type TapTransport } from './tap-transport.ts';

export const DEFAULT_OPEN_TIMEOUT_MS = 15_000;
const END_TIMEOUT_MS = 5_000;
/** An API server that has just started answers before it has read who may do what. */
const REFUSAL_GRACE_MS = 5_000;
const DISCOVERY_TIMEOUT_MS = 3_000;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const NOT_FOUND = 404;

export class KubernetesTransport implements TapTransport, StatusSource {
	readonly openTimeoutMs: number;
	readonly refusalGraceMs = REFUSAL_GRACE_MS;
	readonly #access: ClusterAccess;
	readonly #api: KubeApi;

	constructor(access: ClusterAccess, openTimeoutMs: number = DEFAULT_OPEN_TIMEOUT_MS) {
		this.#access = access;
		this.#api = new KubeApi(access);
		this.openTimeoutMs = openTimeoutMs;
	}

	async prepare(): Promise<void> {
		try {
			await this.#access.signIn();
		} catch (error) {
			throw await this.#clientError(error, null);
		}
	}

	async open(request: TapRequest, signal: AbortSignal, onSent?: () => void): Promise<AsyncIterable<Uint8Array>> {
		const query = request.parameters.toString();
		const path = query === '' ? request.path : `${request.path}?${query}`;
		try {
			const accept = `${PROTOBUF_STREAM_TYPE}; ${SHARED_HEADERS}`;
			return await this.#api.stream({ path, accept, signal, ...(onSent && { onSent }) });
		} catch (error) {
			throw await this.#clientError(error, request);
		}
	}

	/** Who may not end a tap, or comes too late, just goes away: the control plane notices. */
	async endTap(tap: string, request: TapRequest): Promise<void> {
		try {
			const path = endPath(tap, request.path);
			const response = await this.#api.stream({ method: 'DELETE', path, silenceTimeoutMs: END_TIMEOUT_MS });
			response.resume();
			response.on('error', () => undefined);
		} catch (error) {
			if (error instanceof KubeStatusError && (error.status === FORBIDDEN || error.status === NOT_FOUND)) return;
			throw await this.#clientError(error, null);
		}
	}

	/** As it came. Throws ControlPlaneUnreachableError or ControlPlaneRefusedError. */
	async readStatus(timeoutMs: number): Promise<unknown> {
		try {
			return await this.#api.json({ path: STATUS_PATH, silenceTimeoutMs: timeoutMs });
		} catch (error) {
			throw await this.#clientError(error, null);
		}
	}

	/** `request`: what was asked for, where that is worth a word. */
	async #clientError(error: unknown, request: TapRequest | null): Promise<unknown> {
		if (error instanceof SignInError)
			return new ControlPlaneRefusedError(UNAUTHORIZED, error.message, { cause: error });
		if (error instanceof KubeStatusError) {
			const installed = error.status !== FORBIDDEN || request === null || (await this.#isInstalled());
			const sentence = await refusalSentence(error, this.#place(request, installed));
			return new ControlPlaneRefusedError(error.status, sentence, { cause: error, retryAfterMs: error.retryAfterMs });
		}
		if (!(error instanceof PodwireError) || error.code !== 'UNAVAILABLE') return error;
		return new ControlPlaneUnreachableError(error.message, { cause: error });
	}

	#place(request: TapRequest | null, installed: boolean): RefusedPlace {
		const { choice } = this.#access;
		return { choice, namespace: request === null ? null : pathNamespace(request.path), installed };
	}

	/** Whoever may not tap may mostly still ask what the API server serves. */
	async #isInstalled(): Promise<boolean> {
		try {
			await this.#api.json({ path: API_BASE_PATH, silenceTimeoutMs: DISCOVERY_TIMEOUT_MS });
			return true;
		} catch (error) {
			return !(error instanceof KubeStatusError && error.status === NOT_FOUND);
		}
	}
}

/** Where the path of a tap lies in a namespace, its end does too: there its user has the right to it. */
function endPath(tap: string, path: string): string {
	const namespace = pathNamespace(path);
	const scope = namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
	return `${API_BASE_PATH}${scope}/taps/${encodeURIComponent(tap)}`;
}

function pathNamespace(path: string): string | null {
	const segment = /\/watch\/namespaces\/([^/]+)\//.exec(path)?.[1];
	return segment === undefined ? null : decodeURIComponent(segment);
}
