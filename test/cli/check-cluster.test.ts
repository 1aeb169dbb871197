/**
 * `podwire check` and `podwire status` in a cluster: a real API server with its RBAC and aggregation layer, what `podwire install`
 * prints, the certificates of `podwire bootstrap`, and two control planes. Nobody runs pods there: the test says what the kubelets would.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { installedObjects } from '../../src/manifests/installation.ts';
import { packageVersion } from '../../src/messaging/package-version.ts';
import type { StatusJson } from '../../src/messaging/status-json.ts';
import { KubeServer, status as refusal } from '../client/kube-server.ts';
import { type LoneApiServer, startApiServer } from '../cluster/lone-api-server.ts';
import { whyNoApiServer } from '../cluster/programs.ts';
import { Authority } from '../control-plane/access/certificates.ts';
import { ClusterLab } from '../control-plane/access/cluster-lab.ts';
import { eventually } from '../messaging/eventually.ts';
import { type Outcome, PodwireProcess } from './podwire-process.ts';

/** The first start on a computer builds Kubernetes. */
const BUILD_LIMIT_MS = 30 * 60_000;
const LIMIT_MS = 3 * 60_000;
/** Until the API server has tried an API that came or went. */
const AVAILABLE_MS = 90_000;
const NAMESPACE = ['-n', 'podwire'];
const VERSION = packageVersion();
const whyNot = whyNoApiServer();
const clusterTest = whyNot === null ? test.serial : test.serial.skip;

const folder = mkdtempSync(join(tmpdir(), 'podwire-check-'));
let server: LoneApiServer;
let jane: string;

interface Finding {
	readonly id: string;
	readonly verdict: string;
	readonly reason: string;
	readonly mend: string | null;
}

if (whyNot === null) {
	test.before(async (t) => {
		t.timeout(BUILD_LIMIT_MS);
		server = await startApiServer({ stateBase: folder, flags: ['--enable-aggregator-routing=false'] });
		jane = await server.kubeconfigFor({ commonName: 'jane' });
	});
}
test.after.always(async (t) => {
	t.timeout(LIMIT_MS);
	await server?.stop();
	rmSync(folder, { recursive: true, force: true });
});

async function podwire(command: string, kubeconfig: string, ...args: string[]): Promise<Outcome> {
	const process = new PodwireProcess([command, '--kubeconfig', kubeconfig, ...args]);
	try {
		return await process.exit();
	} finally {
		await process.dispose();
	}
}

/** By id, and the exit status. */
async function findings(kubeconfig: string, ...args: string[]): Promise<[Record<string, Finding>, number | null]> {
	const { stdout, stderr, status } = await podwire('check', kubeconfig, '-o', 'json', ...args);
	if (stdout === '') throw new Error(stderr);
	const { requirements } = JSON.parse(stdout) as { requirements: Finding[] };
	return [Object.fromEntries(requirements.map((finding) => [finding.id, finding])), status];
}

const apply = (...objects: object[]) =>
	server.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));

const patchStatus = (what: string, status: object, ...args: string[]) =>
	server.kubectl(['patch', what, ...args, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status })]);

async function makeNode(name: string, spec: object = {}, os = 'linux', ready = 'True'): Promise<void> {
	await apply({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/os': os } }, spec });
	await patchStatus(`node/${name}`, { conditions: [{ type: 'Ready', status: ready }] });
}

async function makeAgentPod(node: string): Promise<void> {
	const labels = { 'app.kubernetes.io/name': 'podwire', 'app.kubernetes.io/component': 'agent' };
	const containers = [{ name: 'agent', image: `podwire:${VERSION}` }];
	const metadata = { name: `agent-${node}`, namespace: 'podwire', labels };
	await apply({
		apiVersion: 'v1',
		kind: 'Pod',
		metadata,
		spec: { nodeName: node, automountServiceAccountToken: false, tolerations: [{ operator: 'Exists' }], containers },
	});
	await patchStatus(`pod/agent-${node}`, { conditions: [{ type: 'Ready', status: 'True' }] }, ...NAMESPACE);
}

async function secretText(name: string, key: string): Promise<string> {
	const path = `jsonpath={.data.${key.replace('.', '\\.')}}`;
	return Buffer.from(await server.kubectl(['get', 'secret', name, ...NAMESPACE, '-o', path]), 'base64').toString();
}

clusterTest('a cluster without Podwire says how it is installed', async (t) => {
	t.timeout(LIMIT_MS);
	const [found, status] = await findings(server.kubeconfigPath);
	t.is(status, 1);
	t.regex(found['api-server']?.reason ?? '', /^v1\.\d+\.\d+ at https:\/\/127\.0\.0\.1:/);
	t.is(found.user?.reason, 'the API server knows you as admin');
	for (const id of ['api-group', 'api-service', 'control-plane', 'nats', 'agents']) {
		t.like(found[id], { verdict: 'failed', mend: 'install it: podwire install | kubectl apply -f -' }, id);
	}
	const asked = await podwire('status', server.kubeconfigPath);
	t.is(asked.status, 1);
	t.regex(asked.stderr, /^podwire: Podwire is not installed in .*podwire install \| kubectl apply -f -\n$/);
});

clusterTest('an installation from its first object to the last pod, and what goes wrong with it', async (t) => {
	t.timeout(2 * LIMIT_MS);
	const lab = await ClusterLab.for(t);
	await apply(...installedObjects({ highlyAvailable: false, image: null }));
	const [bare] = await findings(server.kubeconfigPath);
	t.regex(bare['ca-bundle']?.reason ?? '', /^not set/);
	t.like(bare['control-plane'], { verdict: 'failed', reason: '0 of 2 pods are ready' });

	const bootstrap = await podwire('bootstrap', server.kubeconfigPath);
	t.is(bootstrap.status, 0, bootstrap.stderr);
	writeFileSync(lab.servingFiles.certificate, await secretText('podwire-control-plane-tls', 'tls.crt'));
	writeFileSync(lab.servingFiles.key, await secretText('podwire-control-plane-tls', 'tls.key'));
	const account = await server.kubeconfigFor({
		commonName: 'system:serviceaccount:podwire:podwire-control-plane',
		organizations: ['system:serviceaccounts', 'system:serviceaccounts:podwire', 'system:authenticated'],
	});
	const [controlPlane] = await Promise.all([lab.start(account), lab.start(account)]);
	await server.kubectl(['delete', 'service', 'podwire-control-plane', ...NAMESPACE]);
	const { port } = controlPlane;
	const metadata = { name: 'podwire-control-plane', namespace: 'podwire' };
	const spec = { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] };
	await apply({ apiVersion: 'v1', kind: 'Service', metadata, spec });
	const service = JSON.stringify({ spec: { service: { port } } });
	await server.kubectl(['patch', 'apiservice', 'v1alpha1.tap.podwire.dev', '--type=merge', '-p', service]);
	await server.kubectl(['wait', '--for=condition=Available', 'apiservice/v1alpha1.tap.podwire.dev', '--timeout=90s']);
	await patchStatus('deploy/podwire-control-plane', { replicas: 2, readyReplicas: 2 }, ...NAMESPACE);
	await patchStatus('sts/podwire-nats', { replicas: 1, readyReplicas: 1 }, ...NAMESPACE);
	await makeNode('node1');
	await makeNode('node2', { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] });
	await makeNode('win1', {}, 'windows');
	for (const node of ['node1', 'node2']) await makeAgentPod(node);
	const agents = [await lab.lab.agent('node1'), await lab.lab.agent('node2')];

	const [good, exit] = await eventually(async () => {
		const found = await findings(server.kubeconfigPath, '-n', 'shop');
		return found[0].versions?.verdict === 'ok' ? found : null;
	}, 'the agents are heard');
	t.deepEqual(
		Object.values(good).filter(({ verdict }) => verdict !== 'ok'),
		[],
	);
	t.is(exit, 0);
	t.regex(good['serving-certificate']?.reason ?? '', /^it is valid for (89|90) more days \(until \d{4}-\d\d-\d\d\)$/);
	t.regex(
		good['ca-bundle']?.reason ?? '',
		/^set; its authority is valid for 36(49|50) more days|^set; its authority is valid for 3,6/,
	);
	t.is(good.agents?.reason, '2 of 2 nodes have a ready one (1 other is of another system or tainted)');
	t.is(good.versions?.reason, `command line, control plane and agents are ${VERSION}`);

	// Through the API server, of both control planes, with the taps of either.
	await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
	const containers = [{ name: 'main', image: 'none' }];
	const pod = { nodeName: 'node1', automountServiceAccountToken: false, containers };
	await apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' }, spec: pod });
	const ips = { phase: 'Running', podIP: '198.18.11.1', podIPs: [{ ip: '198.18.11.1' }] };
	await patchStatus('pod/web', ips, '-n', 'shop');
	const tapping = new PodwireProcess(['tap', 'pod/web', '-n', 'shop', '--kubeconfig', server.kubeconfigPath]);
	t.teardown(() => tapping.dispose());
	await tapping.until(({ stderr }) => stderr.includes('Tapping 1 pod'), 'tapping');
	const read = await podwire('status', server.kubeconfigPath, '-o', 'json');
	t.is(read.status, 0, read.stdout);
	const report = JSON.parse(read.stdout) as StatusJson;
	t.is(report.controllers.length, 2);
	t.is(new Set(report.controllers.map(({ controller }) => controller)).size, 2);
	t.like(report.taps, [{ user: 'admin', target: 'pod/web in shop', pods: 1, controller: report.answeredBy }]);
	const text = await podwire('status', server.kubeconfigPath);
	t.regex(text.stdout, /^ {2}\S+ answered\.$/m);
	t.regex(text.stdout, /^t-[0-9a-f]{8} {2}admin {2}pod\/web in shop {2}1 +0 +\d+s +none$/m);

	// Somebody without any right, then with that of a viewer.
	const denied = await podwire('status', jane);
	t.is(denied.status, 1);
	t.regex(denied.stderr, /clusterrolebinding podwire-status-jane --clusterrole=podwire-status --user=jane\n$/);
	const [poor, poorExit] = await findings(jane, '-n', 'shop');
	t.is(poorExit, 1);
	for (const id of ['serving-certificate', 'ca-bundle', 'control-plane', 'nats', 'agents', 'versions']) {
		t.is(poor[id]?.verdict, 'unknown', id);
		t.regex(poor[id]?.reason ?? '', /^not judged: you may /);
	}
	t.is(poor['api-group']?.verdict, 'ok');
	t.like(poor['right-tap'], { verdict: 'failed', reason: 'you may not tap in namespace shop' });
	const command = poor['right-tap']?.mend?.replace(/^.*: kubectl /, '') ?? '';
	await server.kubectl(command.split(' '));
	const [viewer, viewerExit] = await eventually(async () => {
		const found = await findings(jane, '-n', 'shop');
		return found[0]['right-tap']?.verdict === 'ok' ? found : null;
	}, 'the binding that was told counts');
	t.is(viewerExit, 0);
	t.is(viewer['right-bodies']?.verdict, 'warning');
	t.is(viewer['rights-everywhere']?.reason, 'none: each namespace has its own');
	t.is((await findings(jane, '-n', 'bank'))[0]['right-tap']?.verdict, 'failed');
	t.is(
		(await findings(server.kubeconfigPath, '--as', 'jane', '-n', 'shop'))[0].user?.reason,
		'the API server knows you as jane',
	);

	// What goes wrong.
	await makeNode('node3');
	await makeNode('node4', {}, 'linux', 'False');
	t.like((await findings(server.kubeconfigPath))[0].agents, {
		verdict: 'failed',
		reason: '2 of 4 nodes have a ready one; without: node3, node4',
	});
	await makeAgentPod('node3');
	t.like((await findings(server.kubeconfigPath))[0].agents, {
		verdict: 'warning',
		reason: '3 of 4 nodes have a ready one; not ready themselves: node4',
	});
	await agents[1]?.close();
	const stateOfSecond = async () => {
		const { stdout } = await podwire('status', server.kubeconfigPath, '-o', 'json');
		return (JSON.parse(stdout) as StatusJson).agents.find(({ node }) => node === 'node2')?.state ?? 'unheard';
	};
	await eventually(async () => (await stateOfSecond()) === 'silent', 'it is missed', LIMIT_MS);
	await server.kubectl(['delete', 'node', 'node2']);
	await eventually(async () => (await stateOfSecond()) === 'unheard', 'nobody misses it without its node', LIMIT_MS);
	await patchStatus('deploy/podwire-control-plane', { readyReplicas: 1 }, ...NAMESPACE);
	t.like((await findings(server.kubeconfigPath))[0]['control-plane'], {
		verdict: 'warning',
		reason: '1 of 2 pods are ready',
	});

	const foreign = Authority.create(folder, 'another-ca').issue({ commonName: 'x', usage: 'serverAuth' });
	const tls = execFileSync('base64', ['-w0', foreign.certificate], { encoding: 'utf8' });
	const data = JSON.stringify({ data: { 'tls.crt': tls } });
	await server.kubectl(['patch', 'secret', 'podwire-control-plane-tls', ...NAMESPACE, '--type=merge', '-p', data]);
	const [swapped] = await findings(server.kubeconfigPath);
	t.is(swapped['serving-certificate']?.reason, 'it is not from an authority of the caBundle');

	await controlPlane.end('SIGKILL');
	const [dead, deadExit] = await eventually(
		async () => {
			const found = await findings(server.kubeconfigPath);
			return found[0]['api-service']?.verdict === 'failed' ? found : null;
		},
		'the API server has noticed',
		AVAILABLE_MS,
	);
	t.is(deadExit, 1);
	t.regex(dead['api-service']?.reason ?? '', /^not available \(FailedDiscoveryCheck\): /);
	t.like(dead['api-group'], { verdict: 'failed', mend: 'see why: kubectl -n podwire get pods,endpointslices' });
});

test('who is not known to the API server, and one that is not there', async (t) => {
	const kube = await KubeServer.start(t, { refuse: () => refusal(401, 'Unauthorized', 'Unauthorized') });
	const [unknown, exit] = await findings(kube.kubeconfig({ token: 'wrong' }));
	t.is(exit, 1);
	t.like(unknown.user, { verdict: 'failed', reason: 'the API server does not accept the credentials' });
	t.is(unknown.agents?.reason, 'not judged: the API server does not accept the credentials');
	const kubeconfig = kube.kubeconfig({ token: 'wrong' });
	await kube.stop();
	const [gone, goneExit] = await findings(kubeconfig);
	t.is(goneExit, 1);
	t.regex(gone['api-server']?.reason ?? '', /does not answer: nothing listens there/);
	for (const [id, { verdict, reason }] of Object.entries(gone)) {
		if (id !== 'api-server')
			t.deepEqual([id, verdict, reason], [id, 'unknown', 'not judged: the API server does not answer']);
	}
	const both = await podwire('check', kubeconfig, '--local');
	t.is(both.status, 2);
});
