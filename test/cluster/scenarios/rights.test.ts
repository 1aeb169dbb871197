import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { nothingIsAttached } from './attached.ts';
import { apply, kubectl, kubectlJson } from './kubectl.ts';
import { BACK_OFFICE, type KubernetesObject, SHOP } from './shop.ts';
import { Tap } from './tap.ts';

test.afterEach.always('nothing is attached that no tap wants', nothingIsAttached);

function binding(name: string, user: string, role: string, namespace: string): KubernetesObject {
	return {
		apiVersion: 'rbac.authorization.k8s.io/v1',
		kind: 'RoleBinding',
		metadata: { name, namespace },
		roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
		subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
	};
}

test.before(async () => {
	await apply([
		binding('viewer-of-the-shop', 'viewer', 'podwire-viewer', SHOP),
		binding('viewer-may-see-pods', 'viewer', 'view', SHOP),
		binding('reader-of-the-shop', 'reader', 'podwire-viewer', SHOP),
		binding('reader-of-bodies', 'reader', 'podwire-bodies', SHOP),
		binding('reader-of-credentials', 'reader', 'podwire-unredacted', SHOP),
	]);
});

test.serial('a user without rights is refused, and told which role would do', async (t) => {
	const tap = Tap.run(t, ['deploy/frontend', '-n', SHOP, '--as', 'nobody']);
	t.is(await tap.ended, 1);
	t.regex(tap.stderr, /podwire-viewer/);
	t.is(tap.exchanges.length, 0);
});

test.serial('rights in one namespace are rights there alone', async (t) => {
	for (const target of [
		['deploy/frontend', '-n', SHOP],
		['deploy', '-n', SHOP, '-l', 'app=frontend'],
		[`ns/${SHOP}`],
	]) {
		const tap = await Tap.begun(t, [...target, '--as', 'viewer']);
		await tap.shows(3);
		t.is(await tap.interrupt(), 0);
	}
	for (const args of [['deploy/ledger', '-n', BACK_OFFICE], ['deploy', '-A'], [`ns/${BACK_OFFICE}`]]) {
		const tap = Tap.run(t, [...args, '--as', 'viewer']);
		t.is(await tap.ended, 1, args.join(' '));
		t.regex(tap.stderr, /forbidden|may not/i);
		t.is(tap.exchanges.length, 0);
	}
});

test.serial('names of pods that the user may not see stay addresses', async (t) => {
	const [ledger] = (
		await kubectlJson<{ items: { status: { podIP: string } }[] }>('get', 'pods', '-n', BACK_OFFICE, '-l', 'app=ledger')
	).items;
	const fromLedger = ({ source }: { source: { ip: string } }) => source.ip === ledger?.status.podIP;
	const seen = await Tap.begun(t, ['deploy/backend', '-n', SHOP]);
	const [named] = await seen.shows(1, fromLedger);
	t.regex(named?.source.name ?? '', /^ledger-/);
	t.is(await seen.interrupt(), 0);
	const viewer = await Tap.begun(t, ['deploy/backend', '-n', SHOP, '--as', 'viewer']);
	await viewer.shows(5, fromLedger);
	await viewer.shows(1, ({ source }) => source.workload === 'deploy/frontend');
	t.is(await viewer.interrupt(), 0);
	t.true(viewer.exchanges.filter(fromLedger).every(({ source }) => source.name === undefined));
	t.false(JSON.stringify(viewer.exchanges.map(({ source, destination }) => [source, destination])).includes('ledger'));
});

test.serial('bodies and credentials each need a right of their own', async (t) => {
	for (const flag of ['--body', '--unredacted']) {
		const tap = Tap.run(t, ['deploy/frontend', '-n', SHOP, '--as', 'viewer', flag]);
		t.is(await tap.ended, 1, flag);
		t.regex(tap.stderr, flag === '--body' ? /podwire-bodies|bodies/ : /podwire-unredacted|unredacted/);
	}
	const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP, '--as', 'reader', '--body', '--unredacted']);
	const [exchange] = await tap.shows(1, ({ direction, response }) => direction === 'outbound' && response !== null);
	t.is(await tap.interrupt(), 0);
	t.regex(exchange?.response?.body?.text ?? '', /answers/);
	t.truthy(exchange?.request?.headers.some(({ value }) => value === 'Bearer of-the-shop'));
});

test.serial('a right that is withdrawn ends the tap', async (t) => {
	await apply([binding('for-a-while', 'temp', 'podwire-viewer', SHOP)]);
	const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP, '--as', 'temp']);
	await tap.shows(3);
	await kubectl(['delete', 'rolebinding', '-n', SHOP, 'for-a-while']);
	t.is(await tap.ended, 1);
	t.regex(tap.stderr, /"temp" may not watch deployments/);
});

test.serial('who reaches the port of the control plane himself is nobody, whatever he says', async (t) => {
	const [pod] = (
		await kubectlJson<{ items: { status: { podIP: string } }[] }>(
			'get',
			'pods',
			'-n',
			'podwire',
			'-l',
			'app.kubernetes.io/component=control-plane',
		)
	).items;
	t.truthy(pod);
	const ask = `
		import { request } from 'node:https';
		const ask = (path) => new Promise((resolve, reject) => request({ host: '${pod?.status.podIP}', port: 8443, path, rejectUnauthorized: false, agent: false,
			headers: { 'X-Remote-User': 'kubernetes-admin', 'X-Remote-Group': 'system:masters' } }, (response) => { response.resume(); resolve(response.statusCode); }).on('error', reject).end());
		const base = '/apis/tap.podwire.dev/v1alpha1';
		for (const path of [base, base + '/watch/namespaces/shop/deployments/frontend/tap', '/apis', '/openapi/v2', '/metrics', '/healthz']) console.log(path, await ask(path));`;
	const exec = promisify(execFile);
	const { stdout } = await exec(process.env.PODWIRE_TEST_KUBECTL || 'kubectl', [
		'exec',
		'-n',
		'podwire',
		'ds/podwire-agent',
		'--',
		'/usr/bin/node',
		'--input-type=module',
		'-e',
		ask,
	]);
	const statuses = stdout
		.trim()
		.split('\n')
		.map((line) => line.split(' '));
	for (const [path, status] of statuses) t.is(status, path === '/healthz' ? '200' : '401', path);
});

test.serial('denials stand in the log with user, target and reason', async (t) => {
	const log = await kubectl(['logs', '-n', 'podwire', '-l', 'app.kubernetes.io/component=control-plane', '--tail=-1']);
	const denials = log.split('\n').filter((line) => line.includes('"viewer"') && /denied/.test(line));
	t.true(denials.length > 0);
	for (const line of denials) t.notThrows(() => JSON.parse(line));
	t.false(log.includes('of-the-shop'));
});
