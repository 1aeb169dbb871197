import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { credentialSource } from '../../src/kubernetes/credentials.ts';
import { SignInError } from '../../src/kubernetes/errors.ts';
import { type ClusterEntry, type ExecEntry, NO_USER, type UserEntry } from '../../src/kubernetes/kubeconfig.ts';
import { proxyOf } from '../../src/kubernetes/proxy.ts';
import { systemClock } from '../../src/messaging/clock.ts';

const CLUSTER: ClusterEntry = {
	server: 'https://198.18.0.1:6443',
	certificateAuthority: { data: 'CA' },
	skipTlsVerify: false,
	tlsServerName: 'kube',
	proxyUrl: null,
	execConfig: { audience: 'shop' },
};
const V1 = 'client.authentication.k8s.io/v1';

function folder(t: ExecutionContext): string {
	const path = mkdtempSync(join(tmpdir(), 'podwire-exec-'));
	t.teardown(() => rmSync(path, { recursive: true }));
	return path;
}

/** A program of Node.js that stands for a plugin. */
function plugin(t: ExecutionContext, code: string): string {
	const path = join(folder(t), 'plugin');
	writeFileSync(path, `#!${process.execPath}\n${code}`);
	chmodSync(path, 0o700);
	return path;
}

function source(exec: Partial<ExecEntry>, interactive = false, wallMs: () => number = Date.now) {
	const entry: ExecEntry = {
		apiVersion: V1,
		command: '',
		args: [],
		env: [],
		installHint: null,
		provideClusterInfo: false,
		interactiveMode: 'IfAvailable',
		...exec,
	};
	const user: UserEntry = { ...NO_USER, exec: entry };
	return credentialSource('jane', user, CLUSTER, { env: process.env, interactive, clock: { ...systemClock, wallMs } });
}

const ANSWER = `const status = { token: process.argv[2] ?? 'abc' };
console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: '${V1}', status }));`;

test('a plugin is told the cluster and answers with a token', async (t) => {
	const seen = join(folder(t), 'seen');
	const command = plugin(
		t,
		`require('fs').writeFileSync(process.env.SEEN, process.env.KUBERNETES_EXEC_INFO);\n${ANSWER}`,
	);
	const credentials = await source({
		command,
		args: ['t0k'],
		env: [['SEEN', seen]],
		provideClusterInfo: true,
	}).current();
	t.is(credentials.authorization, 'Bearer t0k');
	t.deepEqual(JSON.parse(readFileSync(seen, 'utf8')), {
		kind: 'ExecCredential',
		apiVersion: V1,
		spec: {
			interactive: false,
			cluster: {
				server: 'https://198.18.0.1:6443',
				'tls-server-name': 'kube',
				'certificate-authority-data': 'Q0E=',
				config: { audience: 'shop' },
			},
		},
	});
});

test('a credential is kept until it expires or is refused', async (t) => {
	const count = join(folder(t), 'count');
	const command = plugin(
		t,
		`const fs = require('fs');
fs.appendFileSync(process.env.COUNT, '.');
const token = 'run' + fs.readFileSync(process.env.COUNT, 'utf8').length;
const status = { token, expirationTimestamp: '2026-11-22T21:00:00Z' };
console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: '${V1}', status }));`,
	);
	let wallMs = Date.parse('2026-11-22T20:00:00Z');
	const credentials = source({ command, env: [['COUNT', count]] }, false, () => wallMs);
	const [one, same] = await Promise.all([credentials.current(), credentials.current()]);
	t.is(one.authorization, 'Bearer run1');
	t.is(same.authorization, 'Bearer run1');
	wallMs = Date.parse('2026-11-22T20:59:59Z');
	t.is((await credentials.current()).authorization, 'Bearer run1');
	wallMs = Date.parse('2026-11-22T21:00:00Z');
	t.is((await credentials.current()).authorization, 'Bearer run2');
	wallMs = Date.parse('2026-11-22T20:30:00Z');
	t.true(credentials.refused());
	t.is((await credentials.current()).authorization, 'Bearer run3');
});

test('a plugin may answer with a certificate', async (t) => {
	const command = plugin(
		t,
		`const status = { clientCertificateData: 'CERT', clientKeyData: 'KEY' };
console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: '${V1}', status }));`,
	);
	t.like(await source({ command }).current(), { authorization: null, certificate: 'CERT', key: 'KEY' });
});

const FAILING: readonly [string, Partial<ExecEntry>, string, RegExp][] = [
	[
		'fails',
		{},
		'console.error("session is over, run: corp login"); process.exit(3)',
		/ended with exit status 3: session is over, run: corp login$/,
	],
	['writes no JSON', {}, 'console.log("secret")', /did not write an ExecCredential: it is not JSON$/],
	[
		'writes another version',
		{ apiVersion: 'client.authentication.k8s.io/v1beta1' },
		ANSWER,
		/expected apiVersion .*v1beta1, got client\.authentication\.k8s\.io\/v1$/,
	],
	[
		'speaks what nobody does any more',
		{ apiVersion: 'client.authentication.k8s.io/v1alpha1' },
		ANSWER,
		/speaks .*v1alpha1; expected .*v1 or /,
	],
	['asks questions', { interactiveMode: 'Always' }, ANSWER, /asks questions, and stdin is not a terminal$/],
	['writes too much', {}, 'process.stdout.write("x".repeat(2e6))', /wrote more than 1048576 bytes$/],
];
for (const [what, exec, code, message] of FAILING) {
	test(`a plugin that ${what} is named`, async (t) => {
		const error = await t.throwsAsync(source({ ...exec, command: plugin(t, code) }).current(), {
			instanceOf: SignInError,
			message,
		});
		t.regex(error.message, /^user "jane" of the kubeconfig cannot sign in: its plugin \//);
		t.notRegex(error.message, /secret/);
	});
}

test('a plugin that is not there says how to get it', async (t) => {
	await t.throwsAsync(source({ command: 'no-such-plugin', installHint: 'get it from example.org\n' }).current(), {
		message:
			'user "jane" of the kubeconfig cannot sign in: its plugin no-such-plugin is not there; get it from example.org',
	});
});

function jwt(claims: object): string {
	const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
	return `${part({ alg: 'none' })}.${part(claims)}.x`;
}

function oidcUser(config: Record<string, string>): UserEntry {
	return { ...NO_USER, authProvider: { name: 'oidc', config } };
}

test('auth-provider oidc shows its token while it is valid, and says what it lacks afterwards', async (t) => {
	const surroundings = { env: {}, interactive: false, clock: systemClock };
	const valid = jwt({ exp: Date.now() / 1000 + 600 });
	const fresh = credentialSource('jane', oidcUser({ 'id-token': valid }), CLUSTER, surroundings);
	t.is((await fresh.current()).authorization, `Bearer ${valid}`);
	const expired = jwt({ exp: Date.now() / 1000 - 600 });
	const old = credentialSource('jane', oidcUser({ 'id-token': expired }), CLUSTER, surroundings);
	await t.throwsAsync(old.current(), {
		instanceOf: SignInError,
		message: /auth-provider oidc: its token cannot be had without client-id, refresh-token, idp-issuer-url$/,
	});
	const server = createServer((_, response) => response.writeHead(500).end());
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => server.close());
	const config = {
		'id-token': expired,
		'client-id': 'x',
		'refresh-token': 'y',
		'idp-issuer-url': `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
	};
	const refused = credentialSource('jane', oidcUser(config), CLUSTER, surroundings);
	await t.throwsAsync(refused.current(), { instanceOf: SignInError, message: /its auth-provider oidc failed: / });
	const other = { ...NO_USER, authProvider: { name: 'openstack', config: {} } };
	await t.throwsAsync(credentialSource('jane', other, CLUSTER, surroundings).current(), {
		message: /auth-provider: expected one of oidc, azure, gcp \(or an exec plugin\), got "openstack"$/,
	});
});

const PROXIES: readonly [string, Record<string, string>, string | null][] = [
	['https://kube.example:6443', { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128/'],
	['https://kube.example:6443', { https_proxy: 'p:3128' }, 'http://p:3128/'],
	['https://kube.example:6443', { HTTP_PROXY: 'http://p:3128' }, null],
	['https://127.0.0.1:6443', { HTTPS_PROXY: 'http://p:3128' }, null],
	['https://[::1]:6443', { HTTPS_PROXY: 'http://p:3128' }, null],
	['https://localhost:6443', { HTTPS_PROXY: 'http://p:3128' }, null],
	['https://kube.example:6443', { HTTPS_PROXY: 'http://p:3128', NO_PROXY: 'x, example' }, null],
	['https://kube.example:6443', { HTTPS_PROXY: 'http://p:3128', NO_PROXY: '.example' }, null],
	['https://example:6443', { HTTPS_PROXY: 'http://p:3128', NO_PROXY: '.example' }, 'http://p:3128/'],
	['https://xexample:6443', { HTTPS_PROXY: 'http://p:3128', NO_PROXY: 'example' }, 'http://p:3128/'],
	['https://198.18.0.1:6443', { HTTPS_PROXY: 'http://p:3128', NO_PROXY: '198.18.0.0/15' }, null],
	['https://198.20.0.1:6443', { HTTPS_PROXY: 'http://p:3128', NO_PROXY: '198.18.0.0/15' }, 'http://p:3128/'],
	['https://198.18.0.1:6443', { HTTPS_PROXY: 'http://p:3128', NO_PROXY: '198.18.0.1:6443' }, null],
	['https://198.18.0.1:6443', { HTTPS_PROXY: 'http://p:3128', NO_PROXY: '198.18.0.1:443' }, 'http://p:3128/'],
	['https://[2001:2::1]:6443', { HTTPS_PROXY: 'http://p:3128', NO_PROXY: '2001:2:0::1' }, null],
	['https://kube.example:6443', { HTTPS_PROXY: 'http://p:3128', NO_PROXY: '*' }, null],
];
for (const [server, env, expected] of PROXIES) {
	test(`${server} with ${JSON.stringify(env)}`, (t) => {
		t.is(proxyOf(new URL(server), null, env)?.href ?? null, expected);
	});
}

test('a proxy that is none is a setting to mend', (t) => {
	t.is(proxyOf(new URL('https://x'), 'socks5://p:1080', { NO_PROXY: '*' })?.href, 'socks5://p:1080');
	t.throws(() => proxyOf(new URL('https://x'), 'p:1080', {}), { message: /^proxy-url of the kubeconfig: expected/ });
});
