/** Behind a real kube-apiserver: its aggregation layer, its RBAC, its front proxy, and the rights that the manifests give. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type LoneApiServer, startApiServer } from '../../cluster/lone-api-server.ts';
import { buildApiServerPrograms, whyNoApiServer } from '../../cluster/programs.ts';
import { eventually } from '../../messaging/eventually.ts';
import type { WireAgent } from '../wire-agent.ts';
import { type ClusterControlPlane, ClusterLab } from './cluster-lab.ts';

const LIMIT_MS = 60_000;
const PATH = '/apis/tap.podwire.dev/v1alpha1';
const SHOP = `${PATH}/watch/namespaces/shop/pods/-/tap`;
const whyNot = whyNoApiServer();
const manifest = (name: string) => readFileSync(new URL(`../../../daemonset/base/${name}`, import.meta.url), 'utf8');

interface Parts {
	readonly lab: ClusterLab;
	readonly agent: WireAgent;
	readonly server: LoneApiServer;
	readonly controlPlane: ClusterControlPlane;
}

async function cluster(t: ExecutionContext): Promise<Parts> {
	t.timeout(6 * LIMIT_MS);
	const stateBase = mkdtempSync(join(tmpdir(), 'podwire-access-'));
	// The API server then finds the control plane by the name of an ExternalName service.
	const server = await startApiServer({ stateBase, flags: ['--enable-aggregator-routing=false'] });
	t.teardown(async () => {
		await server.stop();
		rmSync(stateBase, { recursive: true, force: true });
	});
	const apply = (text: string) => server.kubectl(['apply', '-f', '-'], text);
	for (const namespace of ['podwire', 'shop']) await server.kubectl(['create', 'namespace', namespace]);
	await apply(manifest('control-plane-rights.yaml'));
	await apply(manifest('user-roles.yaml'));
	for (const name of ['frontend-1', 'frontend-2']) await makePod(server, name);
	const kubeconfig = await server.kubeconfigFor({
		commonName: 'system:serviceaccount:podwire:podwire-control-plane',
		organizations: ['system:serviceaccounts', 'system:serviceaccounts:podwire', 'system:authenticated'],
	});
	const lab = await ClusterLab.for(t);
	const agent = await lab.lab.agent();
	const controlPlane = await lab.ready(kubeconfig);
	await apply(aggregation(controlPlane.port));
	await server.kubectl(['wait', '--for=condition=Available', 'apiservice/v1alpha1.tap.podwire.dev', '--timeout=60s']);
	return { lab, agent, server, controlPlane };
}

async function makePod(server: LoneApiServer, name: string): Promise<void> {
	const containers = [{ name: 'main', image: 'none' }];
	const spec = { nodeName: 'node1', automountServiceAccountToken: false, containers };
	const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, spec };
	await server.kubectl(['create', '-f', '-'], JSON.stringify(pod));
	const ip = `198.18.11.${name.at(-1)}`;
	const patch = JSON.stringify({ status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] } });
	await server.kubectl(['patch', 'pod', name, '-n', 'shop', '--subresource=status', '--type=merge', '-p', patch]);
}

function aggregation(port: number): string {
	const service = { type: 'ExternalName', externalName: 'localhost', ports: [{ port, protocol: 'TCP' }] };
	const metadata = { name: 'podwire-control-plane', namespace: 'podwire' };
	const spec = {
		group: 'tap.podwire.dev',
		version: 'v1alpha1',
		groupPriorityMinimum: 100,
		versionPriority: 15,
		insecureSkipTLSVerify: true,
		service: { ...metadata, port },
	};
	const objects = [
		{ apiVersion: 'v1', kind: 'Service', metadata, spec: service },
		{
			apiVersion: 'apiregistration.k8s.io/v1',
			kind: 'APIService',
			metadata: { name: 'v1alpha1.tap.podwire.dev' },
			spec,
		},
	];
	return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
}

/** The aggregation layer asks for it on its own, after v2 or before; when its first question fails, it asks again a minute later. */
function openApiV3(kubectl: LoneApiServer['kubectl']): Promise<string> {
	const read = () => kubectl(['get', '--raw', `/openapi/v3${PATH}`]).catch(() => null);
	return eventually(read, 'v3', 2 * LIMIT_MS);
}

/** `kubectl get --raw` of another user, that streams until it is ended. */
function stream(t: ExecutionContext, kubectl: string, kubeconfig: string, path: string) {
	const child = spawn(kubectl, [`--kubeconfig=${kubeconfig}`, 'get', '--raw', path], { stdio: 'pipe' });
	t.teardown(() => child.kill('SIGKILL'));
	const seen = { stdout: '', stderr: '', ended: false };
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		seen.stdout += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		seen.stderr += text;
	});
	child.on('close', () => {
		seen.ended = true;
	});
	return seen;
}

test('kubectl streams through a real API server what RBAC allows, and nothing else', async (t) => {
	if (whyNot !== null) {
		t.log(whyNot);
		t.pass();
		return;
	}
	const { lab, agent, server, controlPlane } = await cluster(t);
	const { kubectl } = server;

	const listed = await kubectl(['api-resources', '--api-group=tap.podwire.dev', '-o', 'name']);
	t.true(listed.includes('deployments.tap.podwire.dev'));
	t.regex(await kubectl(['explain', 'deployments']), /GROUP:\s+apps/);
	t.regex(await kubectl(['get', 'pods', '-n', 'shop', '-o', 'name']), /^pod\/frontend-1\npod\/frontend-2\n$/);
	t.regex(await kubectl(['get', 'deploy,rs,sts,ds,jobs,cj,rc,svc,ns', '-n', 'shop', '-o', 'name']), /namespace\/shop/);
	t.is((await kubectl(['auth', 'can-i', 'watch', 'deployments.tap.podwire.dev/tap', '-n', 'shop'])).trim(), 'yes');
	await kubectl(['apply', '-n', 'shop', '-f', '-'], 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n');
	await eventually(
		async () => (await kubectl(['get', '--raw', '/openapi/v2'])).includes(`${PATH}/watch`),
		'v2',
		LIMIT_MS,
	);
	t.true((await openApiV3(kubectl)).includes('"openapi":"3.0.0"'));

	const jane = await server.kubeconfigFor({ commonName: 'jane' });
	const program = join((await buildApiServerPrograms(() => undefined)).kubernetes, 'kubectl');
	const refused = stream(t, program, jane, SHOP);
	await eventually(() => refused.ended, 'it is refused');
	t.regex(refused.stderr, /forbidden/i);

	const role = ['create', 'rolebinding', 'jane', '-n', 'shop', '--clusterrole=podwire-viewer', '--user=jane'];
	await kubectl(role);
	const streamed = await eventually(
		async () => {
			const attempt = stream(t, program, jane, SHOP);
			await eventually(() => attempt.ended || attempt.stdout.includes('"started"'), 'an answer');
			return attempt.ended ? null : attempt;
		},
		'the role counts',
		LIMIT_MS,
	);
	t.regex(streamed.stdout, /frontend-1.*frontend-2.*"description":"pods in shop"/);
	await eventually(() => agent.taps.length === 1, 'the agent is told');
	t.is(controlPlane.logged('"audit":"begins"', '"user":"jane"').length, 1);
	const body = stream(t, program, jane, `${SHOP}?body`);
	await eventually(() => body.ended, 'bodies are refused');
	t.regex(body.stderr, /bodies/);
	const all = stream(t, program, jane, `${PATH}/watch/pods/-/tap`);
	await eventually(() => all.ended, 'all namespaces are refused');
	t.regex(all.stderr, /forbidden/i);

	const forged = { certificate: null, headers: { 'X-Remote-User': 'jane', 'X-Remote-Group': 'system:masters' } };
	t.is((await lab.ask(controlPlane, SHOP, forged)).status, 401);
	const ofCluster = { certificate: server.frontProxy.client, headers: { 'X-Remote-User': 'jane' } };
	t.is((await lab.ask(controlPlane, PATH, ofCluster)).status, 200);

	await kubectl(['delete', 'rolebinding', 'jane', '-n', 'shop']);
	await eventually(() => streamed.ended, 'the tap ends with the right', LIMIT_MS);
	t.regex(streamed.stdout, /"ended":\{.*"reason":"END_REASON_FAILED","text":".*jane.* may not watch pods/);
	await eventually(() => agent.taps.length === 0, 'nothing is assigned any more');
});
