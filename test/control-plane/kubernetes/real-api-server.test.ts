/** Against etcd and kube-apiserver themselves: what they answer to lists and watches, and which rights suffice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import anyTest, { type TestFn } from 'ava';
import { InventoryError } from '../../../src/control-plane/inventory.ts';
import {
	ENDPOINT_SLICES,
	type InformedResource,
	NAMESPACES,
	NODES,
	PODS,
	SERVICE_CIDRS,
	SERVICES,
	WORKLOADS,
} from '../../../src/control-plane/kubernetes/informed-resources.ts';
import {
	type KubernetesInventory,
	openKubernetesInventory,
} from '../../../src/control-plane/kubernetes/kubernetes-inventory.ts';
import { FIRST_PAGE_OBJECTS } from '../../../src/control-plane/kubernetes/page-limit.ts';
import { KubeApi } from '../../../src/kubernetes/kube-api.ts';
import { systemClock } from '../../../src/messaging/clock.ts';
import { formatIp, parseIp } from '../../../src/messaging/network-address.ts';
import { parseTarget } from '../../../src/messaging/target.ts';
import { type LoneApiServer, startApiServer } from '../../cluster/lone-api-server.ts';
import { whyNoApiServer } from '../../cluster/programs.ts';
import { eventually } from '../../messaging/eventually.ts';

const RESTART_MS = 90_000;
const PODS_OF_DEPLOYMENT = FIRST_PAGE_OBJECTS + 10;

interface Context {
	readonly server: LoneApiServer;
	readonly stateBase: string;
}

const test = anyTest as TestFn<Context>;
const whyNot = whyNoApiServer();

test.before(async (t) => {
	if (whyNot !== null) return;
	t.timeout(RESTART_MS);
	const stateBase = mkdtempSync(join(tmpdir(), 'podwire-inventory-'));
	Object.assign(t.context, { stateBase, server: await startApiServer({ stateBase }) });
});

test.after.always(async (t) => {
	await t.context.server?.stop();
	if (t.context.stateBase !== undefined) rmSync(t.context.stateBase, { recursive: true, force: true });
});

test.serial(
	'a user with exactly the rights that are asked for follows a real API server, also when it starts anew',
	async (t) => {
		if (whyNot !== null) {
			t.log(whyNot);
			t.pass();
			return;
		}
		t.timeout(2 * RESTART_MS);
		const { server } = t.context;
		const admin = apiOf(server.kubeconfigPath);
		const kubeconfig = await server.kubeconfigFor({ commonName: 'inventory' });
		await grant(admin, 'inventory');
		await makeShop(admin);

		const said: string[] = [];
		const say = (_facts: object, message: string) => void said.push(message);
		const inventory = openKubernetesInventory({
			api: apiOf(kubeconfig),
			clock: systemClock,
			random: Math.random,
			log: { info: say, warn: say, error: say },
		});
		t.teardown(() => inventory.stop());
		await inventory.start();
		t.deepEqual(said, [], 'no right is missing');

		t.is(inventory.podCount, PODS_OF_DEPLOYMENT + 1);
		t.is(podsOf(inventory, 'deploy/frontend').length, PODS_OF_DEPLOYMENT);
		t.is(podsOf(inventory, 'deploy/frontend')[0]?.workload, 'deploy/frontend');
		t.is(podsOf(inventory, 'svc/frontend').length, 1);
		t.throws(() => podsOf(inventory, 'pending'), { instanceOf: InventoryError, message: /is not on a node yet/ });
		t.is(inventory.nameOf(parseIp('198.18.11.3') ?? new Uint8Array())?.name, 'frontend-3');
		t.is(inventory.nameOf(parseIp('198.18.0.77') ?? new Uint8Array())?.name, 'node1');
		t.deepEqual(
			inventory
				.translatedNetworks()
				.map(({ ip, prefixBits }) => `${formatIp(ip)}/${prefixBits}`)
				.sort(),
			['198.19.0.0/16', '2001:2:0:f::/112'],
		);

		await admin.json({ method: 'DELETE', path: '/api/v1/namespaces/shop/pods/frontend-0?gracePeriodSeconds=0' });
		await eventually(() => podsOf(inventory, 'deploy/frontend').length === PODS_OF_DEPLOYMENT - 1, 'a deletion');
		await server.daemon.stop();
		await server.restart();
		await makePod(admin, 'late', '198.18.11.200');
		await eventually(
			() => inventory.nameOf(parseIp('198.18.11.200') ?? new Uint8Array())?.name === 'late',
			'a pod that was made after the API server started anew',
			RESTART_MS,
		);
		t.is(podsOf(inventory, 'deploy/frontend').length, PODS_OF_DEPLOYMENT - 1);
	},
);

test.serial('the annotation that a static pod is found by cannot be given to a pod that is there', async (t) => {
	if (whyNot !== null) {
		t.log(whyNot);
		t.pass();
		return;
	}
	const admin = apiOf(t.context.server.kubeconfigPath);
	await create(admin, '/api/v1/namespaces', { metadata: { name: 'forged' } });
	await create(admin, '/api/v1/namespaces/forged/pods', podObject('victim'));
	const annotations = { 'kubernetes.io/config.mirror': '0123456789abcdef0123456789abcdef' };
	const patch = admin.json({
		method: 'PATCH',
		path: '/api/v1/namespaces/forged/pods/victim',
		contentType: 'application/merge-patch+json',
		body: { metadata: { annotations } },
	});
	await t.throwsAsync(patch, { message: /mirror/ });
});

function apiOf(path: string): KubeApi {
	const config = new KubeConfig();
	config.loadFromFile(path);
	return new KubeApi(config);
}

function podsOf(inventory: KubernetesInventory, target: string) {
	return inventory.podsOf({ ...parseTarget(target), namespace: 'shop', selector: null });
}

async function create(api: KubeApi, path: string, body: object): Promise<{ metadata: { uid: string } }> {
	return api.json({ method: 'POST', path, body });
}

/** `list` and `watch` on what informers are told of, and nothing else. */
async function grant(admin: KubeApi, user: string): Promise<void> {
	const all: readonly InformedResource[] = [
		NAMESPACES,
		NODES,
		PODS,
		SERVICES,
		ENDPOINT_SLICES,
		SERVICE_CIDRS,
		...WORKLOADS,
	];
	const rules = all.map(({ path, plural }) => ({
		apiGroups: [path.startsWith('/apis/') ? (path.split('/')[2] ?? '') : ''],
		resources: [plural],
		verbs: ['list', 'watch'],
	}));
	const rbac = '/apis/rbac.authorization.k8s.io/v1';
	await create(admin, `${rbac}/clusterroles`, { metadata: { name: user }, rules });
	await create(admin, `${rbac}/clusterrolebindings`, {
		metadata: { name: user },
		roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: user },
		subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
	});
}

async function makeShop(admin: KubeApi): Promise<void> {
	await create(admin, '/api/v1/namespaces', { metadata: { name: 'shop' } });
	await create(admin, '/api/v1/nodes', { metadata: { name: 'node1' } });
	await setStatus(admin, '/api/v1/nodes/node1', { addresses: [{ type: 'InternalIP', address: '198.18.0.77' }] });
	const labels = { app: 'frontend' };
	const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podObject('x').spec } };
	const apps = '/apis/apps/v1/namespaces/shop';
	const deployment = await create(admin, `${apps}/deployments`, { metadata: { name: 'frontend' }, spec });
	const replicaSet = await create(admin, `${apps}/replicasets`, {
		metadata: { name: 'frontend-7d4', ...ownedBy('Deployment', 'frontend', deployment.metadata.uid) },
		spec,
	});
	const owner = ownedBy('ReplicaSet', 'frontend-7d4', replicaSet.metadata.uid);
	for (let number = 0; number < PODS_OF_DEPLOYMENT; number += 1) {
		await makePod(admin, `frontend-${number}`, `198.18.11.${number}`, { labels, ...owner });
	}
	await create(admin, '/api/v1/namespaces/shop/pods', { ...podObject('pending'), spec: { containers: CONTAINERS } });
	await create(admin, '/api/v1/namespaces/shop/services', {
		metadata: { name: 'frontend' },
		spec: { selector: labels, ports: [{ port: 80 }] },
	});
	await create(admin, '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices', {
		metadata: { name: 'frontend-1', labels: { 'kubernetes.io/service-name': 'frontend' } },
		addressType: 'IPv4',
		endpoints: [{ addresses: ['198.18.11.3'], targetRef: { kind: 'Pod', namespace: 'shop', name: 'frontend-3' } }],
	});
}

const CONTAINERS = [{ name: 'main', image: 'example.com/none:1' }];

function podObject(name: string, metadata: object = {}): { metadata: object; spec: object } {
	return { metadata: { name, ...metadata }, spec: { nodeName: 'node1', containers: CONTAINERS } };
}

async function makePod(admin: KubeApi, name: string, ip: string, metadata: object = {}): Promise<void> {
	await create(admin, '/api/v1/namespaces/shop/pods', podObject(name, metadata));
	const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }] };
	await setStatus(admin, `/api/v1/namespaces/shop/pods/${name}`, status);
}

async function setStatus(admin: KubeApi, path: string, status: object): Promise<void> {
	await admin.json({
		method: 'PATCH',
		path: `${path}/status`,
		contentType: 'application/merge-patch+json',
		body: { status },
	});
}

function ownedBy(kind: string, name: string, uid: string): object {
	return { ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid, controller: true }] };
}
