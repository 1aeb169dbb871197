import { readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { type podwire as schema, wire } from '../../src/messaging/wire.ts';
import { forbidden, KubeServer, type KubeServerOptions } from '../client/kube-server.ts';
import { batchFrame, type ServedStream, StreamServer } from '../client/stream-server.ts';
import { CART, NAMES, POD } from './exchanges.ts';
import { type Outcome, PodwireProcess } from './podwire-process.ts';

type Frame = schema.v1.StreamFrame.$Properties;

const { EndReason } = wire;
const started: Frame = { started: { tap: 't-0000abcd', description: 'deploy/frontend in shop', pods: [POD] } };
const ended: Frame = { ended: { reason: EndReason.END_REASON_STOPPED } };
const tokens = { 'let-jane-in': 'jane', 'let-bob-in': 'bob' };
const JANE = { token: 'let-jane-in' };
const GROUP = '/apis/tap.podwire.dev/v1alpha1';
const NOWHERE = '/run/podwire-test-that-is-not-there.sock';

function batch(number: number, published: number, last = false): Frame {
	const exchanges = last ? [] : [CART];
	const counters = { seen: published, published };
	return batchFrame({ tap: 't-0000abcd', pod: POD, epoch: 1, number, exchanges, counters, last, names: NAMES });
}

async function serve(t: ExecutionContext, options: KubeServerOptions = {}): Promise<KubeServer> {
	return KubeServer.start(t, {
		tokens,
		onStream: (stream) => stream.end(started, batch(1, 1), batch(2, 1, true), ended),
		...options,
	});
}

function podwire(t: ExecutionContext, args: readonly string[], env: NodeJS.ProcessEnv): PodwireProcess {
	const process = new PodwireProcess(args, { env: { PODWIRE_SOCKET: NOWHERE, ...env } });
	t.teardown(() => process.dispose());
	return process;
}

function tap(t: ExecutionContext, kubeconfig: string, ...args: string[]): Promise<Outcome> {
	return podwire(t, ['tap', 'deploy/frontend', '--utc', ...args], { KUBECONFIG: kubeconfig }).exit();
}

test('with a kubeconfig a tap goes to its cluster, says so first, and ends by DELETE', async (t) => {
	let served: ServedStream | undefined;
	const deleted: string[] = [];
	const server = await serve(t, {
		onStream: (stream) => {
			served = stream;
			stream.send(started, batch(1, 1));
		},
		onDelete: (path) => {
			deleted.push(path);
			served?.end(batch(2, 1, true), ended);
			return undefined;
		},
	});
	const tapping = podwire(t, ['tap', 'deploy/frontend', '--utc'], {
		KUBECONFIG: server.kubeconfig(JANE, { namespace: 'shop' }),
	});
	await tapping.until(({ stdout }) => stdout.includes('/api/cart'), 'shown');
	tapping.child.kill('SIGINT');
	const { status, stderr } = await tapping.exit();
	t.is(status, 0);
	const said = stderr.split('\n');
	t.is(said[0], `Using cluster production (context prod, ${server.url}).`);
	t.is(said[1], 'Tapping 1 pod of deploy/frontend in shop. Ctrl-C ends it.');
	t.regex(said[2] ?? '', /1 exchange seen, 1 shown, none lost\.$/);
	t.is(server.requests[0]?.path, `${GROUP}/watch/namespaces/shop/deployments/frontend/tap?omitHeaders=true`);
	t.deepEqual(deleted, [`${GROUP}/namespaces/shop/taps/t-0000abcd`]);
});

test('targets are paths that an API server judges rightly', async (t) => {
	const server = await serve(t);
	const kubeconfig = server.kubeconfig(JANE, { namespace: 'shop' });
	for (const [args, path] of [
		['x', '/watch/namespaces/shop/pods/x/tap'],
		['x -n web', '/watch/namespaces/web/pods/x/tap'],
		['other/deploy/x deploy/y', '/watch/namespaces/other/deployments/x/tap?target=shop%2Fdeploy%2Fy'],
		['ns/web --to svc/b', '/watch/namespaces/web/namespaces/web/tap?to=shop%2Fsvc%2Fb'],
		['-l app=x', '/watch/namespaces/shop/pods/-/tap?labelSelector=app%3Dx'],
		['deploy -A --from deploy/b', '/watch/deployments/-/tap?from=shop%2Fdeploy%2Fb'],
		['ns -A', '/watch/pods/-/tap'],
	] as const) {
		server.requests.length = 0;
		const outcome = await podwire(t, ['tap', ...args.split(' ')], { KUBECONFIG: kubeconfig }).exit();
		t.is(outcome.status, 0, outcome.stderr);
		// Lines show no headers.
		const query = path.includes('?') ? '&omitHeaders=true' : '?omitHeaders=true';
		t.is(server.requests[0]?.path, GROUP + path + query, args);
	}
});

test('--as, --token, --user, --context and --kubeconfig choose who and where', async (t) => {
	const server = await serve(t);
	const ca = Buffer.from(server.authority.certificate).toString('base64');
	const two = server.file(
		'two',
		JSON.stringify({
			'current-context': 'none',
			clusters: [{ name: 'c', cluster: { server: server.url, 'certificate-authority-data': ca } }],
			users: [
				{ name: 'jane', user: JANE },
				{ name: 'bob', user: { token: 'let-bob-in' } },
			],
			contexts: [
				{ name: 'none', context: { cluster: 'gone', user: 'jane' } },
				{ name: 'work', context: { cluster: 'c', user: 'jane' } },
			],
		}),
	);
	const run = (...args: string[]) => tap(t, '/dev/null', '--kubeconfig', two, '--context', 'work', ...args);
	const impersonating = await run('--as', 'carol', '--as-group', 'a', '--as-group', 'b', '--as-uid', '7');
	t.is(impersonating.status, 0, impersonating.stderr);
	t.is((await run('--user', 'bob')).status, 0);
	t.is((await run('--token', 'let-bob-in')).status, 0);
	t.deepEqual(
		server.requests.map(({ user }) => user),
		['jane', 'bob', 'bob'],
	);
	t.like(server.requests[0]?.headers, {
		'impersonate-user': 'carol',
		'impersonate-group': 'a, b',
		'impersonate-uid': '7',
	});
	const dangling = await tap(t, two);
	t.is(dangling.status, 1);
	t.regex(dangling.stderr, /context "none" uses cluster "gone", which is not in /);
	const unknown = await tap(t, two, '--context', 'wrok2');
	t.is(unknown.status, 2);
	t.regex(unknown.stderr, /^podwire: --context: expected a context of .*two: none, work, got "wrok2"/);
});

test('an exec plugin signs in, and one that fails is told in its own words', async (t) => {
	const server = await serve(t);
	const answer = JSON.stringify({
		kind: 'ExecCredential',
		apiVersion: 'client.authentication.k8s.io/v1',
		status: { token: 'let-jane-in' },
	});
	// Slower than a control plane may be silent.
	const plugin = server.file(
		'plugin',
		`#!${process.execPath}\nsetTimeout(() => {\nif (process.argv[2] !== 'good') { console.error('session over'); process.exit(1); }\nconsole.log(${JSON.stringify(answer)});\n}, process.argv[2] === 'good' ? 6000 : 0);\n`,
		0o700,
	);
	const user = (arg: string) => ({
		exec: { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, args: [arg], interactiveMode: 'Never' },
	});
	const good = await tap(t, server.kubeconfig(user('good')));
	t.is(good.status, 0, good.stderr);
	t.is(server.requests[0]?.user, 'jane');
	const bad = await tap(t, server.kubeconfig(user('bad')));
	t.is(bad.status, 1);
	t.is(
		bad.stderr,
		`podwire: user "jane" of the kubeconfig cannot sign in: its plugin ${plugin} ended with exit status 1: session over\n`,
	);
});

test('a control plane that breaks in the middle is resumed, and what was missed is said', async (t) => {
	const server = await serve(t, {
		onStream: (stream, index) => {
			if (index > 0) {
				const resumed = { started: { ...started.started, resumed: true } };
				return stream.end(resumed, batch(5, 4, true), ended);
			}
			stream.send(started, batch(1, 1));
			setTimeout(() => stream.cut(), 50);
		},
	});
	const { status, stderr } = await tap(t, server.kubeconfig(JANE));
	t.is(status, 0);
	t.regex(stderr, /^ {2}control plane lost: the connection broke; trying again until Ctrl-C$/m);
	t.regex(stderr, /^ {2}control plane back after /m);
	t.regex(stderr, /1 pod: 4 exchanges seen, 1 shown, (about )?3 lost \(/);
	t.is(server.requests[1]?.path, `${server.requests[0]?.path}&tap=t-0000abcd`);
});

test('a right that is withdrawn ends the tap with exit 1, after the truth', async (t) => {
	const server = await serve(t, {
		refuse: (index, user) => (index > 0 ? forbidden(user, 'deployments/tap', 'shop') : null),
		onStream: (stream) => {
			stream.send(started, batch(1, 1));
			setTimeout(() => stream.cut(), 50);
		},
	});
	const { status, stderr } = await tap(t, server.kubeconfig(JANE));
	t.is(status, 1);
	const said = stderr.trimEnd().split('\n');
	t.regex(said.at(-2) ?? '', /1 pod: 1 exchange seen, 1 shown/);
	t.regex(said.at(-1) ?? '', /^podwire: .* is forbidden: .*kubectl create rolebinding podwire-viewer-jane/);
});

test('standalone targets are not of a cluster, and --standalone goes to the local Podwire', async (t) => {
	const cluster = await serve(t);
	const KUBECONFIG = cluster.kubeconfig(JANE);
	const wrong = await podwire(t, ['tap', 'netns/web'], { KUBECONFIG }).exit();
	t.is(wrong.status, 2);
	t.regex(wrong.stderr, /^podwire: netns\/web: a cluster has no network namespaces to name; add --standalone /);
	const local = new StreamServer({ onStream: (stream) => stream.end(started, batch(1, 1), batch(2, 1, true), ended) });
	await local.listen();
	t.teardown(() => local.dispose());
	const env = { KUBECONFIG, PODWIRE_SOCKET: local.socketPath };
	const standalone = await podwire(t, ['tap', 'netns/web', '--standalone'], env).exit();
	t.is(standalone.status, 0, standalone.stderr);
	t.regex(standalone.stderr, /^Using the local Podwire \(/);
	t.is(cluster.requests.length, 0);
	const without = await podwire(t, ['tap', 'netns/web'], { ...env, KUBECONFIG: '/dev/null' }).exit();
	t.regex(without.stderr, /^Using the local Podwire \(/);
	const both = await podwire(t, ['tap', 'x', '--standalone', '--context', 'prod'], env).exit();
	t.is(both.status, 2);
	t.regex(both.stderr, /^podwire: --standalone and --context: expected one of them/);
});

test('what cannot be is said before anything is asked', async (t) => {
	const server = await serve(t);
	const kubeconfig = server.kubeconfig(JANE);
	for (const [args, message] of [
		[['--as-group', 'a'], /^podwire: --as-group: expected --as USER beside it$/m],
		[['--request-timeout', 'soon'], /^podwire: --request-timeout: expected a time such as 30s/],
		[['--kubeconfig', '/not/there'], /^podwire: kubeconfig \/not\/there: there is no such file$/m],
		[['--insecure-skip-tls-verify', '--certificate-authority', 'x'], /expected one of them/],
	] as const) {
		const { status, stderr } = await tap(t, kubeconfig, ...args);
		t.true(status === 2 || args[0] === '--kubeconfig', `${status}`);
		t.regex(stderr, message);
	}
	const listing = server.file(
		'listing',
		JSON.stringify({
			contexts: [
				{ name: 'a', context: {} },
				{ name: 'b', context: {} },
			],
		}),
	);
	const none = await tap(t, listing);
	t.is(none.status, 1);
	t.regex(none.stderr, /listing has no current context; name one with --context: a, b\n$/);
	t.is(server.requests.length, 0);
	t.true(readFileSync(kubeconfig, 'utf8').includes('prod'));
});
