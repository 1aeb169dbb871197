/** Proves that a cluster works before anybody uses it: nodes are ready, and pods reach each other across nodes by services' names. */
import { PROBE_IMAGE } from './images.ts';
import { waitUntil } from './wait-until.ts';

const LIMIT_MS = 180_000;
const NAMESPACE = 'podwire-cluster-check';

export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** Resolves when every node is ready and each one's pod has reached a service of each other's, over IPv4 and IPv6, by its name. */
export async function waitForCluster(kubectl: Kubectl, nodes: readonly string[]): Promise<void> {
	const limit = `--timeout=${LIMIT_MS / 1000}s`;
	const all = nodes.map((node) => `node/${node}`);
	await waitUntil('the nodes to join', LIMIT_MS, async () => {
		await kubectl(['get', ...all]);
		return true;
	});
	const objects = JSON.stringify(checkManifests(nodes));
	// A namespace's service account comes a moment after it.
	await waitUntil('the check’s objects', LIMIT_MS, async () => {
		await kubectl(['apply', '-f', '-'], objects);
		return true;
	});
	await kubectl(['wait', '--for=condition=Ready', ...all, limit]);
	await kubectl(['rollout', 'status', '--namespace=kube-system', 'deployment/coredns', limit]);
	const clients = nodes.map((node) => `pod/client-${node}`);
	await kubectl(['wait', `--namespace=${NAMESPACE}`, '--for=jsonpath={.status.phase}=Succeeded', ...clients, limit]);
	await kubectl(['delete', 'namespace', NAMESPACE, limit]);
}

function checkManifests(nodes: readonly string[]): object {
	const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
	const objects = nodes.flatMap((node) => [
		server(node),
		service(`${node}-4`, node, 'IPv4'),
		service(`${node}-6`, node, 'IPv6'),
		client(
			node,
			nodes.filter((other) => other !== node),
		),
	]);
	return { apiVersion: 'v1', kind: 'List', items: [namespace, ...objects] };
}

function server(node: string): object {
	return pod(`server-${node}`, node, ['serve', ':8080']);
}

function client(node: string, others: readonly string[]): object {
	const questions = others.flatMap((other) =>
		[4, 6].flatMap((family) => [`http://${other}-${family}.${NAMESPACE}.svc.cluster.local/`, `server-${other}`]),
	);
	return pod(`client-${node}`, node, ['get', ...questions]);
}

function pod(name: string, node: string, args: readonly string[]): object {
	return {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: { name, namespace: NAMESPACE, labels: { app: name } },
		spec: {
			nodeSelector: { 'kubernetes.io/hostname': node },
			restartPolicy: 'Never',
			terminationGracePeriodSeconds: 1,
			containers: [{ name: 'probe', image: PROBE_IMAGE, args }],
		},
	};
}

function service(name: string, node: string, family: string): object {
	return {
		apiVersion: 'v1',
		kind: 'Service',
		metadata: { name, namespace: NAMESPACE },
		spec: { selector: { app: `server-${node}` }, ipFamilies: [family], ports: [{ port: 80, targetPort: 8080 }] },
	};
}
