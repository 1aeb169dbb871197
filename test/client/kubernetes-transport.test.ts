import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { BegunTransport } from '../../src/client/begun-transport.ts';
import { ControlPlaneRefusedError, ControlPlaneUnreachableError } from '../../src/client/errors.ts';
import { KubernetesTransport } from '../../src/client/kubernetes-transport.ts';
import type { TapEvent } from '../../src/client/tap-events.ts';
import { TapStream } from '../../src/client/tap-stream.ts';
import { ClusterAccess } from '../../src/kubernetes/cluster-access.ts';
import { type ClusterOverrides, chooseCluster, NO_OVERRIDES } from '../../src/kubernetes/cluster-choice.ts';
import { readKubeconfig } from '../../src/kubernetes/kubeconfig-files.ts';
import { systemClock } from '../../src/messaging/clock.ts';
import { wire } from '../../src/messaging/wire.ts';
import { TestAuthority } from './certificates.ts';
import { forbidden, KubeServer, type KubeServerOptions, status } from './kube-server.ts';
import { batchFrame, type ServedStream } from './stream-server.ts';

const started = { started: { tap: 't-0000abcd', description: 'deploy/frontend in shop', pods: [{ name: 'a' }] } };
const ended = { ended: { reason: wire.EndReason.END_REASON_STOPPED } };
const request = {
	path: '/apis/tap.podwire.dev/v1alpha1/watch/namespaces/shop/deployments/frontend/tap',
	parameters: new URLSearchParams({ status: '5xx' }),
};
const everywhere = { ...request, path: '/apis/tap.podwire.dev/v1alpha1/watch/pods/-/tap' };
const JANE = { token: 'let-jane-in' };
const tokens = { 'let-jane-in': 'jane', 'let-robot-in': 'system:serviceaccount:ci:robot' };
const endsAtOnce = (stream: ServedStream) => stream.end(started, ended);

interface StreamOptions {
	readonly overrides?: Partial<ClusterOverrides>;
	readonly env?: Record<string, string>;
	readonly asked?: typeof request;
	readonly openTimeoutMs?: number;
}

async function streamOf(kubeconfig: string, options: StreamOptions = {}): Promise<TapStream> {
	const { asked = request } = options;
	return new TapStream({ transport: await transportOf(kubeconfig, options), request: asked, clock: systemClock });
}

async function transportOf(kubeconfig: string, options: StreamOptions): Promise<KubernetesTransport> {
	const { overrides = {}, env = {}, openTimeoutMs } = options;
	const config = await readKubeconfig({ explicit: kubeconfig, env, home: '/' });
	const choice = chooseCluster(config, { ...NO_OVERRIDES, ...overrides });
	if (choice === null) throw new Error('no cluster');
	const access = new ClusterAccess(choice, { env, clock: systemClock, interactive: false });
	return new KubernetesTransport(access, openTimeoutMs);
}

async function collect(stream: TapStream, onEvent: (event: TapEvent) => void = () => undefined): Promise<string[]> {
	const kinds: string[] = [];
	for await (const event of stream.events()) {
		kinds.push(event.kind === 'batch' ? `batch ${event.batch.number}` : event.kind);
		onEvent(event);
	}
	return kinds;
}

async function serve(t: ExecutionContext, options: KubeServerOptions = {}): Promise<KubeServer> {
	return KubeServer.start(t, { tokens, onStream: endsAtOnce, ...options });
}

async function refusal(stream: TapStream): Promise<ControlPlaneRefusedError> {
	try {
		await collect(stream);
	} catch (error) {
		if (error instanceof ControlPlaneRefusedError) return error;
		throw error;
	}
	throw new Error('it was not refused');
}

async function unreachable(stream: TapStream): Promise<string> {
	try {
		await collect(stream);
	} catch (error) {
		if (error instanceof ControlPlaneUnreachableError) return error.message;
		throw error;
	}
	throw new Error('it was reached');
}

test('the request is the watch path with the filters and the accepted type, signed in', async (t) => {
	const server = await serve(t);
	t.deepEqual(await collect(await streamOf(server.kubeconfig(JANE))), ['started', 'ended']);
	const [seen] = server.requests;
	t.is(seen?.method, 'GET');
	t.is(seen?.path, `${request.path}?status=5xx`);
	t.is(seen?.headers.accept, 'application/vnd.podwire.v1+protobuf; headers=shared');
	t.is(seen?.headers['user-agent'], 'podwire');
	t.is(seen?.user, 'jane');
});

test('a client certificate, as data and as files beside the kubeconfig, signs in', async (t) => {
	const server = await serve(t);
	const { certificate, key } = await server.authority.issue({ subject: 'CN=carol' });
	const data = (text: string) => Buffer.from(text).toString('base64');
	const user = { 'client-certificate-data': data(certificate), 'client-key-data': data(key) };
	await collect(await streamOf(server.kubeconfig(user)));
	server.file('carol.crt', certificate);
	server.file('carol.key', key);
	await collect(await streamOf(server.kubeconfig({ 'client-certificate': 'carol.crt', 'client-key': 'carol.key' })));
	t.deepEqual(
		server.requests.map((seen) => seen.user),
		['carol', 'carol'],
	);
});

test('a token file is read again for each request', async (t) => {
	const server = await serve(t, { tokens: { one: 'first', two: 'second' } });
	const tokenFile = server.file('token', 'one\n');
	const access = server.kubeconfig({ tokenFile: 'token' });
	await collect(await streamOf(access));
	server.file('token', 'two\n');
	await collect(await streamOf(access));
	t.deepEqual(
		server.requests.map((seen) => seen.user),
		['first', 'second'],
		tokenFile,
	);
});

test('name and password sign in', async (t) => {
	const server = await serve(t, { passwords: ['jane:open sesame'] });
	await collect(await streamOf(server.kubeconfig({ username: 'jane', password: 'open sesame' })));
	t.is(server.requests[0]?.user, 'jane');
});

test('impersonation of the kubeconfig, and the flags that replace it, go into headers', async (t) => {
	const server = await serve(t);
	const kubeconfig = server.kubeconfig({
		...JANE,
		as: 'jürgen',
		'as-groups': ['a', 'b'],
		'as-uid': '42',
		'as-user-extra': { 'example.org/Team': ['x', 'y'] },
	});
	await collect(await streamOf(kubeconfig));
	await collect(
		await streamOf(kubeconfig, { overrides: { impersonation: { user: 'bob', groups: ['ops'], uid: null } } }),
	);
	const [own, replaced] = server.requests.map(({ headers }) => headers);
	t.is(Buffer.from(String(own?.['impersonate-user']), 'latin1').toString('utf8'), 'jürgen');
	t.is(own?.['impersonate-group'], 'a, b');
	t.is(own?.['impersonate-uid'], '42');
	t.is(own?.['impersonate-extra-example.org%2f%54eam'], 'x, y');
	t.is(replaced?.['impersonate-user'], 'bob');
	t.is(replaced?.['impersonate-group'], 'ops');
	t.is(replaced?.['impersonate-uid'], undefined);
});

test('tls-server-name is asked for and checked, and a certificate of another name is refused', async (t) => {
	const server = await serve(t, { serverCertificate: { addresses: [], names: ['kube.example'] } });
	const named = server.kubeconfig(JANE, { cluster: { 'tls-server-name': 'kube.example' } });
	t.deepEqual(await collect(await streamOf(named)), ['started', 'ended']);
	t.is(server.requests[0]?.serverName, 'kube.example');
	t.regex(await unreachable(await streamOf(server.kubeconfig(JANE))), /is not who it should be.*--tls-server-name/);
	const skipping = server.kubeconfig(JANE, { cluster: { 'insecure-skip-tls-verify': true } });
	t.deepEqual(await collect(await streamOf(skipping)), ['started', 'ended']);
});

test('a server of another authority, or whose certificate has expired, is not believed', async (t) => {
	const server = await serve(t);
	const other = await TestAuthority.create();
	const certificateAuthority = server.file('other.crt', other.certificate);
	const kubeconfig = server.kubeconfig(JANE);
	t.regex(
		await unreachable(await streamOf(kubeconfig, { overrides: { certificateAuthority } })),
		/not from the certificate authority that the kubeconfig names/,
	);
	t.is(server.requests.length, 0);
	const old = await serve(t, { serverCertificate: { notAfter: new Date(Date.now() - 86_400_000) } });
	t.regex(await unreachable(await streamOf(old.kubeconfig(JANE))), /the API server's certificate has expired/);
});

test('who does not answer is named with its address and why', async (t) => {
	const server = await serve(t);
	const kubeconfig = server.kubeconfig(JANE);
	await server.stop();
	t.is(
		await unreachable(await streamOf(kubeconfig)),
		`the API server at ${server.url} does not answer: nothing listens there; is the cluster running, and is that its address?`,
	);
	const plain = createHttpServer((_, response) => response.end('hello'));
	plain.listen(0, '127.0.0.1');
	await once(plain, 'listening');
	t.teardown(() => plain.close());
	const address = `https://127.0.0.1:${(plain.address() as AddressInfo).port}`;
	t.regex(
		await unreachable(await streamOf(kubeconfig, { overrides: { server: address } })),
		/does not speak TLS on that port/,
	);
	const key = server.file('x.key', 'not a key');
	const certificate = server.file('x.crt', 'not a certificate');
	await server.listen();
	t.regex(
		await unreachable(await streamOf(kubeconfig, { overrides: { clientCertificate: certificate, clientKey: key } })),
		/is not PEM/,
	);
});

test('a server that takes the connection and says nothing is given up', async (t) => {
	const server = await serve(t);
	const overrides = { server: await silentServer(t) };
	const stream = await streamOf(server.kubeconfig(JANE), { overrides, openTimeoutMs: 300 });
	t.is(await unreachable(stream), 'it said nothing for 0.3 s');
});

test('a request that was begun before is given up the same way, also when TLS never begins', async (t) => {
	const server = await serve(t);
	const overrides = { server: await silentServer(t) };
	const transport = await transportOf(server.kubeconfig(JANE), { overrides, openTimeoutMs: 300 });
	const begun = new BegunTransport(transport, request, systemClock);
	await begun.sent;
	const stream = new TapStream({ transport: begun, request, clock: systemClock });
	t.is(await unreachable(stream), 'it said nothing for 0.3 s');
});

/** Takes connections and never says a word; its address. */
async function silentServer(t: ExecutionContext): Promise<string> {
	const sockets: Socket[] = [];
	const silent = createTcpServer((socket) => sockets.push(socket.on('error', () => undefined)));
	silent.listen(0, '127.0.0.1');
	await once(silent, 'listening');
	t.teardown(() => {
		for (const socket of sockets) socket.destroy();
		silent.close();
	});
	return `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
}

test('401 tells whose credentials they were, and when a certificate expired', async (t) => {
	const server = await serve(t);
	const stranger = await refusal(await streamOf(server.kubeconfig({ token: 'wrong' })));
	t.is(stranger.status, 401);
	t.is(stranger.code, 'PERMISSION');
	t.is(
		stranger.message,
		`cluster production (${server.url}) does not accept the credentials of user "jane"; sign in again, or get a new kubeconfig`,
	);
	const { certificate, key } = await server.authority.issue({
		subject: 'CN=jane',
		notAfter: new Date('2026-01-02T03:04:05Z'),
	});
	server.file('jane.crt', certificate);
	server.file('jane.key', key);
	const expired = await refusal(
		await streamOf(server.kubeconfig({ 'client-certificate': 'jane.crt', 'client-key': 'jane.key' })),
	);
	t.regex(expired.message, /the client certificate expired on 2026-01-02; get a new kubeconfig$/);
});

test('a plugin is asked again when its token is refused, once', async (t) => {
	const server = await serve(t, { tokens: { run2: 'jane' } });
	const count = server.file('count', '');
	const plugin = server.file(
		'plugin',
		`#!${process.execPath}
const fs = require('fs');
fs.appendFileSync(${JSON.stringify(count)}, '.');
const status = { token: 'run' + fs.readFileSync(${JSON.stringify(count)}, 'utf8').length };
console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status }));`,
		0o700,
	);
	const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin', interactiveMode: 'Never' };
	t.is(plugin, `${server.directory}/plugin`);
	const kubeconfig = server.kubeconfig({ exec });
	t.deepEqual(await collect(await streamOf(kubeconfig)), ['started', 'ended']);
	t.deepEqual(
		server.requests.map(({ user }) => user),
		['', 'jane'],
	);
	const refused = await refusal(await streamOf(kubeconfig));
	t.is(refused.status, 401);
	t.is(server.requests.length, 4);
});

test("who shows no credentials is told so, and a token that was typed is nobody else's", async (t) => {
	const server = await serve(t, { refuse: (_, user) => forbidden(user, 'deployments/tap', 'shop') });
	const nobody = await refusal(await streamOf(server.kubeconfig({})));
	t.regex(
		nobody.message,
		/User "system:anonymous" cannot watch .*; no credentials were shown: name a user with --user/,
	);
	const wrong = await refusal(await streamOf(server.kubeconfig(JANE), { overrides: { token: 'x' } }));
	t.regex(wrong.message, /does not accept the credentials given; sign in again/);
});

test("403 of the API server's authorisers gets the command that mends it", async (t) => {
	const cases = [
		[
			'deployments/tap',
			'shop',
			request,
			'rolebinding podwire-viewer-jane --clusterrole=podwire-viewer --user=jane -n shop',
		],
		[
			'deployments/bodies',
			'shop',
			request,
			'rolebinding podwire-bodies-jane --clusterrole=podwire-bodies --user=jane -n shop',
		],
		[
			'pods/unredacted',
			'shop',
			request,
			'rolebinding podwire-unredacted-jane --clusterrole=podwire-unredacted --user=jane -n shop',
		],
		['pods/tap', null, everywhere, 'clusterrolebinding podwire-viewer-jane --clusterrole=podwire-viewer --user=jane'],
	] as const;
	for (const [resource, namespace, asked, command] of cases) {
		const server = await serve(t, { refuse: (_, user) => forbidden(user, resource, namespace) });
		const { status: code, message } = await refusal(await streamOf(server.kubeconfig(JANE), { asked }));
		t.is(code, 403);
		t.true(message.startsWith(JSON.parse(forbidden('jane', resource, namespace).body).message), message);
		t.true(message.endsWith(`; whoever runs the cluster allows it with: kubectl create ${command}`), message);
	}
	const robots = await serve(t, { refuse: (_, user) => forbidden(user, 'deployments/tap', 'shop') });
	const robot = await refusal(await streamOf(robots.kubeconfig({ token: 'let-robot-in' })));
	t.regex(
		robot.message,
		/rolebinding podwire-viewer-robot --clusterrole=podwire-viewer --serviceaccount=ci:robot -n shop$/,
	);
	const words =
		'"jane" may not watch deployments.tap.podwire.dev/bodies of "frontend" in namespace shop; the ClusterRole podwire-bodies grants it';
	const reviewed = await serve(t, { refuse: () => status(403, 'Forbidden', words) });
	const bodies = await refusal(await streamOf(reviewed.kubeconfig(JANE)));
	t.is(
		bodies.message,
		`${words}; whoever runs the cluster allows it with: kubectl create rolebinding podwire-bodies-jane --clusterrole=podwire-bodies --user=jane -n shop`,
	);
	const odd = await serve(t, { refuse: () => forbidden('o\'neil \\"x\\"', 'deployments/tap', 'shop') });
	const quoted = await refusal(await streamOf(odd.kubeconfig(JANE)));
	t.true(quoted.message.endsWith(`--user='o'\\''neil "x"' -n shop`), quoted.message);
});

test('403 where Podwire is not installed says so, since no role would help', async (t) => {
	const server = await serve(t, {
		installed: false,
		refuse: (_, user) => forbidden(user, 'deployments/tap', 'shop'),
	});
	const { message } = await refusal(await streamOf(server.kubeconfig(JANE)));
	t.is(
		message,
		`Podwire is not installed in cluster production (${server.url}); install it with: podwire install | kubectl apply -f -`,
	);
});

test('404 of the API server is no Podwire, 404 of the control plane is no such target', async (t) => {
	const without = await serve(t, { installed: false });
	const none = await refusal(await streamOf(without.kubeconfig(JANE)));
	t.regex(none.message, /^Podwire is not installed in cluster production .*podwire install \| kubectl apply -f -$/);
	const server = await serve(t, { refuse: () => status(404, 'NotFound', 'there is no deployment frontend in shop') });
	const missing = await refusal(await streamOf(server.kubeconfig(JANE)));
	t.is(missing.message, 'there is no deployment frontend in shop');
	t.is(missing.code, 'NOT_FOUND');
});

test('503 of the aggregator is a control plane that is not there, and one of its own keeps its words', async (t) => {
	const down = await serve(t, { refuse: () => ({ status: 503, body: 'service unavailable\n' }) });
	const gone = await refusal(await streamOf(down.kubeconfig(JANE)));
	t.regex(
		gone.message,
		/^Podwire's control plane in cluster production .* is not available \(service unavailable\); see: kubectl get pods -n podwire$/,
	);
	const busy = await serve(t, { refuse: () => status(503, 'ServiceUnavailable', 'NATS is not reached yet') });
	t.is((await refusal(await streamOf(busy.kubeconfig(JANE)))).message, 'NATS is not reached yet');
});

test('a cut stream is taken up again through 5xx and 429, as late as it asks for', async (t) => {
	const askedAtMs: number[] = [];
	const server = await serve(t, {
		refuse: (index) => {
			askedAtMs.push(performance.now());
			if (index === 1) return { status: 502, body: 'bad gateway' };
			if (index === 2) return status(429, 'TooManyRequests', 'slow down', { 'retry-after': '1' });
			return null;
		},
		onStream: (stream, index) => {
			if (index > 0) return stream.end(started, batchFrame({ number: 2 }), ended);
			stream.send(started, batchFrame({ number: 1 }));
			setTimeout(() => stream.cut(), 20);
		},
	});
	t.deepEqual(await collect(await streamOf(server.kubeconfig(JANE))), [
		'started',
		'batch 1',
		'lost',
		'back',
		'started',
		'batch 2',
		'ended',
	]);
	t.is(server.requests.at(-1)?.path, `${request.path}?status=5xx&tap=t-0000abcd`);
	t.true((askedAtMs[3] ?? 0) - (askedAtMs[2] ?? 0) >= 990, `${askedAtMs}`);
});

test('an API server that has just started may refuse before it knows its users', async (t) => {
	const server = await serve(t, {
		refuse: (index, user) => (index === 1 || index === 2 ? forbidden(user, 'deployments/tap', 'shop') : null),
		onStream: (stream, index) => {
			if (index > 0) return stream.end(started, ended);
			stream.send(started);
			setTimeout(() => stream.cut(), 20);
		},
	});
	t.deepEqual(await collect(await streamOf(server.kubeconfig(JANE))), ['started', 'lost', 'back', 'started', 'ended']);
});

test('a right that stays withdrawn ends the stream', async (t) => {
	const server = await serve(t, {
		refuse: (index, user) => (index > 0 ? forbidden(user, 'deployments/tap', 'shop') : null),
		onStream: (stream) => {
			stream.send(started);
			setTimeout(() => stream.cut(), 20);
		},
	});
	const error = await refusal(await streamOf(server.kubeconfig(JANE)));
	t.is(error.status, 403);
});

test('the end is a DELETE in the namespace of the path, or in none', async (t) => {
	for (const [asked, path] of [
		[request, '/apis/tap.podwire.dev/v1alpha1/namespaces/shop/taps/t-0000abcd'],
		[everywhere, '/apis/tap.podwire.dev/v1alpha1/taps/t-0000abcd'],
	] as const) {
		let served: ServedStream | undefined;
		const deleted: string[] = [];
		const server = await serve(t, {
			onStream: (stream) => {
				served = stream;
				stream.send(started);
			},
			onDelete: (each) => {
				deleted.push(each);
				served?.end(batchFrame({ number: 1, last: true }), ended);
				return undefined;
			},
		});
		const stream = await streamOf(server.kubeconfig(JANE), { asked });
		const kinds = await collect(stream, (event) => {
			if (event.kind === 'started') void stream.stop();
		});
		t.deepEqual(kinds, ['started', 'batch 1', 'ended']);
		t.deepEqual(deleted, [path]);
	}
});

test('who may not end a tap, or comes too late, waits for what still comes', async (t) => {
	for (const code of [403, 404]) {
		let served: ServedStream | undefined;
		const server = await serve(t, {
			onStream: (stream) => {
				served = stream;
				stream.send(started);
			},
			onDelete: () => {
				setTimeout(() => served?.end(batchFrame({ number: 1 }), ended), 50);
				return status(code, 'x', 'no');
			},
		});
		const stream = await streamOf(server.kubeconfig(JANE));
		const kinds = await collect(stream, (event) => {
			if (event.kind === 'started') void stream.stop();
		});
		t.deepEqual(kinds, ['started', 'batch 1', 'ended']);
	}
});

test('an HTTP proxy of the kubeconfig or the environment is gone through, and NO_PROXY is not', async (t) => {
	const server = await serve(t, { serverCertificate: { addresses: ['127.0.0.1'], names: ['kube.test'] } });
	const tunnels: string[] = [];
	const proxy = createHttpServer();
	proxy.on('connect', (asked, socket) => {
		tunnels.push(`${asked.url} ${asked.headers['proxy-authorization'] ?? ''}`);
		const upstream = connect(server.port, '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 OK\r\n\r\n');
			upstream.pipe(socket).pipe(upstream);
		});
		upstream.on('error', () => socket.destroy());
		socket.on('error', () => upstream.destroy());
	});
	proxy.listen(0, '127.0.0.1');
	await once(proxy, 'listening');
	t.teardown(() => proxy.close());
	const address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
	const far = `https://kube.test:${server.port}`;

	const configured = server.kubeconfig(JANE, { cluster: { server: far, 'proxy-url': `http://me:secret@${address}` } });
	t.deepEqual(await collect(await streamOf(configured)), ['started', 'ended']);
	const basic = Buffer.from('me:secret').toString('base64');
	t.deepEqual(tunnels.splice(0), [`kube.test:${server.port} Basic ${basic}`]);

	const plain = server.kubeconfig(JANE, { cluster: { server: far } });
	t.deepEqual(await collect(await streamOf(plain, { env: { HTTPS_PROXY: address } })), ['started', 'ended']);
	t.is(tunnels.length, 1);
	const env = { https_proxy: address, no_proxy: 'example.org,.test' };
	await unreachable(await streamOf(plain, { env })); // there is no such host
	await collect(await streamOf(server.kubeconfig(JANE), { env: { HTTPS_PROXY: address } })); // never for this machine
	t.is(tunnels.length, 1);
});

test('a SOCKS5 proxy is gone through', async (t) => {
	const server = await serve(t, { serverCertificate: { addresses: [], names: ['kube.test'] } });
	const asked: string[] = [];
	// RFC 1928: a greeting (section 3), then a request with a name (sections 4 and 5).
	const proxy = createTcpServer((socket) => {
		socket.on('error', () => undefined);
		socket.once('data', () => {
			socket.write(Buffer.from([5, 0]));
			socket.once('data', (wanted: Buffer) => {
				asked.push(
					`${wanted[3]} ${wanted.subarray(5, 5 + (wanted[4] ?? 0)).toString()} ${wanted.readUInt16BE(wanted.length - 2)}`,
				);
				const upstream = connect(server.port, '127.0.0.1', () => {
					socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
					upstream.pipe(socket).pipe(upstream);
				});
				upstream.on('error', () => socket.destroy());
			});
		});
	});
	proxy.listen(0, '127.0.0.1');
	await once(proxy, 'listening');
	t.teardown(() => proxy.close());
	const cluster = {
		server: `https://kube.test:${server.port}`,
		'proxy-url': `socks5h://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
	};
	t.deepEqual(await collect(await streamOf(server.kubeconfig(JANE, { cluster }))), ['started', 'ended']);
	t.deepEqual(asked, [`3 kube.test ${server.port}`]);
});
