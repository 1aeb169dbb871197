/** Taps of a cluster over several replicas of its control plane: whose they are, how they end, what a shutdown looks like. */
import test from 'ava';
import { wire } from '../../../src/messaging/wire.ts';
import { eventually } from '../../messaging/eventually.ts';
import { BatchSource, exchange } from '../wire-agent.ts';
import { ClusterLab } from './cluster-lab.ts';

const SHOP = 'watch/namespaces/shop/pods/-/tap';
const USERS = ['jane', 'joe'];

async function shop(t: Parameters<typeof ClusterLab.for>[0]) {
	const lab = await ClusterLab.for(t);
	lab.pod('frontend-1');
	lab.kube.grants = USERS.map((user) => ({ user, verb: 'watch', resource: 'pods/tap' }));
	return { lab, agent: await lab.lab.agent() };
}

test('any replica goes on with a tap, for its own user and the same words alone', async (t) => {
	const { lab, agent } = await shop(t);
	const [one, other] = await Promise.all([lab.ready(), lab.ready()]);
	const client = await (await lab.tap(one, `${SHOP}?port=80`, lab.as('jane'))).begin();
	t.regex(client.id, /^t-[0-9a-f]{8}-[0-9a-f]{32}$/);
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');

	const path = `${SHOP}?port=80&tap=${client.id}`;
	for (const controlPlane of [one, other]) {
		const { status, body } = await lab.ask(controlPlane, path, lab.as('joe'));
		t.is(status, 403);
		t.regex(body, /was begun by another user/);
		t.is((await lab.ask(controlPlane, path, lab.as('jane', { 'X-Remote-Uid': '2' }))).status, 403, 'another UID');
	}
	t.is(
		(await lab.ask(one, `${SHOP}?port=81&tap=${client.id}`, lab.as('jane'))).status,
		409,
		'other words, where it runs',
	);
	t.is((await lab.ask(other, `${SHOP}?port=81&tap=${client.id}`, lab.as('jane'))).status, 403, 'and elsewhere');
	const forged = `${client.id.slice(0, -1)}${client.id.endsWith('0') ? '1' : '0'}`;
	t.is((await lab.ask(other, `${SHOP}?port=80&tap=${forged}`, lab.as('jane'))).status, 403);
	t.is((await lab.ask(other, `${SHOP}?port=80&tap=t-00000000`, lab.as('jane'))).status, 403);
	await eventually(
		() => other.logged('"audit":"denied"', '"verb":"resume"', '"user":"joe"').length > 0,
		'it is logged',
	);

	await one.end('SIGKILL');
	const resumed = await (await lab.tap(other, path, lab.as('jane'))).begin();
	t.true(resumed.started?.resumed);
	agent.publish(
		new BatchSource(client.id, { namespace: 'shop', name: 'frontend-1', node: 'node1' }).next([exchange('/1')]),
	);
	await eventually(() => resumed.paths.includes('/1'), 'batches arrive');
});

test('a tap is ended through any replica, by its own user alone', async (t) => {
	const { lab } = await shop(t);
	const [one, other] = await Promise.all([lab.ready(), lab.ready()]);
	const client = await (await lab.tap(one, SHOP, lab.as('jane'))).begin();
	const path = `namespaces/shop/taps/${client.id}`;
	for (const controlPlane of [one, other]) {
		t.is((await lab.ask(controlPlane, path, lab.as('joe'), 'DELETE')).status, 403);
	}
	t.is(client.ended, null);
	await eventually(() => other.logged('"audit":"denied"', '"verb":"end"', '"user":"joe"').length > 0, 'it is logged');
	t.is((await lab.ask(other, path, lab.as('jane'), 'DELETE')).status, 200);
	await eventually(() => client.ended, 'it ends');
	t.is(client.ended?.reason, wire.EndReason.END_REASON_STOPPED);
	t.is((await lab.ask(other, path, lab.as('jane'), 'DELETE')).status, 404);
	t.is((await lab.ask(one, `taps/${client.id}`, lab.as('jane'), 'DELETE')).status, 404);
});

test('at a planned end readiness fails first, then taps end so that another replica can go on', async (t) => {
	const { lab } = await shop(t);
	const [one, other] = await Promise.all([lab.ready(), lab.ready()]);
	const client = await (await lab.tap(one, SHOP, lab.as('jane'))).begin();
	const ending = one.end('SIGTERM');
	await eventually(async () => (await lab.ask(one, '/readyz')).status === 503, 'it is not ready');
	t.is(client.ended, null);
	t.is(await ending, 0);
	await eventually(() => client.ended, 'the tap ends');
	t.is(client.ended?.reason, wire.EndReason.END_REASON_SHUTTING_DOWN);
	const resumed = await (await lab.tap(other, `${SHOP}?tap=${client.id}`, lab.as('jane'))).begin();
	t.true(resumed.started?.resumed);
});

test('one user has no more than 64 taps, which is nobody else’s trouble', async (t) => {
	const { lab } = await shop(t);
	lab.pod('frontend-2', { ip: '198.18.11.2' });
	const controlPlane = await lab.ready();
	const pod = (index: number) => `watch/namespaces/shop/pods/frontend-${(index % 2) + 1}/tap`;
	await Promise.all(Array.from({ length: 64 }, (_, index) => lab.tap(controlPlane, pod(index), lab.as('jane'))));
	const { status, body } = await lab.ask(controlPlane, pod(0), lab.as('jane'));
	t.is(status, 429);
	t.regex(body, /64 taps of .*jane.* run already/);
	t.is((await lab.tap(controlPlane, pod(0), lab.as('joe'))).response.statusCode, 200);
});

test('nodes are told where addresses are translated', async (t) => {
	const { lab, agent } = await shop(t);
	const cidr = { metadata: { name: 'kubernetes' }, spec: { cidrs: ['198.19.0.0/16'] } };
	lab.kube.put('/apis/networking.k8s.io/v1/servicecidrs', cidr);
	const controlPlane = await lab.ready();
	const client = await (await lab.tap(controlPlane, SHOP, lab.as('jane'))).begin();
	const assignment = await eventually(
		() => [...agent.assignments.values()].find(({ taps }) => taps.some(({ id }) => id === client.id)),
		'the agent is told',
	);
	t.deepEqual(
		assignment.translatedNetworks?.map(({ ip, prefixBits }) => [[...(ip ?? [])], prefixBits]),
		[[[198, 19, 0, 0], 16]],
	);
	t.false(assignment.translateAll);
});
