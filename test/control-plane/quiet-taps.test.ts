/** A tap of which some pods cannot be seen: what is told of them, beside what the others show. */
import test from 'ava';
import { eventually } from '../messaging/eventually.ts';
import { Lab } from './lab.ts';
import { BatchSource } from './wire-agent.ts';

const pod = (name: string, app: string, node: string) =>
	`  - { name: ${name}, namespace: shop, labels: { app: ${app} }, workload: deploy/${app}, netns: ${name}, node: ${node} }\n`;

test('pods without an agent, one that cannot be attached, and a peer without address', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent('node1');
	agent.failures.set('shop/backend-2', 'there is no network namespace backend-2');
	const pods =
		pod('backend-1', 'backend', 'node1') + pod('backend-2', 'backend', 'node1') + pod('backend-3', 'backend', 'node2');
	const inventory = lab.writeInventory(`pods:\n${pods}${pod('db-1', 'db', 'node2')}`);
	const controlPlane = await lab.startControlPlane({ inventory });
	const client = await (
		await lab.tap(controlPlane, 'watch/namespaces/shop/deployments/backend/tap?to=deploy/db')
	).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	const source = new BatchSource(client.id, { namespace: 'shop', name: 'backend-1', node: 'node1' });
	agent.publish(source.next([], { counters: { packets: 0 } }));
	const text = await eventually(() => client.words.find((words) => words.startsWith('no traffic')), 'quiet is told');
	const [, seconds] = /for (\d+) s/.exec(text) ?? [];
	t.true(Number(seconds) >= 10 && Number(seconds) <= 12, text);
	t.is(
		text,
		`no traffic for ${seconds} s: packets seen: 0, at 1 of the 3 pods; ` +
			'nothing is seen of 2 of the 3 pods (backend-2: there is no network namespace backend-2; ' +
			'backend-3: no agent was ever heard of on node2: is one scheduled there?); ' +
			'--to deploy/db has no known address, so nothing matches it yet',
	);
});
