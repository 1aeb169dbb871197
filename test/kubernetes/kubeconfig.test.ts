import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type ClusterOverrides, chooseCluster, NO_OVERRIDES } from '../../src/kubernetes/cluster-choice.ts';
import { kubeconfigPaths, readKubeconfig } from '../../src/kubernetes/kubeconfig-files.ts';
import { parseKubeconfig } from '../../src/kubernetes/kubeconfig-text.ts';
import { serviceAccountConfig } from '../../src/kubernetes/service-account.ts';
import { PodwireError } from '../../src/messaging/errors.ts';

const TWO = `
apiVersion: v1
kind: Config
current-context: dev
clusters:
- name: near
  cluster: { server: "https://198.18.0.1:6443/", certificate-authority: pki/ca.crt }
- name: far
  cluster: { server: "https://198.18.0.2:6443", proxy-url: "socks5://198.18.0.9:1080", tls-server-name: kube }
users:
- name: jane
  user: { client-certificate: jane.crt, client-key: /abs/jane.key }
- name: robot
  user:
    exec: { apiVersion: client.authentication.k8s.io/v1, command: ./bin/sign-in, args: [a, b], interactiveMode: Never, env: [{ name: X, value: "1" }] }
contexts:
- name: dev
  context: { cluster: near, user: jane, namespace: shop }
- name: prod
  context: { cluster: far, user: robot }
- name: broken
  context: { cluster: gone, user: jane }
`;

const config = parseKubeconfig(TWO, '/home/x/.kube/config');

function choose(overrides: Partial<ClusterOverrides> = {}) {
	return chooseCluster(config, { ...NO_OVERRIDES, ...overrides });
}

function folder(t: ExecutionContext): string {
	const path = mkdtempSync(join(tmpdir(), 'podwire-kubeconfig-'));
	t.teardown(() => rmSync(path, { recursive: true }));
	return path;
}

test('entries are read with paths beside the file', (t) => {
	t.deepEqual(config.clusters.get('near')?.certificateAuthority, { file: '/home/x/.kube/pki/ca.crt' });
	t.deepEqual(config.users.get('jane')?.certificate, { file: '/home/x/.kube/jane.crt' });
	t.deepEqual(config.users.get('jane')?.key, { file: '/abs/jane.key' });
	t.deepEqual(config.users.get('robot')?.exec, {
		apiVersion: 'client.authentication.k8s.io/v1',
		command: '/home/x/.kube/bin/sign-in',
		args: ['a', 'b'],
		env: [['X', '1']],
		installHint: null,
		provideClusterInfo: false,
		interactiveMode: 'Never',
	});
});

test('the current context, and what --context, --cluster, --user and --server make of it', (t) => {
	const current = choose();
	t.is(current?.context, 'dev');
	t.is(current?.clusterName, 'near');
	t.is(current?.cluster.server, 'https://198.18.0.1:6443');
	t.is(current?.namespace, 'shop');
	const prod = choose({ context: 'prod' });
	t.is(prod?.cluster.proxyUrl, 'socks5://198.18.0.9:1080');
	t.is(prod?.userName, 'robot');
	t.is(prod?.namespace, null);
	const mixed = choose({ cluster: 'far', user: 'robot', server: 'https://198.18.0.3' });
	t.deepEqual(
		[mixed?.clusterName, mixed?.cluster.server, mixed?.userName, mixed?.cluster.tlsServerName],
		['far', 'https://198.18.0.3', 'robot', 'kube'],
	);
});

test('a token or certificate that was typed stands for the user', (t) => {
	const token = choose({ context: 'prod', token: 'abc' });
	t.is(token?.user.token, 'abc');
	t.is(token?.user.exec, null);
	const certificate = choose({ clientCertificate: '/c.crt', clientKey: '/c.key' });
	t.deepEqual([certificate?.user.certificate, certificate?.user.key], [{ file: '/c.crt' }, { file: '/c.key' }]);
	const ca = choose({ certificateAuthority: '/ca.crt' });
	t.deepEqual(ca?.cluster.certificateAuthority, { file: '/ca.crt' });
	t.true(choose({ insecureSkipTlsVerify: true })?.cluster.skipTlsVerify);
});

test('a server alone is enough, and nothing at all names no cluster', (t) => {
	const alone = chooseCluster(null, { ...NO_OVERRIDES, server: '198.18.0.1:6443', token: 'x' });
	t.is(alone?.cluster.server, 'https://198.18.0.1:6443');
	t.is(alone?.clusterName, null);
	t.is(chooseCluster(null, NO_OVERRIDES), null);
	t.is(chooseCluster(parseKubeconfig('', '/x'), NO_OVERRIDES), null);
});

const WRONG: readonly [Partial<ClusterOverrides>, string, RegExp][] = [
	[
		{ context: 'prodd' },
		'USAGE',
		/^--context: expected a context of \/home\/x\/\.kube\/config: dev, prod, broken, got "prodd" \(did you mean prod\?\)$/,
	],
	[{ cluster: 'nera' }, 'USAGE', /^--cluster: expected a cluster of .*: near, far, got "nera"/],
	[{ user: 'jan' }, 'USAGE', /^--user: expected a user of .*: jane, robot, got "jan" \(did you mean jane\?\)$/],
	[
		{ server: 'ftp://x' },
		'USAGE',
		/^--server: expected an address such as https:\/\/198\.18\.0\.1:6443, got "ftp:\/\/x"$/,
	],
	[{ context: 'broken' }, 'CONFIGURATION', /^context "broken" uses cluster "gone", which is not in \/home/],
];
for (const [overrides, code, message] of WRONG) {
	test(`wrong: ${JSON.stringify(overrides)}`, (t) => {
		const error = t.throws(() => choose(overrides), { instanceOf: PodwireError, message });
		t.is(error.code as string, code);
	});
}

const MALFORMED: readonly [string, RegExp][] = [
	['{ clusters: [', /^\/k: expected a kubeconfig in YAML: /],
	['[]', /^\/k: expected an object, got a list$/],
	['users: [{ name: x, user: { token: 5 } }]', /^\/k\.users\[0\]\.user\.token: expected text, got a number$/],
	['users: [{ user: {} }]', /^\/k\.users\[0\]\.name: expected text, got nothing$/],
	[
		'clusters: [{ name: x, cluster: { insecure-skip-tls-verify: "yes" } }]',
		/insecure-skip-tls-verify: expected true or false/,
	],
	['users: [{ name: x, user: { as-groups: [a] } }]', /expected "as" beside as-groups/],
	[
		'users: [{ name: x, user: { exec: { apiVersion: v1, command: c, interactiveMode: Maybe } } }]',
		/interactiveMode: expected Never, IfAvailable, Always, got "Maybe"$/,
	],
];
for (const [text, message] of MALFORMED) {
	test(`malformed: ${text}`, (t) => {
		const error = t.throws(() => parseKubeconfig(text, '/k'), { instanceOf: PodwireError, message });
		t.is(error.code, 'CONFIGURATION');
	});
}

test('a current context that is not there tells the others', (t) => {
	const wrong = parseKubeconfig(TWO.replace('current-context: dev', 'current-context: old'), '/k');
	t.throws(() => chooseCluster(wrong, NO_OVERRIDES), {
		message: 'current-context "old" is not among the contexts of /k: dev, prod, broken; name one with --context',
	});
});

test('KUBECONFIG names several files: what an earlier one says wins, and missing ones are passed over', async (t) => {
	const directory = folder(t);
	const first = join(directory, 'first');
	const second = join(directory, 'second');
	writeFileSync(first, 'clusters: [{ name: near, cluster: { server: "https://198.18.0.7" } }]');
	writeFileSync(second, TWO);
	const env = { KUBECONFIG: ['', first, join(directory, 'missing'), second, first].join(delimiter) };
	const merged = await readKubeconfig({ explicit: null, env, home: directory });
	t.deepEqual(merged?.files, [first, second]);
	t.is(merged?.currentContext, 'dev');
	t.is(merged?.clusters.get('near')?.server, 'https://198.18.0.7');
	t.is(merged?.clusters.get('far')?.server, 'https://198.18.0.2:6443');
	t.deepEqual(kubeconfigPaths({ explicit: null, env: {}, home: '/h' }), [join('/h', '.kube', 'config')]);
	t.is(await readKubeconfig({ explicit: null, env: {}, home: directory }), null);
	await t.throwsAsync(readKubeconfig({ explicit: '/not/there', env, home: directory }), {
		message: 'kubeconfig /not/there: there is no such file',
	});
	await t.throwsAsync(readKubeconfig({ explicit: directory, env, home: directory }), { message: /EISDIR/ });
});

test("a pod's service account is a cluster of its own", (t) => {
	const directory = folder(t);
	const env = { KUBERNETES_SERVICE_HOST: '2001:2::1', KUBERNETES_SERVICE_PORT: '443' };
	t.is(serviceAccountConfig(env, directory), null);
	writeFileSync(join(directory, 'token'), 'secret');
	writeFileSync(join(directory, 'ca.crt'), 'pem');
	writeFileSync(join(directory, 'namespace'), 'shop\n');
	t.is(serviceAccountConfig({}, directory), null);
	const choice = chooseCluster(serviceAccountConfig(env, directory), NO_OVERRIDES);
	t.is(choice?.cluster.server, 'https://[2001:2::1]:443');
	t.is(choice?.namespace, 'shop');
	t.deepEqual(choice?.cluster.certificateAuthority, { file: join(directory, 'ca.crt') });
	t.is(choice?.user.tokenFile, join(directory, 'token'));
});
