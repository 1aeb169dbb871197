/** What probes ask: plain HTTP, one answer, nothing of what the server's own monitoring tells. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PodwireError } from '../messaging/errors.ts';
import type { ListenAddress } from './config.ts';

export interface HealthEndpoint {
	readonly port: number;
	close(): void;
}

const PATHS = ['/healthz', '/readyz'];

export async function startHealthEndpoint(
	{ host, port }: ListenAddress,
	isHealthy: () => Promise<boolean>,
): Promise<HealthEndpoint> {
	const server = createServer(async (request, response) => {
		if (!PATHS.includes(request.url ?? '')) return void response.writeHead(404).end();
		const healthy = await isHealthy();
		response.writeHead(healthy ? 200 : 503, { 'Content-Type': 'text/plain' }).end(healthy ? 'ok\n' : 'not ready\n');
	});
	server.listen(Math.max(port, 0), host);
	try {
		await once(server, 'listening');
	} catch (cause) {
		const why = (cause as NodeJS.ErrnoException).code ?? 'it cannot be listened on';
		throw new PodwireError('PORT_IN_USE', `PODWIRE_NATS_HEALTH: ${host}:${port} is not free (${why}); give another`, {
			cause,
		});
	}
	return {
		port: (server.address() as AddressInfo).port,
		close() {
			server.close();
			server.closeAllConnections();
		},
	};
}
