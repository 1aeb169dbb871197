/** Completion against etcd and kube-apiserver themselves, also by kubectl, which asks its plugin. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { startApiServer } from '../cluster/lone-api-server.ts';
import { buildApiServerPrograms, whyNoApiServer } from '../cluster/programs.ts';
import { PodwireProcess } from './podwire-process.ts';
import { writePrograms } from './terminal-shell.ts';

const TIMEOUT_MS = 240_000;
/** More than one page. */
const MANY_SERVICES = 2_100;
const whyNot = whyNoApiServer();

function pod(name: string): object {
	const spec = { containers: [{ name: 'main', image: 'none' }] };
	return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, spec };
}

function deployment(name: string): object {
	const labels = { app: name };
	const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'none' }] } };
	const spec = { replicas: 1, selector: { matchLabels: labels }, template };
	return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'shop' }, spec };
}

test.serial('names as a real API server tells them', async (t) => {
	if (whyNot !== null) {
		t.log(whyNot);
		t.pass();
		return;
	}
	t.timeout(TIMEOUT_MS);
	const directory = mkdtempSync(join(tmpdir(), 'podwire-completion-'));
	t.teardown(() => rmSync(directory, { recursive: true, force: true }));
	const server = await startApiServer({ stateBase: directory });
	t.teardown(() => server.stop());
	const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
	const items = [namespace, deployment('frontend'), deployment('backend'), pod('frontend-1'), pod('frontend-2')];
	await server.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));

	const env = { KUBECONFIG: server.kubeconfigPath, PODWIRE_COMPLETION_TIMEOUT: '60s', PODWIRE_SOCKET: '/none' };
	const complete = async (line: string) => {
		const { stdout, stderr } = await new PodwireProcess(['__complete', ...line.split(' ')], { env }).exit();
		t.is(stderr, '');
		return stdout.trimEnd().split('\n');
	};
	t.deepEqual(await complete('tap -n sh'), ['shop', ':4']);
	t.deepEqual(await complete('tap -n shop deploy/'), ['deploy/backend', 'deploy/frontend', ':4']);
	t.deepEqual(await complete('tap -n shop deploy f'), ['frontend', ':4']);
	t.deepEqual(await complete('tap -n shop front'), ['frontend-1', 'frontend-2', ':4']);
	t.deepEqual(await complete('tap shop/pod/frontend-2'), ['shop/pod/frontend-2', ':4']);
	t.deepEqual(await complete('tap x --to svc/kube'), ['svc/kubernetes', ':4']);

	// By kubectl: flags are the plugin's, and what it answers is what kubectl's own script is told.
	const { kubernetes } = await buildApiServerPrograms(() => undefined);
	const PATH = `${writePrograms(directory, join(directory, 'noted'))}:${process.env.PATH}`;
	const kubectl = (words: readonly string[]) => {
		const { stdout } = spawnSync(join(kubernetes, 'kubectl'), ['__complete', 'podwire', ...words], {
			encoding: 'utf8',
			env: { ...process.env, ...env, PATH },
		});
		return stdout.trimEnd().split('\n');
	};
	t.deepEqual(kubectl(['tap', '-n', 'shop', 'deploy/']), ['deploy/backend', 'deploy/frontend', ':4']);
	t.deepEqual(kubectl(['tap', '-o', 'jsonp']), ['jsonpath=', ':6']);
	t.deepEqual(kubectl(['unin']), ['uninstall\tprint what is to be deleted', ':4']);

	// Names by pages.
	const many = Array.from({ length: MANY_SERVICES }, (_, index) => ({
		apiVersion: 'v1',
		kind: 'Service',
		metadata: { name: `s-${index}`, namespace: 'shop' },
		spec: { clusterIP: 'None', ports: [{ port: 80 }] },
	}));
	await server.kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: many }));
	t.is((await complete('tap -n shop svc/s-')).length, MANY_SERVICES + 1);
});
