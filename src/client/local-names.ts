/** What the inventory of the local control plane has, by name. */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ResourceKind } from '../messaging/resource-kinds.ts';
import { API_BASE_PATH } from './tap-transport.ts';

const OK = 200;

/** Rejects when nobody answers at the socket, or it is not a Podwire of this kind. */
export async function readLocalNames(
	socketPath: string,
	kind: ResourceKind,
	namespace: string,
): Promise<readonly string[]> {
	const query = new URLSearchParams({ kind: kind.plural, namespace });
	const body = await new Promise<string>((resolve, reject) => {
		const sent = request({ socketPath, path: `${API_BASE_PATH}/names?${query}`, agent: false }, (response) => {
			if (response.statusCode === OK) text(response).then(resolve, reject);
			else reject(new Error(`${socketPath} answered ${response.statusCode}`));
		});
		sent.on('error', reject);
		sent.end();
	});
	return (JSON.parse(body) as { names: readonly string[] }).names;
}
