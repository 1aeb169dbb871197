import test from 'ava';
import { nothingIsAttached } from './attached.ts';
import { kubectl, kubectlJson, type Pod, podsOf } from './kubectl.ts';
import { SHOP } from './shop.ts';
import { type Exchange, Tap } from './tap.ts';

test.afterEach.always('nothing is attached that no tap wants', nothingIsAttached);

interface Node {
	readonly status: { readonly addresses: ReadonlyArray<{ readonly type: string; readonly address: string }> };
}

async function clusterIp(service: string): Promise<string> {
	const { spec } = await kubectlJson<{ spec: { clusterIP: string } }>('get', 'svc', '-n', SHOP, service);
	return spec.clusterIP;
}

const toBackend = ({ destination }: Exchange) => destination.workload === 'deploy/backend';

test.serial('through a Service, the backend that conntrack chose is shown, and what was asked for', async (t) => {
	const ip = await clusterIp('backend');
	const backends = new Map(
		(await podsOf(SHOP, 'app=backend')).map(({ metadata, status }) => [metadata.name, status.podIP]),
	);
	const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP, '--to', 'deploy/backend', '--body']);
	for (const name of backends.keys()) await tap.shows(2, ({ destination }) => destination.name === name);
	t.is(await tap.interrupt(), 0);
	for (const { destination, response, missing } of tap.exchanges) {
		t.is(destination.ip, backends.get(destination.name ?? '') ?? 'no pod has that name');
		t.is(destination.port, 8080);
		t.like(destination.via, { ip, port: 80, service: 'backend' });
		// The server itself says who it is.
		if (missing.length === 0) t.true(response?.body?.text?.startsWith(`${destination.name} answers`));
	}
});

for (const peer of ['svc/backend', 'deploy/backend', 'svc/backend:80', 'deploy/backend:8080', 'CLUSTER-IP', 'POD-IP']) {
	test.serial(`--to ${peer} finds them`, async (t) => {
		const [backend] = await podsOf(SHOP, 'app=backend');
		const ip = peer === 'POD-IP' ? backend?.status.podIP : await clusterIp('backend');
		const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP, '--to', peer.endsWith('-IP') ? (ip ?? '') : peer]);
		await tap.shows(5);
		t.is(await tap.interrupt(), 0);
		t.true(tap.exchanges.every(toBackend));
		if (peer === 'POD-IP') t.true(tap.exchanges.every(({ destination }) => destination.ip === ip));
	});
}

test.serial('--to somebody else shows nothing, and counts it', async (t) => {
	const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP, '--to', 'sts/stateful', '--duration', '4s']);
	t.is(await tap.ended, 0);
	t.is(tap.exchanges.length, 0);
	t.regex(tap.truth, /[1-9][\d,]* filtered out/);
});

test.serial('--from tells who asks, across nodes', async (t) => {
	const frontends = await podsOf(SHOP, 'app=frontend');
	const tap = await Tap.begun(t, ['deploy/backend', '-n', SHOP, '--from', 'deploy/frontend']);
	for (const { metadata } of frontends) await tap.shows(2, ({ source }) => source.name === metadata.name);
	const nodeOf = new Map(frontends.map(({ metadata, spec }) => [metadata.name, spec.nodeName]));
	await tap.shows(1, ({ source, pod }) => nodeOf.get(source.name ?? '') !== pod.node);
	t.is(await tap.interrupt(), 0);
	t.true(
		tap.exchanges.every(({ source, direction }) => source.workload === 'deploy/frontend' && direction === 'inbound'),
	);
});

test.serial('a node port is shown with the backend behind it', async (t) => {
	// Another node's would be translated there.
	const { spec } = await kubectlJson<Pod>('get', 'pod', '-n', SHOP, 'solo');
	const node = await kubectlJson<Node>('get', 'node', spec.nodeName);
	const ip = node.status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '';
	const tap = await Tap.begun(t, ['pod/solo', '-n', SHOP, '--path', '/by-node-port']);
	const ask = `for (let i = 0; i < 3; i += 1) await (await fetch('http://${ip}:30080/by-node-port')).text()`;
	await kubectl(['exec', '-n', SHOP, 'solo', '--', '/usr/bin/node', '--input-type=module', '-e', ask]);
	const shown = await tap.shows(3);
	t.is(await tap.interrupt(), 0);
	for (const { destination } of shown) {
		t.is(destination.workload, 'deploy/backend');
		t.like(destination.via, { ip, port: 30080 });
	}
});

test.serial('the same over IPv6', async (t) => {
	const ip = await clusterIp('backend-ipv6');
	if (!ip.includes(':')) {
		t.log('skipped: the cluster has no IPv6');
		t.pass();
		return;
	}
	const tap = await Tap.begun(t, ['pod/solo', '-n', SHOP, '--to', 'svc/backend-ipv6', '--path', '/by-ipv6']);
	const ask = `for (let i = 0; i < 3; i += 1) await (await fetch('http://[${ip}]/by-ipv6')).text()`;
	await kubectl(['exec', '-n', SHOP, 'solo', '--', '/usr/bin/node', '--input-type=module', '-e', ask]);
	const shown = await tap.shows(3);
	t.is(await tap.interrupt(), 0);
	for (const { destination } of shown) {
		t.is(destination.workload, 'deploy/backend');
		t.true(destination.ip.includes(':'));
		t.like(destination.via, { ip, port: 80, service: 'backend-ipv6' });
	}
});

test.serial('credentials never leave the node', async (t) => {
	const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP]);
	const [exchange] = await tap.shows(1, ({ direction }) => direction === 'outbound');
	t.is(await tap.interrupt(), 0);
	const authorization = exchange?.request?.headers.find(({ name }) => name.toLowerCase() === 'authorization');
	t.deepEqual(authorization, { name: authorization?.name ?? '', redacted: true });
	t.false(JSON.stringify(tap.exchanges).includes('of-the-shop'));
});
