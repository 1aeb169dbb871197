/** The API of a cluster over TLS: discovery, refusals, streams of both HTTP versions, certificates that change. */
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import test from 'ava';
import { VERSION_PATH } from '../../../src/control-plane/api/discovery.ts';
import { wire } from '../../../src/messaging/wire.ts';
import { eventually } from '../../messaging/eventually.ts';
import { BatchSource, exchange } from '../wire-agent.ts';
import { ask2, type ClusterControlPlane, ClusterLab } from './cluster-lab.ts';

const SHOP = 'watch/namespaces/shop/pods/-/tap';
const POD = { namespace: 'shop', name: 'frontend-1', node: 'node1' };
const KINDS =
	'pods deployments replicasets statefulsets daemonsets jobs cronjobs replicationcontrollers services namespaces';

async function shop(t: Parameters<typeof ClusterLab.for>[0]) {
	const lab = await ClusterLab.for(t);
	lab.pod('frontend-1');
	lab.kube.grants = [{ user: 'jane', verb: 'watch', resource: 'pods/tap' }];
	return { lab, agent: await lab.lab.agent(), controlPlane: await lab.ready() };
}

test('discovery and OpenAPI: every kind beside its subresources, and nothing that could stand for another', async (t) => {
	const { lab, controlPlane } = await shop(t);
	const read = async (path: string) => JSON.parse((await lab.ask(controlPlane, path, lab.as('jane'))).body);
	t.like(await read('/apis'), { kind: 'APIGroupList', groups: [{ name: 'tap.podwire.dev' }] });
	const version = { groupVersion: 'tap.podwire.dev/v1alpha1', version: 'v1alpha1' };
	t.like(await read('/apis/tap.podwire.dev'), { kind: 'APIGroup', versions: [version], preferredVersion: version });
	const list = (await read(VERSION_PATH)) as { kind: string; resources: Record<string, unknown>[] };
	t.is(list.kind, 'APIResourceList');
	const rights = ['', '/tap', '/bodies', '/unredacted'];
	const expected = KINDS.split(' ').flatMap((kind) => rights.map((right) => `${kind}${right}`));
	t.deepEqual(list.resources.map(({ name }) => name).sort(), [...expected, 'taps'].sort());
	for (const resource of list.resources) {
		t.false('shortNames' in resource || 'categories' in resource);
		t.false((resource.verbs as string[]).includes('list'));
	}
	const singular = KINDS.split(' ').map((kind) => kind.replace(/s$/, ''));
	const names = list.resources.flatMap(({ kind, singularName }) => [String(kind).toLowerCase(), singularName]);
	t.deepEqual(
		singular.filter((name) => names.includes(name)),
		[],
	);

	t.like(await read('/openapi/v2'), { swagger: '2.0', info: { title: 'Podwire' } });
	const { paths } = (await read('/openapi/v3')) as { paths: Record<string, { serverRelativeURL: string }> };
	const url = paths['apis/tap.podwire.dev/v1alpha1']?.serverRelativeURL ?? '';
	const document = (await read(url)) as { openapi: string; paths: object };
	t.is(document.openapi, '3.0.0');
	t.true(Object.keys(document.paths).every((path) => path.startsWith('/apis/tap.podwire.dev/v1alpha1/')));
});

test('what is asked for wrongly is refused as a metav1.Status', async (t) => {
	const { lab, controlPlane } = await shop(t);
	const cases = [
		['GET', 'nothing', {}, 404, 'NotFound'],
		['GET', 'namespaces/shop/pods', {}, 404, 'NotFound'],
		['POST', SHOP, {}, 405, 'MethodNotAllowed'],
		['GET', 'taps/t-00000000', {}, 405, 'MethodNotAllowed'],
		['PUT', VERSION_PATH, {}, 405, 'MethodNotAllowed'],
		['GET', VERSION_PATH, { Accept: 'application/vnd.kubernetes.protobuf' }, 406, 'NotAcceptable'],
		['GET', SHOP, { Accept: 'text/html' }, 406, 'NotAcceptable'],
		['GET', 'watch/namespaces/shop/namespaces/other/tap', {}, 400, 'BadRequest'],
	] as const;
	for (const [method, path, headers, code, reason] of cases) {
		const { status, body } = await lab.ask(controlPlane, path, lab.as('jane', headers), method);
		t.is(status, code, `${method} ${path}: ${body}`);
		t.like(JSON.parse(body) as object, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason });
	}
	const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
	t.is((await lab.ask(controlPlane, '/apis', lab.as('jane', { Accept: aggregated }))).status, 200);
});

/** The serial number of the certificate that a new connection is shown. */
async function served(lab: ClusterLab, { port }: ClusterControlPlane): Promise<string> {
	return await new Promise((resolve, reject) => {
		const socket = connect({ host: '127.0.0.1', port, ...lab.tls(lab.proxy) }, () => {
			resolve(socket.getPeerX509Certificate()?.serialNumber ?? '');
			socket.destroy();
		});
		socket.once('error', reject);
	});
}

test('a renewed serving certificate is shown to new connections, and streams that live go on', async (t) => {
	const { lab, agent, controlPlane } = await shop(t);
	const client = await (await lab.tap(controlPlane, SHOP, lab.as('jane'))).begin();
	const session = lab.session(controlPlane, lab.as('jane'));
	t.is((await ask2(session, VERSION_PATH, { 'X-Remote-User': 'jane' })).status, 200);
	const before = await served(lab, controlPlane);
	lab.renewServing();
	await eventually(async () => (await served(lab, controlPlane)) !== before, 'the new one is shown');
	agent.publish(new BatchSource(client.id, POD).next([exchange('/after')]));
	await eventually(() => client.paths.includes('/after'), 'the stream goes on');
	t.is((await ask2(session, VERSION_PATH, { 'X-Remote-User': 'jane' })).status, 200);
	t.is(client.ended, null);
});

test('HTTP/2: a client that does not read costs a bounded queue, and no other its stream', async (t) => {
	const { lab, agent, controlPlane } = await shop(t);
	const session = lab.session(controlPlane, lab.as('jane'));
	const stream = session.request({
		':path': `${VERSION_PATH}/${SHOP}`,
		'x-remote-user': 'jane',
		accept: 'application/vnd.podwire.v1+protobuf',
	});
	stream.pause();
	const [id = ''] = await eventually(() => (agent.taps.length > 0 ? agent.taps : null), 'the agent is told');
	const source = new BatchSource(id, POD);
	const batches = 60;
	const body = { content: Buffer.alloc(900_000, 0x61) };
	const fat = (path: string) => exchange(path, { response: { status: 200, body } });
	for (let batch = 1; batch <= batches; batch += 1) {
		agent.publish(source.next([fat(`/${batch}`)]));
		await agent.connection.flush();
	}
	lab.kube.grants.push({ user: 'jane', verb: 'list', resource: 'status' });
	const dropped = await eventually(async () => {
		const report = JSON.parse((await ask2(session, 'status', { 'x-remote-user': 'jane' })).body) as {
			taps: { exchanges: number; losses: Record<string, number> }[];
		};
		const [tap] = report.taps;
		return tap?.exchanges === batches ? (tap.losses['client too slow'] ?? 0) : null;
	}, 'all batches are there, and some are dropped; the same connection still answers');
	// 32 MiB may wait, one batch beyond, and what the windows of the connection take.
	t.true(dropped >= batches - 42 && dropped < batches, `${dropped} dropped`);

	let bytes = Buffer.alloc(0);
	const frames: InstanceType<typeof wire.StreamFrame>[] = [];
	stream.on('data', (chunk: Buffer) => {
		bytes = Buffer.concat([bytes, chunk]);
		while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32LE(0)) {
			const end = 4 + bytes.readUInt32LE(0);
			frames.push(wire.StreamFrame.decode(bytes.subarray(4, end)) as never);
			bytes = bytes.subarray(end);
		}
	});
	stream.resume();
	const lost = await eventually(
		() => frames.find(({ notice }) => notice?.loss?.cause === wire.LossCause.LOSS_CAUSE_CONTROL_PLANE_QUEUE_FULL),
		'the loss is told once it reads',
	);
	t.is(lost.notice?.loss?.count, dropped);
	t.is(frames.filter(({ batch }) => batch?.length).length, batches - dropped);
	agent.publish(source.next([exchange('/after')]));
	await eventually(() => frames.filter(({ batch }) => batch?.length).length === batches - dropped + 1, 'it goes on');
	stream.close();
	await eventually(() => agent.taps.length === 0, 'a client that goes ends its tap');
});

test('a user in a thousand groups gets in, by HTTP/2 too', async (t) => {
	const { lab, controlPlane } = await shop(t);
	const groups = Array.from({ length: 1000 }, (_, index) => `group-${index}`);
	const headers = { 'X-Remote-User': 'jane', 'X-Remote-Group': groups };
	t.is((await lab.ask(controlPlane, VERSION_PATH, { certificate: lab.proxy, headers })).status, 200);
	t.is((await ask2(lab.session(controlPlane, lab.as('jane')), VERSION_PATH, headers)).status, 200);
});

test('a certificate and key that do not fit are not taken, and it says so', async (t) => {
	const { lab, controlPlane } = await shop(t);
	const before = await served(lab, controlPlane);
	writeFileSync(lab.servingFiles.key, readFileSync(lab.proxy.key));
	await eventually(() => controlPlane.logged('does not belong to the certificate').length > 0, 'it says so');
	t.is(await served(lab, controlPlane), before);
});
