/** The control plane's HTTP API. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { PROTOBUF_STREAM_TYPE } from '../messaging/stream-types.ts';
import { wire } from '../messaging/wire.ts';
import { ApiError, type StatusObject, statusOf, successStatus } from './api-errors.ts';
import { NdjsonStream, ProtobufStream } from './client-stream.ts';
import type { ControlPlane } from './control-plane.ts';
import type { Log } from './log.ts';
import { statusReport } from './status-report.ts';
import { API_PATH, tapRequestOf } from './tap-path.ts';
import { unreadableRecords } from './tap-words.ts';

/** Of the request line and headers; a query with every filter repeated fits. */
const MAX_HEADER_BYTES = 64 * 1024;
export const MAX_CONNECTIONS = 1024;
const HEADERS_TIMEOUT_MS = 10_000;

export interface ApiServerOptions {
	readonly controlPlane: ControlPlane;
	readonly log: Log;
	readonly natsUrl: () => string;
}

/** Not listening yet. */
export function createApiServer(options: ApiServerOptions): Server {
	const server = createServer(
		{
			maxHeaderSize: MAX_HEADER_BYTES,
			headersTimeout: HEADERS_TIMEOUT_MS,
			requestTimeout: HEADERS_TIMEOUT_MS,
			noDelay: true,
		},
		(request, response) => {
			handle(options, request, response).catch((error: unknown) => refuse(options.log, response, error));
		},
	);
	server.maxConnections = MAX_CONNECTIONS;
	return server;
}

async function handle(options: ApiServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
	request.resume();
	response.on('error', () => {}); // the client went; `close` tells
	const url = urlOf(request);
	if (url.pathname === '/healthz') return sendText(response, 200, 'ok');
	if (url.pathname === '/readyz') {
		return options.controlPlane.isReady ? sendText(response, 200, 'ok') : sendText(response, 503, 'NATS is lost');
	}
	if (url.pathname === `${API_PATH}/status`) {
		demandMethod(request, 'GET');
		return sendJson(response, 200, statusReport(options.controlPlane, options.natsUrl()));
	}
	const tap = tapIdOf(url);
	if (tap !== null) {
		demandMethod(request, 'DELETE');
		return endTap(options.controlPlane, tap, response);
	}
	demandMethod(request, 'GET');
	beginTap(options, url, request, response);
}

function beginTap(
	{ controlPlane }: ApiServerOptions,
	url: URL,
	request: IncomingMessage,
	response: ServerResponse,
): void {
	const tapRequest = tapRequestOf(url);
	if (tapRequest === null) throw new ApiError('NotFound', `there is nothing at ${url.pathname}`);
	const session = controlPlane.admit(tapRequest);
	response.on('close', () => session.clientGone());
	const stream = wantsProtobuf(request)
		? new ProtobufStream(response)
		: new NdjsonStream(response, (records) => stream.notice(unreadableRecords(records)));
	controlPlane.begin(session, stream);
}

async function endTap(controlPlane: ControlPlane, id: string, response: ServerResponse): Promise<void> {
	const session = controlPlane.tap(id);
	if (session === null) throw new ApiError('NotFound', `there is no tap ${id}`);
	await session.stop(wire.EndReason.END_REASON_STOPPED);
	sendJson(response, 200, successStatus(`tap ${id} ended`));
}

function wantsProtobuf({ headers }: IncomingMessage): boolean {
	const types = (headers.accept ?? '').split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
	return types.includes(PROTOBUF_STREAM_TYPE);
}

function tapIdOf(url: URL): string | null {
	return new RegExp(`^${API_PATH}/taps/([^/]+)$`).exec(url.pathname)?.[1] ?? null;
}

function urlOf({ url }: IncomingMessage): URL {
	const parsed = URL.parse(`http://localhost${url ?? '/'}`);
	if (parsed === null || !url?.startsWith('/')) throw new ApiError('BadRequest', 'expected a path that begins with /');
	return parsed;
}

function demandMethod({ method }: IncomingMessage, expected: string): void {
	if (method !== expected) throw new ApiError('MethodNotAllowed', `expected ${expected}, got ${method}`);
}

function refuse(log: Log, response: ServerResponse, error: unknown): void {
	const status = statusOf(error);
	if (status.code >= 500) log.error({ error: error instanceof Error ? error.stack : String(error) }, status.message);
	if (response.headersSent) response.destroy();
	else sendJson(response, status.code, status);
}

function sendJson(response: ServerResponse, code: number, value: StatusObject | object): void {
	response.writeHead(code, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(value)}\n`);
}

function sendText(response: ServerResponse, code: number, text: string): void {
	response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
