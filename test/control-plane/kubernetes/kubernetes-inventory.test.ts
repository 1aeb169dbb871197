import type { ExecutionContext } from 'ava';
import test from 'ava';
import { AddressBook } from '../../../src/control-plane/address-book.ts';
import { InventoryError } from '../../../src/control-plane/inventory.ts';
import {
	type KubernetesInventory,
	openKubernetesInventory,
} from '../../../src/control-plane/kubernetes/kubernetes-inventory.ts';
import { resolvePeers } from '../../../src/control-plane/peers.ts';
import { TargetResolver } from '../../../src/control-plane/targets.ts';
import { systemClock } from '../../../src/messaging/clock.ts';
import { parseLabelSelector } from '../../../src/messaging/label-selector.ts';
import { formatIp, parseIp } from '../../../src/messaging/network-address.ts';
import { parsePeer } from '../../../src/messaging/peer-query.ts';
import { parseTarget } from '../../../src/messaging/target.ts';
import { wire } from '../../../src/messaging/wire.ts';
import { eventually } from '../../messaging/eventually.ts';
import {
	CIDRS,
	CRON_JOBS,
	DAEMON_SETS,
	DEPLOYMENTS,
	JOBS,
	NAMESPACES,
	NODES,
	named,
	PODS,
	pod,
	REPLICA_SETS,
	SERVICES,
	SLICES,
	STATEFUL_SETS,
	service,
	slice,
} from './cluster-objects.ts';
import { ObjectServer } from './object-server.ts';

const { EndpointKind } = wire;
const FRONTEND = { labels: { app: 'frontend', 'pod-template-hash': '7d4' }, owner: 'ReplicaSet/frontend-7d4' };

/** A shop as Kubernetes would have it. */
async function shop(t: ExecutionContext): Promise<ObjectServer> {
	const server = await ObjectServer.start(t);
	for (const name of ['shop', 'else', 'empty', 'kube-system']) server.put(NAMESPACES, named(name));
	server.put(NODES, {
		metadata: { name: 'node1', labels: { 'kubernetes.io/os': 'linux' } },
		status: {
			addresses: [
				{ type: 'InternalIP', address: '198.18.0.1' },
				{ type: 'Hostname', address: 'node1' },
			],
		},
	});
	server.put(NODES, {
		metadata: { name: 'win1', labels: { 'kubernetes.io/os': 'windows' } },
		status: { addresses: [{ type: 'InternalIP', address: '198.18.0.2' }] },
	});
	server.put(DEPLOYMENTS, named('frontend', 'shop'));
	server.put(REPLICA_SETS, named('frontend-7d4', 'shop', 'Deployment/frontend'));
	server.put(REPLICA_SETS, named('bare', 'shop'));
	server.put(STATEFUL_SETS, named('db', 'shop'));
	server.put(DAEMON_SETS, named('logs', 'kube-system'));
	server.put(CRON_JOBS, named('nightly', 'shop'));
	server.put(JOBS, named('nightly-1', 'shop', 'CronJob/nightly'));
	server.put(JOBS, named('once', 'shop'));
	server.put(PODS, pod('frontend-7d4-aaa', { ...FRONTEND, ips: ['198.18.11.1', '2001:2::11:1'] }));
	server.put(PODS, pod('frontend-7d4-bbb', { ...FRONTEND, ips: ['198.18.11.2'] }));
	server.put(PODS, pod('bare-ccc', { owner: 'ReplicaSet/bare', ips: ['198.18.11.3'] }));
	server.put(PODS, pod('db-0', { owner: 'StatefulSet/db', ips: ['198.18.11.4'], labels: { app: 'db' } }));
	server.put(PODS, pod('nightly-1-ddd', { owner: 'Job/nightly-1', ips: ['198.18.11.5'] }));
	server.put(PODS, pod('once-eee', { owner: 'Job/once', ips: ['198.18.11.6'], phase: 'Succeeded' }));
	server.put(PODS, pod('single', { ips: ['198.18.11.7'] }));
	server.put(PODS, pod('waiting', { node: '', phase: 'Pending' }));
	server.put(PODS, pod('strange', { owner: 'CloneSet/frontend', ips: ['198.18.11.8'] }));
	server.put(PODS, pod('single', { namespace: 'else', ips: ['198.18.12.1'], labels: { app: 'frontend' } }));
	server.put(
		PODS,
		pod('logs-1', {
			namespace: 'kube-system',
			owner: 'DaemonSet/logs',
			ips: ['198.18.0.1'],
			spec: { hostNetwork: true },
		}),
	);
	server.put(PODS, pod('win-pod', { namespace: 'else', node: 'win1', ips: ['198.18.12.2'] }));
	return server;
}

async function inventoryOf(t: ExecutionContext, server: ObjectServer): Promise<KubernetesInventory> {
	const say = () => {};
	const inventory = openKubernetesInventory({
		api: server.api,
		clock: systemClock,
		random: Math.random,
		log: { info: say, warn: say, error: say },
	});
	t.teardown(() => inventory.stop());
	await inventory.start();
	t.true(inventory.isSynced);
	return inventory;
}

const query = (text: string, namespace: string | null, labels = '') => ({
	...parseTarget(text, { kindAlone: true }),
	namespace,
	selector: labels === '' ? null : parseLabelSelector(labels),
});

const names = (inventory: KubernetesInventory, text: string, namespace: string | null = 'shop', labels = '') =>
	inventory
		.podsOf(query(text, namespace, labels))
		.map(({ name }) => name)
		.sort();

const refusal = (
	t: ExecutionContext,
	inventory: KubernetesInventory,
	text: string,
	namespace: string | null = 'shop',
	labels = '',
) => t.throws(() => inventory.podsOf(query(text, namespace, labels)), { instanceOf: InventoryError }).message;

const ip = (text: string) => parseIp(text) ?? new Uint8Array();

test('targets of every kind are the pods that their controllers own', async (t) => {
	const inventory = await inventoryOf(t, await shop(t));
	const frontends = ['frontend-7d4-aaa', 'frontend-7d4-bbb'];
	t.deepEqual(names(inventory, 'deploy/frontend'), frontends);
	t.deepEqual(names(inventory, 'rs/frontend-7d4'), frontends);
	t.deepEqual(names(inventory, 'rs/bare'), ['bare-ccc']);
	t.deepEqual(names(inventory, 'sts/db'), ['db-0']);
	t.deepEqual(names(inventory, 'cj/nightly'), ['nightly-1-ddd']);
	t.deepEqual(names(inventory, 'job/nightly-1'), ['nightly-1-ddd']);
	t.deepEqual(names(inventory, 'ds/logs', 'kube-system'), ['logs-1']);
	t.deepEqual(names(inventory, 'single'), ['single']);
	t.deepEqual(names(inventory, 'deploy'), frontends);
	t.deepEqual(names(inventory, 'rs', null), ['bare-ccc', ...frontends]);
	t.deepEqual(names(inventory, 'ns/else', null), ['single', 'win-pod']);
	const running = ['bare-ccc', 'db-0', ...frontends, 'nightly-1-ddd', 'single', 'strange'];
	t.deepEqual(names(inventory, 'ns/shop', null), running);
	t.deepEqual(names(inventory, 'pods'), running);
	t.deepEqual(names(inventory, 'pods', null, 'app=frontend'), [...frontends, 'single']);
	t.deepEqual(names(inventory, 'pods', 'shop', 'app in (db)'), ['db-0']);
	t.is(names(inventory, 'ns', null).length, running.length + 3);
});

test('workloads are called as kubectl calls them', async (t) => {
	const inventory = await inventoryOf(t, await shop(t));
	const workloads = inventory.podsOf(query('pods', null)).map(({ name, workload }) => `${name} ${workload}`);
	t.deepEqual(workloads.sort(), [
		'bare-ccc rs/bare',
		'db-0 sts/db',
		'frontend-7d4-aaa deploy/frontend',
		'frontend-7d4-bbb deploy/frontend',
		'logs-1 ds/logs',
		'nightly-1-ddd cj/nightly',
		'single ',
		'single ',
		'strange ',
		'win-pod ',
	]);
});

test('what does not exist or does not run is told in a sentence', async (t) => {
	const inventory = await inventoryOf(t, await shop(t));
	t.is(refusal(t, inventory, 'deploy/frontent'), 'there is no deploy/frontent in namespace shop (frontend?)');
	t.is(refusal(t, inventory, 'deploy/strange'), 'there is no deploy/strange in namespace shop');
	t.is(refusal(t, inventory, 'ns/shup', null), 'there is no ns/shup (shop?)');
	t.is(refusal(t, inventory, 'deploy/x', 'shup'), 'there is no namespace shup');
	t.is(refusal(t, inventory, 'waiting'), 'pod/waiting in namespace shop is not on a node yet');
	t.is(refusal(t, inventory, 'once-eee'), 'pod/once-eee in namespace shop has finished (Succeeded)');
	t.is(refusal(t, inventory, 'job/once'), 'no running pods of job/once in namespace shop (1 finished)');
	t.is(refusal(t, inventory, 'pods', 'empty'), 'no running pods in namespace empty');
	t.is(
		refusal(t, inventory, 'deploy/frontend', 'shop', 'app=x'),
		'no running pods of deploy/frontend in namespace shop with labels app=x',
	);
});

test('pods that cannot be tapped say why, and static pods are found by what their node calls them', async (t) => {
	const server = await shop(t);
	const hash = '0123456789abcdef0123456789abcdef';
	const mirror = (annotation: string) => ({
		owner: 'Node/node1',
		annotations: { 'kubernetes.io/config.mirror': annotation },
	});
	server.put(PODS, pod('static', { ...mirror(hash), ips: ['198.18.11.20'] }));
	server.put(PODS, pod('own-uid', { ...mirror('uid-of-single'), ips: ['198.18.11.21'] }));
	server.put(PODS, pod('forged', { annotations: { 'kubernetes.io/config.mirror': hash }, ips: ['198.18.11.22'] }));
	const inventory = await inventoryOf(t, server);
	const one = (name: string, namespace = 'shop') => inventory.podsOf(query(name, namespace))[0];
	t.regex(one('logs-1', 'kube-system')?.untappable ?? '', /hostNetwork/);
	t.regex(one('win-pod', 'else')?.untappable ?? '', /Windows/);
	t.is(one('single')?.untappable, '');
	t.deepEqual(one('single')?.networkNamespace, { podUid: 'uid-of-single' });
	t.deepEqual(one('static')?.networkNamespace, { podUid: hash });
	t.regex(one('own-uid')?.untappable ?? '', /static pod/);
	t.deepEqual(one('forged')?.networkNamespace, { podUid: 'uid-of-forged' });
});

test('services are their slices’ pods, whether ready or not, and their addresses', async (t) => {
	const server = await shop(t);
	server.put(
		SERVICES,
		service('web', {
			type: 'NodePort',
			clusterIPs: ['198.19.0.10', '2001:2::19:1'],
			selector: { app: 'frontend' },
			ports: [{ port: 80, nodePort: 30080 }],
		}),
	);
	server.put(SLICES, slice('web', ['pod/frontend-7d4-aaa', 'pod/frontend-7d4-bbb', 'pod/not-known-yet']));
	server.put(SERVICES, service('headless', { clusterIP: 'None', clusterIPs: ['None'], selector: { app: 'db' } }));
	server.put(SLICES, slice('headless', ['pod/db-0']));
	server.put(SERVICES, service('outside', { clusterIPs: ['198.19.0.11'] }));
	server.put(SLICES, slice('outside', ['203.0.113.5']));
	server.put(SERVICES, service('alias', { type: 'ExternalName', externalName: 'DB.example.com.' }));
	server.put(SERVICES, service('lonely', { clusterIPs: ['198.19.0.12'], selector: { app: 'none' } }));
	server.put(
		SERVICES,
		service(
			'balanced',
			{ type: 'LoadBalancer', clusterIPs: ['198.19.0.13'] },
			{ loadBalancer: { ingress: [{ ip: '203.0.113.80' }] } },
		),
	);
	const inventory = await inventoryOf(t, server);
	t.deepEqual(names(inventory, 'svc/web'), ['frontend-7d4-aaa', 'frontend-7d4-bbb']);
	t.deepEqual(names(inventory, 'svc/headless'), ['db-0']);
	t.deepEqual(names(inventory, 'svc'), ['db-0', 'frontend-7d4-aaa', 'frontend-7d4-bbb']);
	t.is(
		refusal(t, inventory, 'svc/outside'),
		'svc/outside in namespace shop leads to no pods but to 203.0.113.5: tap the pods that call it, with --to svc/outside',
	);
	t.is(
		refusal(t, inventory, 'svc/alias'),
		'svc/alias in namespace shop is another name of the host db.example.com (ExternalName) and has no pods: tap the pods that call it, with --to db.example.com',
	);
	t.is(
		refusal(t, inventory, 'svc/lonely'),
		'svc/lonely in namespace shop has no endpoints: no pod matches its selector yet',
	);
	t.is(refusal(t, inventory, 'svc/wep'), 'there is no svc/wep in namespace shop (web?)');
	const peer = (text: string) => {
		const { pods, addresses, hosts } = inventory.peerOf(query(text, 'shop'));
		return [pods.map(({ name }) => name), addresses.map(formatIp), hosts];
	};
	t.deepEqual(peer('svc/web'), [['frontend-7d4-aaa', 'frontend-7d4-bbb'], ['198.19.0.10', '2001:2::19:1'], []]);
	t.deepEqual(peer('svc/outside'), [[], ['198.19.0.11', '203.0.113.5'], []]);
	t.deepEqual(peer('svc/alias'), [[], [], ['db.example.com']]);
	t.deepEqual(peer('svc/balanced'), [[], ['198.19.0.13', '203.0.113.80'], []]);
	t.deepEqual(peer('job/once'), [[], [], []]);
	t.like(inventory.nameOf(ip('198.19.0.10')), {
		kind: EndpointKind.ENDPOINT_KIND_SERVICE,
		namespace: 'shop',
		name: 'web',
	});
	t.like(inventory.nameOf(ip('2001:2::19:1')), { name: 'web' });
	t.like(inventory.nameOf(ip('203.0.113.80')), { name: 'balanced' });
	t.true(inventory.translatesAnyAddress());
	const covered = inventory.translatedNetworks().map(({ ip: first, prefixBits }) => `${formatIp(first)}/${prefixBits}`);
	// 10 = 0b1010 … 13 = 0b1101.
	t.deepEqual(covered, ['198.19.0.8/29', '2001:2::19:1/128']);
	server.put(CIDRS, { metadata: { name: 'kubernetes' }, spec: { cidrs: ['198.19.0.0/16', '2001:2:0:19::/108'] } });
	await eventually(() => inventory.translatedNetworks()[0]?.prefixBits === 16, 'the cluster’s own range goes before');
	t.is(inventory.translatedNetworks().length, 2);
});

test('--to a service that is another name of a host matches that host; --from cannot', async (t) => {
	const server = await shop(t);
	server.put(SERVICES, service('alias', { type: 'ExternalName', externalName: 'db.example.com' }));
	const inventory = await inventoryOf(t, server);
	const resolution = {
		resolver: new TargetResolver(inventory),
		book: new AddressBook(inventory),
		namespace: 'shop',
		mayName: () => true,
	};
	const peers = (end: 'to' | 'from') => resolvePeers(end, [parsePeer('svc/alias:5432')], resolution).peers;
	t.deepEqual(peers('to'), [{ host: 'db.example.com', port: 5432 }]);
	t.deepEqual(peers('from'), [{ networks: [{ ip: Uint8Array.of(0, 0, 0, 0), prefixBits: 32 }], port: 5432 }]);
});

test('addresses have the names of pods, nodes, or of nobody in the cluster', async (t) => {
	const inventory = await inventoryOf(t, await shop(t));
	t.like(inventory.nameOf(ip('198.18.11.1')), {
		kind: EndpointKind.ENDPOINT_KIND_POD,
		namespace: 'shop',
		name: 'frontend-7d4-aaa',
		workload: 'deploy/frontend',
	});
	t.like(inventory.nameOf(ip('2001:2::11:1')), { name: 'frontend-7d4-aaa' });
	t.like(inventory.nameOf(ip('198.18.0.1')), { kind: EndpointKind.ENDPOINT_KIND_NODE, name: 'node1' });
	t.like(inventory.nameOf(ip('198.18.11.6')), { kind: EndpointKind.ENDPOINT_KIND_EXTERNAL }, 'of a finished pod');
	t.like(inventory.nameOf(ip('203.0.113.1')), { kind: EndpointKind.ENDPOINT_KIND_EXTERNAL });
	t.like(inventory.nameOf(ip('127.0.0.1')), { kind: EndpointKind.ENDPOINT_KIND_LOCAL });
	t.like(inventory.nameOf(ip('::1')), { kind: EndpointKind.ENDPOINT_KIND_LOCAL });
	const book = new AddressBook(inventory);
	t.is(book.nameOf(ip('198.18.11.1')), book.nameOf(ip('198.18.11.1')));
	const reported = { pod: { namespace: 'shop', name: 'single' }, addresses: [ip('203.0.113.1')] };
	t.false(book.learn('node1', [reported]), 'agents are not asked about pods of the cluster');
	t.like(book.nameOf(ip('203.0.113.1')), { kind: EndpointKind.ENDPOINT_KIND_EXTERNAL });
});

test('pods that come, go, change their address, their labels and their makers', async (t) => {
	const server = await shop(t);
	const inventory = await inventoryOf(t, server);
	const book = new AddressBook(inventory);
	let told = 0;
	inventory.subscribe(() => {
		told += 1;
	});
	await eventually(() => server.watchesOf(PODS) === 1 && server.watchesOf(REPLICA_SETS) === 1, 'it watches');
	server.put(PODS, pod('frontend-7d4-ccc', { ...FRONTEND, ips: ['198.18.11.30'] }));
	await eventually(() => names(inventory, 'deploy/frontend').length === 3, 'a third pod');
	const before = book.nameOf(ip('198.18.11.30'));
	server.put(PODS, pod('frontend-7d4-ccc', { ...FRONTEND, ips: ['198.18.11.31'] }));
	await eventually(() => inventory.nameOf(ip('198.18.11.31'))?.name === 'frontend-7d4-ccc', 'another address');
	t.like(inventory.nameOf(ip('198.18.11.30')), { kind: EndpointKind.ENDPOINT_KIND_EXTERNAL });
	t.not(book.nameOf(ip('198.18.11.30')), before);
	server.put(PODS, pod('frontend-7d4-ccc', { ...FRONTEND, labels: { app: 'other' }, ips: ['198.18.11.31'] }));
	await eventually(
		() => inventory.podsOf(query('frontend-7d4-ccc', 'shop'))[0]?.labels.app === 'other',
		'another label',
	);
	t.deepEqual(names(inventory, 'pods', 'shop', 'app=other'), ['frontend-7d4-ccc']);
	server.put(PODS, pod('adopted', { owner: 'ReplicaSet/frontend-7d4', ips: ['198.18.11.31'] }));
	await eventually(() => inventory.nameOf(ip('198.18.11.31'))?.name === 'adopted', 'the address is taken over');
	server.remove(PODS, 'frontend-7d4-ccc', 'shop');
	await eventually(() => names(inventory, 'deploy/frontend').length === 3, 'it is gone');
	t.like(inventory.nameOf(ip('198.18.11.31')), { name: 'adopted' });
	server.put(PODS, pod('adopted', { ips: ['198.18.11.31'] }));
	await eventually(() => inventory.nameOf(ip('198.18.11.31'))?.workload === '', 'nobody’s');
	server.put(REPLICA_SETS, named('frontend-7d4', 'shop'));
	await eventually(() => inventory.nameOf(ip('198.18.11.1'))?.workload === 'rs/frontend-7d4', 'orphaned');
	t.regex(refusal(t, inventory, 'deploy/frontend'), /no running pods of deploy\/frontend/);
	server.remove(DEPLOYMENTS, 'frontend', 'shop');
	await eventually(() => /there is no deploy/.test(refusal(t, inventory, 'deploy/frontend')), 'deleted');
	await eventually(() => told > 0, 'changes are told');
	t.true(told < 12, 'several at once');
});

test('a pod of a name that was used before is another pod', async (t) => {
	const server = await shop(t);
	const inventory = await inventoryOf(t, server);
	const [first] = inventory.podsOf(query('db-0', 'shop'));
	await eventually(() => server.watchesOf(PODS) === 1, 'it watches');
	server.breakWatches();
	server.remove(PODS, 'db-0', 'shop');
	server.put(PODS, pod('db-0', { uid: 'another', owner: 'StatefulSet/db', ips: ['198.18.11.44'] }));
	server.compact();
	await eventually(() => inventory.podsOf(query('db-0', 'shop'))[0] !== first, 'listed anew');
	const [second] = inventory.podsOf(query('sts/db', 'shop'));
	t.deepEqual(second?.networkNamespace, { podUid: 'another' });
	t.like(inventory.nameOf(ip('198.18.11.4')), { kind: EndpointKind.ENDPOINT_KIND_EXTERNAL });
	t.is(inventory.podsOf(query('sts/db', 'shop')).length, 1);
});

test('what was deleted while nobody watched is gone after a list', async (t) => {
	const server = await shop(t);
	server.put(SERVICES, service('web', { clusterIPs: ['198.19.0.10'], selector: { app: 'frontend' } }));
	server.put(SLICES, slice('web', ['pod/frontend-7d4-aaa']));
	const inventory = await inventoryOf(t, server);
	await eventually(() => server.openWatches === 13, 'all kinds are watched');
	server.breakWatches();
	server.remove(SERVICES, 'web', 'shop');
	server.remove(SLICES, 'web-abcde', 'shop');
	server.remove(STATEFUL_SETS, 'db', 'shop');
	server.remove(PODS, 'db-0', 'shop');
	server.remove(NAMESPACES, 'empty');
	server.remove(NODES, 'node1');
	server.compact();
	await eventually(() => inventory.nameOf(ip('198.18.0.1'))?.kind === EndpointKind.ENDPOINT_KIND_EXTERNAL, 'the node');
	await eventually(
		() => inventory.nameOf(ip('198.19.0.10'))?.kind === EndpointKind.ENDPOINT_KIND_EXTERNAL,
		'the service',
	);
	await eventually(() => inventory.nameOf(ip('198.18.11.4'))?.kind === EndpointKind.ENDPOINT_KIND_EXTERNAL, 'the pod');
	await eventually(() => /no sts\/db/.test(refusal(t, inventory, 'sts/db')), 'the stateful set');
	await eventually(() => /no ns\/empty/.test(refusal(t, inventory, 'ns/empty', null)), 'the namespace');
	t.is(inventory.podsOf(query('single', 'shop'))[0]?.node, 'node1', 'a pod keeps the name of its node');
});

test('an inventory that is closed before it could list anything lets its starter go', async (t) => {
	const server = await ObjectServer.start(t);
	for (const path of [PODS, NODES]) server.refuse(path, 503, 'ServiceUnavailable', 'away');
	const say = () => {};
	const inventory = openKubernetesInventory({
		api: server.api,
		clock: systemClock,
		random: Math.random,
		log: { info: say, warn: say, error: say },
	});
	const started = inventory.start();
	await eventually(() => server.requests.some(({ path }) => path === PODS), 'it asks');
	inventory.close();
	await started;
	t.false(inventory.isSynced);
	t.is(inventory.nameOf(ip('198.18.0.1')), null);
});
