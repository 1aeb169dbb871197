/** Taps of what an inventory names: pods that come and go, peers by name, several nodes. */
import test from 'ava';
import { wire } from '../../src/messaging/wire.ts';
import { eventually } from '../messaging/eventually.ts';
import { ask, Lab } from './lab.ts';
import { BatchSource, exchange } from './wire-agent.ts';

const pod = (name: string, workload: string, more = '') =>
	`  - { name: ${name}, namespace: shop, labels: { app: ${workload} }, workload: deploy/${workload}, netns: ${name}${more} }\n`;
const BACKEND = pod('backend-1', 'backend');

test('addresses of the inventory are asked for at the start, without a tap, and no longer than needed', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	agent.addresses.set('shop/backend-1', [Uint8Array.of(198, 18, 12, 3)]);
	await lab.startControlPlane({ inventory: lab.writeInventory(`pods:\n${BACKEND}`) });
	await eventually(() => agent.received.some(({ pods }) => pods.length === 1), 'the pod is asked for');
	t.true(agent.received.every(({ taps }) => taps.length === 0));
	await eventually(() => agent.received.at(-1)?.pods.length === 0, 'it is asked for no longer');
});

test('--to and --from by name become addresses, of agents, of the inventory and of services', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	agent.addresses.set('shop/backend-1', [Uint8Array.of(198, 18, 12, 3)]);
	agent.addresses.set('local/red', [Uint8Array.of(198, 18, 14, 9)]);
	const inventory = lab.writeInventory(
		`pods:\n${BACKEND}${pod('frontend-1', 'frontend', ', addresses: [198.18.11.3, "2001:2::7"]')}services:\n  - { name: backend, namespace: shop, selector: { app: backend }, addresses: [198.19.0.1] }\n`,
	);
	const controlPlane = await lab.startControlPlane({ inventory });
	const query = 'to=svc/backend:80&to=198.18.0.0/16&to=api.shop:9000&from=deploy/frontend&from=netns/red';
	const client = await (await lab.tap(controlPlane, `watch/namespaces/shop/pods/tap?${query}`)).begin();
	await eventually(() => agent.taps.includes(client.id), 'the tap is assigned');
	const spec = await eventually(() => {
		const now = agent.spec(client.id);
		return (now?.from?.[1]?.networks?.[0]?.ip?.[0] ?? 0) > 0 ? now : null;
	}, 'the address of netns/red is known');
	const networks = (peers: typeof spec.to) =>
		(peers ?? []).map(({ networks: all, port, host }) => [
			(all ?? []).map(({ ip, prefixBits }) => `${ip?.join('.')}/${prefixBits}`).sort(),
			port,
			host || null,
		]);
	t.deepEqual(networks(spec.to), [
		[['198.18.12.3/32', '198.19.0.1/32'], 80, null],
		[['198.18.0.0/16'], 0, null],
		[[], 9000, 'api.shop'],
	]);
	t.deepEqual(networks(spec.from), [
		[['198.18.11.3/32', '32.1.0.2.0.0.0.0.0.0.0.0.0.0.0.7/128'], 0, null],
		[['198.18.14.9/32'], 0, null],
	]);
});

test('a name alone is a host, and the pod of that name where there is one', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const inventory = lab.writeInventory(`pods:\n${pod('backend-1', 'backend', ', addresses: [198.18.12.3]')}`);
	const controlPlane = await lab.startControlPlane({ inventory });
	const query = 'to=backend-1:8080&to=nobody&from=backend-1';
	const client = await (await lab.tap(controlPlane, `watch/namespaces/shop/pods/tap?${query}`)).begin();
	await eventually(() => agent.taps.includes(client.id), 'the tap is assigned');
	const { to, from } = agent.spec(client.id) ?? {};
	const peers = (all: typeof to) =>
		all?.map(({ networks, host, port }) => [networks?.[0]?.ip?.join('.') ?? null, host, port]);
	t.deepEqual(peers(to), [
		[null, 'backend-1', 8080],
		['198.18.12.3', '', 8080],
		[null, 'nobody', 0],
	]);
	t.deepEqual(peers(from), [['198.18.12.3', '', 0]]);
});

test('a peer without any known address matches nothing instead of everything', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap?to=netns/unheard')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the tap is assigned without waiting for ever');
	const [peer] = agent.spec(client.id)?.to ?? [];
	t.deepEqual(
		peer?.networks?.map(({ ip, prefixBits }) => [ip?.join('.'), prefixBits]),
		[['0.0.0.0', 32]],
	);
	agent.addresses.set('local/unheard', [Uint8Array.of(198, 18, 1, 1)]);
	agent.sendStatus();
	await eventually(
		() => agent.spec(client.id)?.to?.[0]?.networks?.[0]?.ip?.join('.') === '198.18.1.1',
		'it is told when it is known',
	);
});

test('pods that join and leave are told, tapped, and their batches pass', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const inventory = lab.writeInventory(`pods:\n${BACKEND}`);
	const controlPlane = await lab.startControlPlane({ inventory });
	const client = await (await lab.tap(controlPlane, 'watch/namespaces/shop/deployments/backend/tap')).begin();
	t.is(client.started?.description, 'deploy/backend in shop');
	t.deepEqual(
		client.started?.pods?.map(({ name }) => name),
		['backend-1'],
	);

	lab.writeInventory(`pods:\n${BACKEND}${pod('backend-2', 'backend')}`);
	await eventually(() => client.words.includes('backend-2 joined (now 2 pods)'), 'the second joins');
	await eventually(() => agent.podsOf(client.id).length === 2, 'it is assigned');
	const source = new BatchSource(client.id, { namespace: 'shop', name: 'backend-2', node: 'node1' });
	agent.publish(source.next([exchange('/of the second')]));
	await eventually(() => client.paths.length === 1, 'its batch arrives');

	lab.writeInventory('pods:\n  - { name: Broken }\n');
	await eventually(() => controlPlane.stderr.includes('The inventory stays as it was'), 'a malformed version is told');
	t.is(agent.podsOf(client.id).length, 2);

	lab.writeInventory(`pods:\n${pod('backend-2', 'backend')}`);
	await eventually(() => client.words.includes('backend-1 left (now 1 pod)'), 'the first leaves');
	await eventually(() => agent.podsOf(client.id).length === 1, 'it is assigned no more');
});

test('a pod of the inventory that is named by its network namespace is attached once', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane({ inventory: lab.writeInventory(`pods:\n${BACKEND}`) });
	const client = await (await lab.tap(controlPlane, 'watch/netns/backend-1/tap?target=shop/deploy/backend')).begin();
	t.deepEqual(
		client.started?.pods?.map(({ namespace, name }) => `${namespace}/${name}`),
		['shop/backend-1'],
	);
	await eventually(() => agent.podsOf(client.id).length === 1, 'it is assigned');
});

test('selectors, several targets, all namespaces', async (t) => {
	const lab = await Lab.for(t);
	await lab.agent();
	const inventory = lab.writeInventory(
		`pods:\n${BACKEND}${pod('frontend-1', 'frontend')}  - { name: other, namespace: else, labels: { app: backend }, pid: 1 }\n`,
	);
	const controlPlane = await lab.startControlPlane({ inventory });
	const names = async (path: string) => {
		const client = await (await lab.tap(controlPlane, path)).begin();
		return (client.started?.pods ?? []).map(({ namespace, name }) => `${namespace}/${name}`).sort();
	};
	t.deepEqual(await names('watch/namespaces/shop/pods/tap'), ['shop/backend-1', 'shop/frontend-1']);
	t.deepEqual(await names('watch/pods/tap?labelSelector=app%3Dbackend'), ['else/other', 'shop/backend-1']);
	t.deepEqual(await names('watch/namespaces/else/tap'), ['else/other']);
	t.deepEqual(await names('watch/deployments/tap'), ['shop/backend-1', 'shop/frontend-1']);
	t.deepEqual(await names('watch/namespaces/shop/pods/backend-1/tap?target=else/pod/other&target=if/eth0'), [
		'else/other',
		'local/if-eth0',
		'shop/backend-1',
	]);
});

test('pods of several nodes: each agent gets its own, a rate holds over all, and a silent node is told', async (t) => {
	const lab = await Lab.for(t);
	const agents = [await lab.agent('node1'), await lab.agent('node2')];
	const inventory = lab.writeInventory(
		`pods:\n${pod('backend-1', 'backend', ', node: node1')}${pod('backend-2', 'backend', ', node: node2')}${pod('backend-3', 'backend', ', node: node3')}`,
	);
	const controlPlane = await lab.startControlPlane({ inventory });
	const client = await (await lab.tap(controlPlane, 'watch/namespaces/shop/deployments/backend/tap?maxRps=10')).begin();
	await eventually(() => agents.every((agent) => agent.taps.includes(client.id)), 'both are told');
	t.deepEqual(
		agents.map((agent) => agent.podsOf(client.id).map((assigned) => assigned.pod?.name)),
		[['backend-1'], ['backend-2']],
	);
	t.is(agents[0]?.spec(client.id)?.maxRate, 10);
	for (const [index, agent] of agents.entries()) {
		const source = new BatchSource(client.id, { namespace: 'shop', name: `backend-${index + 1}`, node: agent.node });
		agent.publish(source.next(Array.from({ length: 10 }, (_, path) => exchange(`/${path}`))));
	}
	await eventually(() => client.batches.length === 2, 'both batches arrive');
	t.is(client.paths.length, 10);
	const sum = (field: 'published' | 'skipped' | 'seen') =>
		client.batches.reduce((total, { counters }) => total + (counters?.[field] ?? 0), 0);
	t.deepEqual([sum('published'), sum('skipped'), sum('seen')], [10, 10, 20]);
	await eventually(
		() => client.words.some((text) => text.startsWith('no agent answers on node3')),
		'the third is missing',
	);
});

test('a published tap is on NATS as batches with every name, and as JSON', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const inventory = lab.writeInventory(`pods:\n${pod('backend-1', 'backend', ', addresses: [198.18.0.2]')}`);
	const controlPlane = await lab.startControlPlane({ inventory });
	const batches: Uint8Array[] = [];
	const lines: string[] = [];
	agent.connection.subscribe('podwire.v1.taps.shop-1', { callback: (_error, { data }) => batches.push(data) });
	agent.connection.subscribe('podwire.v1.taps.shop-1.json', {
		callback: (_error, message) => lines.push(message.string()),
	});
	await agent.connection.flush();
	const client = await (await lab.tap(controlPlane, 'watch/namespaces/shop/pods/tap?publish=shop-1')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	const source = new BatchSource(client.id, { namespace: 'shop', name: 'backend-1', node: 'node1' });
	agent.publish(source.next([exchange('/1'), exchange('/2')]));
	agent.publish(source.next([exchange('/3')]));
	await eventually(() => batches.length === 2 && lines.length === 3, 'everything is published');
	const decoded = batches.map((bytes) => wire.TapBatch.decode(bytes));
	t.deepEqual(
		decoded.map(({ names }) => names.map(({ workload, kind }) => workload || kind)),
		Array(2).fill([wire.EndpointKind.ENDPOINT_KIND_REMOTE, 'deploy/backend']),
	);
	const json = lines.map(
		(line) => JSON.parse(line) as { tap: string; request: { path: string }; destination: { name: string } },
	);
	t.deepEqual(
		json.map(({ request }) => request.path),
		['/1', '/2', '/3'],
	);
	t.true(json.every(({ tap, destination }) => tap === client.id && destination.name === 'backend-1'));
	await ask(controlPlane.socketPath, `taps/${client.id}`, 'DELETE');
});
