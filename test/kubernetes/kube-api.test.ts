import { once } from 'node:events';
import { Agent, createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { KubeStatusError, KubeUnreachableError } from '../../src/kubernetes/errors.ts';
import { type ApiAccess, KubeApi } from '../../src/kubernetes/kube-api.ts';
import { TestAuthority } from '../client/certificates.ts';
import { KubeServer, status } from '../client/kube-server.ts';

const GROUP = '/apis/tap.podwire.dev/v1alpha1';

/** Answers the first request of a connection, and closes it when there is a second one. */
async function closingServer(t: ExecutionContext): Promise<{ access: ApiAccess; seen: string[] }> {
	const authority = await TestAuthority.create();
	const { certificate, key } = await authority.issue({ subject: 'CN=kube', addresses: ['127.0.0.1'] });
	const seen: string[] = [];
	const known = new WeakSet<object>();
	const server: Server = createServer({ cert: certificate, key }, (request, response) => {
		seen.push(`${request.method} ${request.url}`);
		if (known.has(request.socket)) return request.socket.destroy();
		known.add(request.socket);
		return response.end('{"ok":true}');
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const agent = new Agent({ keepAlive: true });
	t.teardown(() => {
		agent.destroy();
		server.closeAllConnections();
		server.close();
	});
	const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const access: ApiAccess = {
		getCurrentCluster: () => ({ server: url }),
		applyToHTTPSOptions: async (options) => {
			options.ca = authority.certificate;
			options.agent = agent;
		},
	};
	return { access, seen };
}

test('a connection of the pool that the server has closed is replaced, but nothing is made twice', async (t) => {
	const { access, seen } = await closingServer(t);
	const api = new KubeApi(access);
	t.deepEqual(await api.json({ path: '/a' }), { ok: true });
	t.deepEqual(await api.json({ path: '/b' }), { ok: true });
	t.deepEqual(seen, ['GET /a', 'GET /b', 'GET /b']);
	const made = await closingServer(t);
	const other = new KubeApi(made.access);
	await other.json({ path: '/a' });
	await t.throwsAsync(other.json({ method: 'POST', path: '/b', body: {} }), { instanceOf: KubeUnreachableError });
	t.deepEqual(made.seen, ['GET /a', 'POST /b']);
	const reviews = await closingServer(t);
	const asking = new KubeApi(reviews.access);
	await asking.json({ path: '/a' });
	const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
	t.deepEqual(await asking.json({ method: 'POST', path, body: {} }), { ok: true });
});

test('a refusal keeps code, reason, sentence and when to come again', async (t) => {
	const server = await KubeServer.start(t, {
		tokens: { x: 'jane' },
		refuse: (index) =>
			index === 0 ? status(429, 'TooManyRequests', 'slow down', { 'retry-after': '7' }) : { status: 502, body: 'oh\n' },
	});
	const { KubeConfig } = await import('@kubernetes/client-node');
	const config = new KubeConfig();
	config.loadFromFile(server.kubeconfig({ token: 'x', as: 'carol' }));
	// The library's own KubeConfig is one way to reach a server; what is given beside it wins.
	const api = new KubeApi(config, { user: 'dave', groups: ['a'], uid: null });
	const first = await t.throwsAsync(api.json({ path: '/x' }), { instanceOf: KubeStatusError });
	t.like(first, { status: 429, reason: 'TooManyRequests', message: 'slow down', retryAfterMs: 7000 });
	const second = await t.throwsAsync(api.json({ path: '/x' }), { instanceOf: KubeStatusError });
	t.like(second, { status: 502, reason: '', message: 'oh', retryAfterMs: null });
	t.deepEqual(await api.json({ path: GROUP }), { kind: 'APIResourceList' });
	t.is(server.requests[0]?.headers['impersonate-user'], 'dave');
	t.is(server.requests[0]?.headers['impersonate-group'], 'a');
});
