/** A small shop on real interfaces: a visitor, a frontend and two backends, each in a pod of its own. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Pod, PodNetwork } from '../pod-network/pod-network.ts';

export interface Shop {
	/** The text of a pods.yaml that names the pods. */
	readonly inventory: string;
	remove(): Promise<void>;
}

const port = 8080;

/** Resolves when every server listens. */
export async function openShop(): Promise<Shop> {
	const network = PodNetwork.create();
	try {
		const visitor = network.addPod('ingress-6c-9pq');
		const frontend = network.addPod('frontend-7d4-x2x');
		const backend = network.addPod('backend-5f-abc');
		await startServer(network, backend, 'backend.ts', [backend.ip, `${port}`]);
		await startServer(network, frontend, 'frontend.ts', [frontend.ip, `${port}`, `http://${backend.ip}:${port}`]);
		network.spawn(visitor, process.execPath, [script('visitor.ts'), `http://${frontend.ip}:${port}`], {
			stdio: 'ignore',
		});
		return { inventory: inventoryText([visitor, frontend, backend]), remove: () => network.remove() };
	} catch (error) {
		await network.remove();
		throw error;
	}
}

async function startServer(network: PodNetwork, pod: Pod, name: string, args: readonly string[]): Promise<void> {
	const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
	const child = network.spawn(pod, process.execPath, [script(name), ...args], { stdio: [...stdio] });
	const ended = once(child, 'exit').then(() => {
		throw new Error(`${name} ended before it listened`);
	});
	await Promise.race([once(child, 'message'), ended]);
	ended.catch(() => undefined);
}

function script(name: string): string {
	return fileURLToPath(new URL(name, import.meta.url));
}

function inventoryText(pods: readonly Pod[]): string {
	const entries = pods.map((pod) => {
		const app = pod.name.split('-')[0];
		return `  - name: ${pod.name}\n    namespace: shop\n    labels: { app: ${app} }\n    workload: deploy/${app}\n    netns: ${pod.netns}\n`;
	});
	return `pods:\n${entries.join('')}`;
}
