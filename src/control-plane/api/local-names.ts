/** Names of what an inventory file has, for completion: a cluster's come from its API server. */
import { findResourceKind, type ResourceKind } from '../../messaging/resource-kinds.ts';
import type { ApiHandler } from './api-handler.ts';
import { API_PATH } from './tap-path.ts';

export interface NamedInventory {
	/** Each once. `namespace`: for kinds that are in one. */
	names(kind: ResourceKind, namespace: string): readonly string[];
}

/** `names?kind=deployments&namespace=shop` below API_PATH; everything else is `handler`'s. Null: there is no inventory. */
export function withLocalNames(handler: ApiHandler, inventory: NamedInventory | null): ApiHandler {
	return (request, response) => {
		const url = URL.parse(`http://localhost${request.url ?? '/'}`);
		const kind = findResourceKind(url?.searchParams.get('kind') ?? '');
		if (request.method !== 'GET' || url?.pathname !== `${API_PATH}/names` || kind === null) {
			handler(request, response);
			return;
		}
		request.resume();
		const names = inventory?.names(kind, url.searchParams.get('namespace') ?? '') ?? [];
		response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
		response.end(`${JSON.stringify({ names })}\n`);
	};
}
