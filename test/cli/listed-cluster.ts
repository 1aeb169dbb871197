/** An API server with a few lists, for completion. */
import type { ExecutionContext } from 'ava';
import { type Answer, KubeServer, status } from '../client/kube-server.ts';

export const TOKENS = { 'let-jane-in': 'jane' };

/** As an API server answers a list as a table. https://kubernetes.io/docs/reference/using-api/api-concepts/ */
export function table(names: readonly string[], next = ''): Answer {
	return {
		status: 200,
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({
			kind: 'Table',
			apiVersion: 'meta.k8s.io/v1',
			metadata: { resourceVersion: '7', ...(next !== '' && { continue: next }) },
			columnDefinitions: [
				{ name: 'Ready', type: 'string', format: '' },
				{ name: 'Name', type: 'string', format: 'name' },
			],
			rows: names.map((name) => ({ cells: ['1/1', name], object: null })),
		}),
	};
}

/** By path; the list of two pages is answered by two requests. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
	'/api/v1/namespaces': ['default', 'shop', 'web'],
	'/api/v1/namespaces/shop/pods': ['backend-5f-abc', 'frontend-7d4-x2x'],
	'/api/v1/namespaces/web/pods': ['nginx-0'],
	'/api/v1/namespaces/shop/services': ['backend', 'frontend'],
	'/apis/apps/v1/namespaces/shop/deployments': ['backend', 'batch', 'frontend'],
	'/apis/apps/v1/namespaces/web/deployments': ['nginx'],
};

/** With a context whose name has colons, as some clouds call theirs. */
export async function cluster(t: ExecutionContext): Promise<{ server: KubeServer; env: NodeJS.ProcessEnv }> {
	const server = await KubeServer.start(t, {
		tokens: TOKENS,
		onGet: (path) => {
			const url = new URL(path, 'https://server');
			const names = LISTS[url.pathname];
			if (names === undefined) return status(403, 'Forbidden', 'no');
			if (url.pathname !== '/apis/apps/v1/namespaces/shop/deployments') return table(names);
			return url.searchParams.has('continue') ? table(names.slice(2)) : table(names.slice(0, 2), 'page-2');
		},
	});
	return { server, env: { KUBECONFIG: server.kubeconfig({ token: 'let-jane-in' }, { namespace: 'shop' }) } };
}
