/** The control plane's HTTP API, whatever listens for it. */
import type { StatusJson } from '../../messaging/status-json.ts';
import { NDJSON_STREAM_TYPE, PROTOBUF_STREAM_TYPE, SHARED_HEADERS } from '../../messaging/stream-types.ts';
import type { AccessControl } from '../access/tap-access.ts';
import type { User } from '../access/user.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { Log } from '../log.ts';
import { unreadableRecords } from '../tap-words.ts';
import { acceptedOf, acceptsWith, JSON_TYPE } from './accept.ts';
import { ApiError, type StatusObject, statusOf, successStatus } from './api-errors.ts';
import { NdjsonStream, ProtobufStream } from './client-stream.ts';
import { discoveryAt } from './discovery.ts';
import { type ApiRequest, type ApiResponse, breakOff } from './http-messages.ts';
import { openApiAt } from './openapi.ts';
import { API_PATH, tapRequestOf } from './tap-path.ts';

export interface ApiOptions {
	readonly controlPlane: ControlPlane;
	readonly access: AccessControl;
	readonly log: Log;
	readonly status: () => Promise<StatusJson>;
	/** Null: it is ready to serve; else why not. */
	readonly readiness: () => string | null;
}

export type ApiHandler = (request: ApiRequest, response: ApiResponse) => void;

export function createApiHandler(options: ApiOptions): ApiHandler {
	return (request, response) => {
		handle(options, request, response).catch((error: unknown) => refuse(options.log, response, error));
	};
}

async function handle(options: ApiOptions, request: ApiRequest, response: ApiResponse): Promise<void> {
	request.resume();
	response.on('error', () => {}); // the client went; `close` tells
	const url = urlOf(request);
	if (url.pathname === '/healthz') return sendText(response, 200, 'ok');
	if (url.pathname === '/readyz') {
		const problem = options.readiness();
		return problem === null ? sendText(response, 200, 'ok') : sendText(response, 503, problem);
	}
	// Before anything is said of the path: who is not proven learns nothing.
	const user = options.access.authenticate(request);
	const document = discoveryAt(url.pathname) ?? openApiAt(url.pathname);
	if (document !== null) return sendDocument(request, response, document);
	if (url.pathname === `${API_PATH}/status`) return await sendStatus(options, user, request, response);
	const tap = tapIdOf(url);
	if (tap !== null) return await endTap(options, user, tap, request, response);
	return await beginTap(options, user, url, request, response);
}

function sendDocument(request: ApiRequest, response: ApiResponse, document: object): void {
	demandMethod(request, 'GET');
	acceptedOf(request, [JSON_TYPE]);
	sendJson(response, 200, document);
}

async function sendStatus(
	{ access, status }: ApiOptions,
	user: User,
	request: ApiRequest,
	response: ApiResponse,
): Promise<void> {
	demandMethod(request, 'GET');
	acceptedOf(request, [JSON_TYPE]);
	await access.demandStatus(user);
	sendJson(response, 200, await status());
}

async function endTap(
	{ controlPlane }: ApiOptions,
	user: User,
	tap: string,
	request: ApiRequest,
	response: ApiResponse,
): Promise<void> {
	demandMethod(request, 'DELETE');
	await controlPlane.end(tap, user);
	sendJson(response, 200, successStatus(`tap ${tap} ended`));
}

async function beginTap(
	{ controlPlane, access }: ApiOptions,
	user: User,
	url: URL,
	request: ApiRequest,
	response: ApiResponse,
): Promise<void> {
	const asked = tapRequestOf(url);
	if (asked === null) throw new ApiError('NotFound', `there is nothing at ${url.pathname}`);
	demandMethod(request, 'GET');
	const type = acceptedOf(request, [NDJSON_STREAM_TYPE, PROTOBUF_STREAM_TYPE], JSON_TYPE);
	const sharedHeaders = type === PROTOBUF_STREAM_TYPE && acceptsWith(request, type, SHARED_HEADERS);
	const tapRequest = { ...asked, sharedHeaders };
	const tapAccess = access.tapAccess(user, tapRequest);
	const client = { gone: false };
	response.on('close', () => {
		client.gone = true;
	});
	await controlPlane.prepare(tapRequest, tapAccess);
	if (client.gone) return;
	// From here on without a pause, so that what was found to be free still is.
	const session = controlPlane.admit(tapRequest, tapAccess);
	response.on('close', () => session.clientGone());
	const stream =
		type === PROTOBUF_STREAM_TYPE
			? new ProtobufStream(response)
			: new NdjsonStream(response, (records) => stream.notice(unreadableRecords(records)));
	controlPlane.begin(session, stream);
}

const TAP_PATH = new RegExp(`^${API_PATH}/(?:namespaces/[^/]+/)?taps/([^/]+)$`);

function tapIdOf(url: URL): string | null {
	return TAP_PATH.exec(url.pathname)?.[1] ?? null;
}

function urlOf({ url }: ApiRequest): URL {
	const parsed = URL.parse(`http://localhost${url ?? '/'}`);
	if (parsed === null || !url?.startsWith('/')) throw new ApiError('BadRequest', 'expected a path that begins with /');
	return parsed;
}

function demandMethod({ method }: ApiRequest, expected: string): void {
	if (method !== expected) throw new ApiError('MethodNotAllowed', `expected ${expected}, got ${method}`);
}

function refuse(log: Log, response: ApiResponse, error: unknown): void {
	const status = statusOf(error);
	if (status.code >= 500) log.error({ error: error instanceof Error ? error.stack : String(error) }, status.message);
	if (response.headersSent) breakOff(response);
	else sendJson(response, status.code, status);
}

function sendJson(response: ApiResponse, code: number, value: StatusObject | object): void {
	response.writeHead(code, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
	response.end(`${JSON.stringify(value)}\n`);
}

function sendText(response: ApiResponse, code: number, text: string): void {
	response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8' });
	response.end(`${text}\n`);
}
