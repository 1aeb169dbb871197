/** Parts of the cluster that scenarios take away and bring back; they run in processes of their own and ask for it by a Unix socket. */
import { createServer, request, type Server } from 'node:http';
import type { Cluster, ClusterPart } from '../cluster.ts';

export type PartName = 'api-server' | `kubelet-${string}`;
type Act = 'stop' | 'start' | 'kill';

/** Set for the scenarios; without it the cluster is somebody else's and keeps all its parts. */
export const CONTROL_SOCKET_VARIABLE = 'PODWIRE_TEST_CLUSTER_SOCKET';

const ACTS: readonly string[] = ['stop', 'start', 'kill'] satisfies Act[];

/** Listens at the path; whoever may open it may end parts of the cluster. */
export async function servePartControl(cluster: Cluster, socketPath: string): Promise<Server> {
	const parts = new Map<string, ClusterPart>([['api-server', cluster.apiServer]]);
	for (const { name, kubelet } of cluster.nodes) {
		const start = async () => kubelet.start();
		parts.set(`kubelet-${name}`, { stop: () => kubelet.stop(), kill: () => kubelet.kill(), start });
	}
	const server = createServer((asked, response) => {
		const [, name = '', act = ''] = (asked.url ?? '').split('/');
		const part = parts.get(name);
		if (part === undefined || !ACTS.includes(act)) {
			response.writeHead(404).end(`expected /PART/ACT of ${[...parts.keys()]} and ${ACTS}, got ${asked.url}\n`);
			return;
		}
		part[act as Act]().then(
			() => response.end('done\n'),
			(error: unknown) => response.writeHead(500).end(`${error}\n`),
		);
	});
	await new Promise<void>((resolve) => server.listen(socketPath, resolve));
	return server;
}

/** Null where parts cannot be taken away. */
export function partControl(): ((name: PartName, act: Act) => Promise<void>) | null {
	const socketPath = process.env[CONTROL_SOCKET_VARIABLE];
	if (socketPath === undefined) return null;
	return (name, act) =>
		new Promise((resolve, reject) => {
			const sent = request({ socketPath, path: `/${name}/${act}`, method: 'POST' }, (response) => {
				let text = '';
				response.setEncoding('utf8').on('data', (chunk: string) => {
					text += chunk;
				});
				response.on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(text))));
			});
			sent.on('error', reject);
			sent.end();
		});
}
