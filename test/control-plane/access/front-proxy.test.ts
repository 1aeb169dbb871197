/** Whom the control plane of a cluster believes: real TLS, over HTTP/1.1 and HTTP/2. */
import { appendFileSync } from 'node:fs';
import test from 'ava';
import { VERSION_PATH } from '../../../src/control-plane/api/discovery.ts';
import { eventually } from '../../messaging/eventually.ts';
import { Authority } from './certificates.ts';
import { ask2, ClusterLab } from './cluster-lab.ts';

const USER = { 'X-Remote-User': 'jane' };

test('only the front proxy is believed, on every path but health, by HTTP/1.1 and HTTP/2', async (t) => {
	const lab = await ClusterLab.for(t);
	const controlPlane = await lab.ready();
	const other = Authority.create(lab.lab.directory, 'front-proxy-ca'); // of the same name, with another key
	const intermediate = lab.authority.intermediate('between');
	const between = intermediate.issue({ commonName: 'front-proxy-client', usage: 'clientAuth' });
	appendFileSync(between.certificate, intermediate.pem);
	const past = { notBefore: '20200101000000Z', notAfter: '20200102000000Z' };
	const future = { notBefore: '20990101000000Z', notAfter: '20990102000000Z' };
	const issue = (wishes: Parameters<Authority['issue']>[0]) => lab.authority.issue(wishes);
	const callers = [
		['no certificate', null, 401, /no client certificate/],
		['the right one', lab.proxy, 200, /APIResourceList/],
		['one over an intermediate', between, 200, /APIResourceList/],
		['another authority', other.issue({ commonName: 'front-proxy-client', usage: 'clientAuth' }), 401, /not signed/],
		['another name', issue({ commonName: 'someone', usage: 'clientAuth' }), 401, /someone.* not allowed/],
		['expired', issue({ commonName: 'front-proxy-client', usage: 'clientAuth', ...past }), 401, /expired/],
		['not yet', issue({ commonName: 'front-proxy-client', usage: 'clientAuth', ...future }), 401, /not valid before/],
		['of a server', issue({ commonName: 'front-proxy-client', usage: 'serverAuth' }), 401, /not for client/],
	] as const;
	for (const [what, certificate, expected, words] of callers) {
		const caller = { certificate, headers: USER };
		const one = await lab.ask(controlPlane, VERSION_PATH, caller);
		const two = await ask2(lab.session(controlPlane, caller), VERSION_PATH, USER);
		for (const { status, body } of [one, two]) {
			t.is(status, expected, what);
			t.regex(body, words, what);
			if (expected !== 401) continue;
			const object = JSON.parse(body) as object;
			t.like(object, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Unauthorized', code: 401 }, what);
		}
		for (const path of ['/healthz', '/readyz']) {
			t.deepEqual(await lab.ask(controlPlane, path, caller), { status: 200, body: 'ok\n' }, what);
		}
	}
	const nobody = { certificate: null, headers: USER };
	for (const path of [
		'/',
		'/apis',
		'/openapi/v2',
		'/openapi/v3',
		'/metrics',
		'status',
		'taps/t-00000000',
		'watch/x/tap',
	]) {
		t.is((await lab.ask(controlPlane, path, nobody)).status, 401, path);
	}
	t.is((await lab.ask(controlPlane, VERSION_PATH, { certificate: lab.proxy, headers: {} })).status, 401, 'no user');
	t.true(controlPlane.logged('"audit":"unauthenticated"').length > 0);
});

test('a change of the ConfigMap counts at once, also for connections that are there', async (t) => {
	const lab = await ClusterLab.for(t);
	const controlPlane = await lab.ready();
	const session = lab.session(controlPlane, lab.as('jane'));
	const status = async () => (await ask2(session, VERSION_PATH, USER)).status;
	t.is(await status(), 200);

	const next = Authority.create(lab.lab.directory, 'next-ca');
	lab.trust(next.pem);
	await eventually(async () => (await status()) === 401, 'the old authority counts no more');
	lab.trust(`${next.pem}${lab.authority.pem}`);
	await eventually(async () => (await status()) === 200, 'either counts');
	lab.trust(lab.authority.pem, { 'requestheader-allowed-names': '["another"]' });
	await eventually(async () => (await status()) === 401, 'the name is not allowed');
	lab.trust(lab.authority.pem, { 'requestheader-allowed-names': '[]' });
	await eventually(async () => (await status()) === 200, 'any name is allowed');

	lab.trust(lab.authority.pem, { 'requestheader-username-headers': '["X-Who"]' });
	await eventually(async () => (await status()) === 401, 'another header says the user');
	t.is((await ask2(session, VERSION_PATH, { 'X-Who': 'jane' })).status, 200);

	lab.trust('no certificates');
	await eventually(async () => (await lab.ask(controlPlane, '/readyz')).status === 503, 'it is not ready');
	t.regex((await lab.ask(controlPlane, '/readyz')).body, /requestheader-client-ca-file/);
	t.is((await ask2(session, VERSION_PATH, { 'X-Who': 'jane' })).status, 401);
});

test('without the ConfigMap nobody is believed, and it is not ready until it is there', async (t) => {
	const lab = await ClusterLab.for(t);
	lab.kube.remove('/api/v1/namespaces/kube-system/configmaps', 'extension-apiserver-authentication', 'kube-system');
	const controlPlane = await lab.start();
	t.is((await lab.ask(controlPlane, '/healthz')).status, 200);
	await eventually(
		async () => /there is no ConfigMap/.test((await lab.ask(controlPlane, '/readyz')).body),
		'it says what is missing',
	);
	t.is((await lab.ask(controlPlane, VERSION_PATH, lab.as('jane'))).status, 401);
	lab.trust(lab.authority.pem);
	await eventually(async () => (await lab.ask(controlPlane, '/readyz')).status === 200, 'it is ready');
	t.is((await lab.ask(controlPlane, VERSION_PATH, lab.as('jane'))).status, 200);
});
