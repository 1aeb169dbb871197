/** The control plane of `podwire up`, on a Unix socket that only its owner may open. */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { json } from 'node:stream/consumers';
import { request } from '../messaging/node-http.ts';
import { PROTOBUF_STREAM_TYPE, SHARED_HEADERS } from '../messaging/stream-types.ts';
import { ControlPlaneRefusedError, ControlPlaneUnreachableError } from './errors.ts';
import type { StatusSource } from './status-source.ts';
import { API_BASE_PATH, STATUS_PATH, type TapRequest, type TapTransport } from './tap-transport.ts';

export const DEFAULT_SOCKET_PATH = '/run/podwire/control-plane.sock';

const MAX_STATUS_BYTES = 64 * 1024;
const OK = 200;
const NOT_FOUND = 404;

export class UnixSocketTransport implements TapTransport, StatusSource {
	readonly #socketPath: string;

	constructor(socketPath: string) {
		this.#socketPath = socketPath;
	}

	async open(
		{ path, parameters }: TapRequest,
		signal: AbortSignal,
		onSent?: () => void,
	): Promise<AsyncIterable<Uint8Array>> {
		const query = parameters.toString();
		const options = {
			method: 'GET',
			path: query === '' ? path : `${path}?${query}`,
			headers: { Accept: `${PROTOBUF_STREAM_TYPE}; ${SHARED_HEADERS}` },
			signal,
		};
		const response = await this.#send(options, onSent);
		if (response.statusCode !== OK) throw await refusal(response);
		return response;
	}

	async endTap(tap: string): Promise<void> {
		const path = `${API_BASE_PATH}/taps/${encodeURIComponent(tap)}`;
		const response = await this.#send({ method: 'DELETE', path });
		const status = response.statusCode ?? 0;
		if (status >= OK && status < 300) response.resume();
		else if (status !== NOT_FOUND) throw await refusal(response);
		else response.resume(); // it has ended already
	}

	/** As it came. Throws ControlPlaneUnreachableError or ControlPlaneRefusedError. */
	async readStatus(timeoutMs: number): Promise<unknown> {
		const response = await this.#send({ method: 'GET', path: STATUS_PATH, signal: AbortSignal.timeout(timeoutMs) });
		if (response.statusCode !== OK) throw await refusal(response);
		try {
			return await json(response);
		} catch (cause) {
			throw this.#unreachable(cause as NodeJS.ErrnoException);
		}
	}

	#send(options: RequestOptions, onSent?: () => void): Promise<IncomingMessage> {
		return new Promise((resolve, reject) => {
			const sent: ClientRequest = request({ ...options, socketPath: this.#socketPath, agent: false });
			if (onSent !== undefined) sent.once('finish', onSent);
			sent.once('response', resolve);
			sent.on('error', (cause) => reject(this.#unreachable(cause)));
			sent.end();
		});
	}

	#unreachable(cause: NodeJS.ErrnoException): ControlPlaneUnreachableError {
		return new ControlPlaneUnreachableError(unreachableSentence(this.#socketPath, cause), { cause });
	}
}

function unreachableSentence(socketPath: string, { code, message }: NodeJS.ErrnoException): string {
	switch (code) {
		case 'ENOENT':
		case 'ECONNREFUSED':
			return `no Podwire runs on this machine (nothing listens at ${socketPath}); start it in another terminal: sudo podwire up`;
		case 'EACCES':
		case 'EPERM':
			return `only its owner may use the local Podwire at ${socketPath}; try it with sudo`;
		default:
			return `the control plane at ${socketPath} does not answer: ${message}`;
	}
}

/** The sentence of a metav1.Status, or the status line when there is none. */
async function refusal(response: IncomingMessage): Promise<ControlPlaneRefusedError> {
	const status = response.statusCode ?? 0;
	let body = '';
	response.setEncoding('utf8');
	for await (const chunk of response) {
		body += chunk;
		if (body.length > MAX_STATUS_BYTES) break;
	}
	return new ControlPlaneRefusedError(status, statusMessage(body) ?? `the control plane answered ${status}`);
}

function statusMessage(text: string): string | null {
	try {
		const { message } = JSON.parse(text) as { message?: unknown };
		return typeof message === 'string' && message !== '' ? message : null;
	} catch {
		return null;
	}
}
