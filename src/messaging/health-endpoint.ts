/** A daemon's health for who watches over it: HTTP, `/healthz` and `/readyz`, as the kubelet asks. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PodwireError } from './errors.ts';

export interface HealthAddress {
	/** Without the brackets of an IPv6 address. */
	readonly host: string;
	/** 0: one that is free. */
	readonly port: number;
}

type Check = () => string | null | Promise<string | null>;

/** Neither rejects. */
export interface HealthChecks {
	/** Why the daemon is not in order, in one sentence; null when it is. */
	readonly alive: Check;
	/** Why it cannot do its work now; null when it can. */
	readonly ready: Check;
}

export interface HealthEndpoint {
	readonly port: number;
	close(): Promise<void>;
}

/** A probe is one short request without a body. */
const REQUEST_TIMEOUT_MS = 5000;
const MAX_HEADER_BYTES = 4096;
const MAX_CONNECTIONS = 16;

function answer(response: ServerResponse, status: number, text: string): void {
	response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
	response.end(`${text}\n`);
}

function makeServer({ alive, ready }: HealthChecks): Server {
	const options = { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_TIMEOUT_MS };
	const checks = new Map<string, Check>([
		['/healthz', alive],
		['/readyz', ready],
	]);
	const server = createServer(options, async (request, response) => {
		const check = checks.get(request.url?.split('?')[0] ?? '');
		if (check === undefined) return answer(response, 404, 'only /healthz and /readyz are here');
		if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, 'only GET is answered');
		const problem = await check();
		answer(response, problem === null ? 200 : 503, problem ?? 'ok');
	});
	server.maxConnections = MAX_CONNECTIONS;
	return server;
}

/** `setting`: where its address comes from. Throws PodwireError when it cannot be listened at. */
export async function startHealthEndpoint(
	address: HealthAddress,
	checks: HealthChecks,
	setting: string,
): Promise<HealthEndpoint> {
	const server = makeServer(checks);
	await new Promise<void>((resolve, reject) => {
		server.once('error', (cause: NodeJS.ErrnoException) => {
			const taken = cause.code === 'EADDRINUSE';
			const how = taken ? `it is in use: set ${setting} to another port` : cause.message;
			const sentence = `The health endpoint cannot listen at ${address.host} port ${address.port}: ${how}`;
			reject(new PodwireError(taken ? 'PORT_IN_USE' : 'CONFIGURATION', sentence, { cause }));
		});
		server.listen(address.port, address.host, resolve);
	});
	return {
		port: (server.address() as AddressInfo).port,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
