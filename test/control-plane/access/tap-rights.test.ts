/** What a user may tap: an API server's answers to SubjectAccessReviews are a table of the test. */
import test from 'ava';
import { eventually } from '../../messaging/eventually.ts';
import { BatchSource, exchange } from '../wire-agent.ts';
import { ClusterLab, PODS } from './cluster-lab.ts';
import type { Grant } from './kube-server.ts';

const SHOP = 'watch/namespaces/shop/pods/-/tap';
const may = (resource: string, more: Partial<Grant> = {}): Grant => ({
	user: 'jane',
	verb: 'watch',
	resource,
	namespace: 'shop',
	...more,
});

async function shop(t: Parameters<typeof ClusterLab.for>[0], grants: Grant[]) {
	const lab = await ClusterLab.for(t);
	lab.pod('frontend-1', { ip: '198.18.11.1' });
	lab.pod('frontend-2', { ip: '198.18.11.2' });
	lab.kube.grants = grants;
	const agent = await lab.lab.agent();
	return { lab, agent, controlPlane: await lab.ready() };
}

test('each right is asked for, and what is missing is said with the role that grants it', async (t) => {
	const { lab, controlPlane } = await shop(t, [may('pods/tap'), { ...may('pods/tap'), user: 'all' }]);
	lab.kube.grants.push(...['bodies', 'unredacted'].map((right) => ({ ...may(`pods/${right}`), user: 'all' })), {
		...may('namespaces/tap', { name: 'shop' }),
		user: 'jane',
	});
	const cases = [
		['nobody', SHOP, 403, /"nobody" may not watch pods\.tap\.podwire\.dev\/tap in namespace shop .*podwire-viewer/],
		['jane', SHOP, 200, null],
		['jane', `${SHOP}?body`, 403, /may not watch pods\.tap\.podwire\.dev\/bodies .*podwire-bodies/],
		['jane', `${SHOP}?unredacted`, 403, /may not watch pods\.tap\.podwire\.dev\/unredacted .*podwire-unredacted/],
		['all', `${SHOP}?body&unredacted`, 200, null],
		['jane', `${SHOP}?target=shop/svc/x`, 403, /services\.tap\.podwire\.dev\/tap of "x" in namespace shop/],
		['jane', 'watch/pods/-/tap', 403, /in all namespaces/],
		['jane', 'watch/namespaces/shop/namespaces/shop/tap', 200, null],
		['jane', 'watch/namespaces/shop/deployments/none/tap', 403, /deployments/],
		['jane', `${SHOP}?to=other/deploy/x`, 403, /may not get pods in namespace other .*so deploy\/x cannot be a peer/],
		['jane', 'watch/processes/1/tap', 400, /without Kubernetes only/],
		['jane', `${SHOP}?target=pid/1`, 400, /without Kubernetes only/],
		['jane', `${SHOP}?from=if/eth0`, 400, /without Kubernetes only/],
		['jane', 'status', 403, /may not list status/],
	] as const;
	for (const [user, path, expected, words] of cases) {
		if (expected === 200) {
			const client = await lab.tap(controlPlane, path, lab.as(user));
			await client.begin();
			t.is(client.started?.pods?.length, 2, path);
			client.destroy();
			continue;
		}
		const { status, body } = await lab.ask(controlPlane, path, lab.as(user));
		t.is(status, expected, `${path}: ${body}`);
		t.regex((JSON.parse(body) as { message: string }).message, words, path);
	}
	const [denial] = controlPlane.logged('"audit":"denied"', '"user":"nobody"');
	t.like(denial, {
		verb: 'watch',
		group: 'tap.podwire.dev',
		resource: 'pods',
		subresource: 'tap',
		namespace: 'shop',
		reason: 'no rule of the table',
		asked: { target: 'pods in shop', rights: ['tap'], publish: null, resumed: null },
	});
	t.true(controlPlane.logged('"audit":"begins"', '"user":"jane"').length > 0);
	await eventually(() => controlPlane.logged('"audit":"ended"', '"user":"jane"').length > 0, 'ends are told too');
});

test('groups, UID and extra fields reach the review as the front proxy says them', async (t) => {
	const { lab, controlPlane } = await shop(t, [{ ...may('pods/tap'), user: 'jörg, the "first"' }]);
	const name = Buffer.from('jörg, the "first"').toString('latin1');
	const headers = {
		'X-Remote-Group': ['system:authenticated', 'a, b'],
		'X-Remote-Uid': '4711',
		'X-Remote-Extra-Example.org%2fScopes': ['read', 'write'],
	};
	const client = await lab.tap(controlPlane, SHOP, lab.as(name, headers));
	await client.begin();
	t.like(lab.kube.reviews[0], {
		user: 'jörg, the "first"',
		uid: '4711',
		groups: ['system:authenticated', 'a, b'],
		extra: { 'example.org/scopes': ['read', 'write'] },
	});
});

test('pods that a user may not tap are left out with a sentence, and nothing of them is assigned', async (t) => {
	// The right to the target alone, without all of its pods.
	const grants = [may('namespaces/tap'), may('pods/tap', { name: 'frontend-1' })];
	const { lab, agent, controlPlane } = await shop(t, grants);
	t.is((await lab.ask(controlPlane, SHOP, lab.as('jane'))).status, 403);
	const client = await lab.tap(controlPlane, 'watch/namespaces/shop/namespaces/shop/tap', lab.as('jane'));
	await client.begin();
	t.deepEqual(
		client.started?.pods?.map(({ name }) => name),
		['frontend-1'],
	);
	t.deepEqual(client.words, [
		'1 pod cannot be tapped: "jane" may not watch pods.tap.podwire.dev/tap in namespace shop',
	]);
	await eventually(() => agent.podsOf(client.id).length > 0, 'the agent is told');
	t.deepEqual(
		agent.podsOf(client.id).map(({ pod }) => pod?.name),
		['frontend-1'],
	);
	t.is(agent.podsOf(client.id)[0]?.networkNamespace?.podUid, 'uid-shop-frontend-1');

	lab.kube.grants = lab.kube.grants.filter(({ name }) => name !== 'frontend-1');
	await eventually(() => client.ended, 'the tap ends when no pod is left', 30_000);
	t.regex(client.ended?.text ?? '', /2 pods cannot be tapped: "jane" may not watch pods/);
	await eventually(() => agent.taps.length === 0, 'nothing is assigned any more');
});

test('a right that is withdrawn ends the tap, one of a pod takes the pod out', async (t) => {
	const all = [may('services/tap'), ...['frontend-1', 'frontend-2'].map((name) => may('pods/tap', { name }))];
	const { lab, agent, controlPlane } = await shop(t, [...all, may('namespaces/tap', { name: 'shop' })]);
	const client = await lab.tap(controlPlane, 'watch/namespaces/shop/namespaces/shop/tap', lab.as('jane'));
	await client.begin();
	t.is(client.started?.pods?.length, 2);
	await eventually(() => agent.podsOf(client.id).length === 2, 'both are assigned');

	lab.kube.grants = lab.kube.grants.filter(({ name }) => name !== 'frontend-2');
	await eventually(() => client.words.some((text) => text.includes('frontend-2 left (now 1 pod)')), 'it left', 30_000);
	t.true(client.words.some((text) => text.startsWith('1 pod cannot be tapped')));
	await eventually(() => agent.podsOf(client.id).length === 1, 'it is assigned no more');
	const late = new BatchSource(client.id, { namespace: 'shop', name: 'frontend-2', node: 'node1' });
	const allowed = new BatchSource(client.id, { namespace: 'shop', name: 'frontend-1', node: 'node1' });
	agent.publish(late.next([exchange('/secret')]));
	agent.publish(allowed.next([exchange('/fine')]));
	await eventually(() => client.paths.includes('/fine'), 'the other pod goes on');
	t.deepEqual(client.paths, ['/fine']);

	lab.kube.grants.push(may('pods/tap', { name: 'frontend-2' }));
	await eventually(() => client.words.some((text) => text.includes('frontend-2 joined')), 'it is back', 30_000);
	lab.kube.grants = lab.kube.grants.filter(({ resource }) => resource !== 'namespaces/tap');
	await eventually(() => client.ended, 'the tap ends', 30_000);
	t.is(client.ended?.reason, 3); // END_REASON_FAILED
	t.regex(client.ended?.text ?? '', /"jane" may not watch namespaces\.tap\.podwire\.dev\/tap of "shop"/);
});

test('pods that turn up are asked for before they are tapped', async (t) => {
	const { lab, controlPlane } = await shop(t, [may('namespaces/tap'), may('pods/tap', { name: 'frontend-1' })]);
	lab.kube.grants.push(may('pods/tap', { name: 'frontend-4' }));
	const client = await lab.tap(controlPlane, 'watch/namespaces/shop/namespaces/shop/tap', lab.as('jane'));
	await client.begin();
	lab.pod('frontend-3', { ip: '198.18.11.3' });
	lab.pod('frontend-4', { ip: '198.18.11.4' });
	await eventually(() => client.words.some((text) => text.includes('frontend-4 joined (now 2 pods)')), 'it joined');
	t.false(client.words.some((text) => text.includes('frontend-3')));
	lab.kube.remove(PODS, 'frontend-4', 'shop');
	await eventually(() => client.words.some((text) => text.includes('frontend-4 left')), 'it left');
});

test('peers are named where their pods may be got, else shown by their address alone', async (t) => {
	const { lab, agent, controlPlane } = await shop(t, [may('pods/tap')]);
	lab.pod('backend-1', { namespace: 'open', ip: '198.18.12.1' });
	lab.pod('vault-1', { namespace: 'closed', ip: '198.18.12.2' });
	lab.kube.grants.push(may('pods', { verb: 'get', namespace: 'open' }));
	const client = await lab.tap(controlPlane, SHOP, lab.as('jane'));
	await client.begin();
	const source = new BatchSource(client.id, { namespace: 'shop', name: 'frontend-1', node: 'node1' });
	const addresses = [
		[198, 18, 11, 1],
		[198, 18, 12, 1],
		[198, 18, 12, 2],
	].map((bytes) => Uint8Array.from(bytes));
	const told = () => client.batches.flatMap(({ names }) => names);
	await eventually(() => {
		agent.publish(source.next([exchange('/')], { addresses }));
		return told().some(({ name }) => name === 'backend-1');
	}, 'the name is told once it is known that it may be');
	const own = told().filter(({ ip }) => ip?.[2] === 11);
	t.deepEqual(
		own.map(({ name }) => name),
		['frontend-1'],
		'a tapped pod has its name from the first line on',
	);
	const closed = told().filter(({ ip }) => ip?.[2] === 12 && ip?.[3] === 2);
	t.deepEqual(
		closed.map(({ name, namespace, workload, kind }) => [name, namespace, workload, kind]),
		[['', '', '', 0]],
	);
});

test('when reviews fail nothing is allowed: 503, and a sentence', async (t) => {
	const { lab, controlPlane } = await shop(t, [may('pods/tap')]);
	lab.kube.reviewsFail = true;
	const { status, body } = await lab.ask(controlPlane, SHOP, lab.as('jane'));
	t.is(status, 503);
	t.regex(body, /the cluster does not say what .*jane.* may do: etcd is gone/);
	lab.kube.reviewsFail = false;
	t.is((await lab.tap(controlPlane, SHOP, lab.as('jane'))).response.statusCode, 200);
});

test('pods that nobody can tap are told with the reason; of nothing else the tap is refused', async (t) => {
	const { lab, controlPlane } = await shop(t, [may('pods/tap')]);
	lab.pod('host-1', { ip: '198.18.0.1', spec: { hostNetwork: true } });
	const { status, body } = await eventually(async () => {
		const answer = await lab.ask(controlPlane, 'watch/namespaces/shop/pods/host-1/tap', lab.as('jane'));
		return answer.status === 404 ? null : answer; // the inventory does not know of it yet
	}, 'it is known');
	t.is(status, 422, body);
	t.regex(body, /host-1 cannot be tapped: /);
	const client = await lab.tap(controlPlane, SHOP, lab.as('jane'));
	await client.begin();
	t.is(client.started?.pods?.length, 2);
	t.regex(client.words[0] ?? '', /^host-1 cannot be tapped: /);
});
