/** Podwire and the shop on a cluster, by the words that a user types. */
import { fileURLToPath } from 'node:url';
import { apply, kubectl } from './kubectl.ts';
import { SHOP, shopObjects } from './shop.ts';

const manifests = fileURLToPath(new URL('../../../daemonset', import.meta.url));

/** Resolves when the API of taps is available and an agent runs on every node. */
export async function installPodwire(say: (line: string) => void): Promise<void> {
	say('kubectl apply -k daemonset/');
	await kubectl(['apply', '-k', manifests]);
	await waitForPodwire();
}

export async function waitForPodwire(): Promise<void> {
	const inPodwire = ['-n', 'podwire', '--timeout=180s'];
	await kubectl(['rollout', 'status', 'statefulset/podwire-nats', ...inPodwire]);
	await kubectl(['rollout', 'status', 'deployment/podwire-control-plane', ...inPodwire]);
	await kubectl(['rollout', 'status', 'daemonset/podwire-agent', ...inPodwire]);
	await kubectl(['wait', '--for=condition=Available', 'apiservice/v1alpha1.tap.podwire.dev', '--timeout=60s']);
}

/** The image of the agents: it holds the Node.js that the shop's programs run in. */
async function podwireImage(): Promise<string> {
	const path = 'jsonpath={.spec.template.spec.containers[0].image}';
	return kubectl(['get', 'daemonset', '-n', 'podwire', 'podwire-agent', '-o', path]);
}

export async function installShop(say: (line: string) => void): Promise<void> {
	say('opening the shop');
	await apply(shopObjects(await podwireImage()));
	for (const workload of [
		'deployment/backend',
		'deployment/frontend',
		'statefulset/stateful',
		'daemonset/everywhere',
	]) {
		await kubectl(['rollout', 'status', workload, '-n', SHOP, '--timeout=120s']);
	}
	await kubectl(['wait', '--for=condition=Ready', 'pod', '-l', 'app in (solo,old,once)', '-n', SHOP, '--timeout=60s']);
}
