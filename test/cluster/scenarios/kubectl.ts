/** kubectl on the cluster that the scenarios run on. */
import { execFile } from 'node:child_process';
import type { KubernetesObject } from './shop.ts';

export const KUBECTL: string = process.env.PODWIRE_TEST_KUBECTL || 'kubectl';

export class KubectlError extends Error {
	override readonly name = 'KubectlError';
	readonly stderr: string;
	readonly code: number;

	constructor(args: readonly string[], code: number, stderr: string) {
		super(`kubectl ${args.join(' ')} exited with ${code}: ${stderr.trim()}`);
		this.code = code;
		this.stderr = stderr;
	}
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** What it prints. Throws KubectlError. */
export function kubectl(args: readonly string[], input = ''): Promise<string> {
	return new Promise((resolve, reject) => {
		const child = execFile(KUBECTL, [...args], { maxBuffer: MAX_OUTPUT_BYTES }, (error, stdout, stderr) => {
			if (error === null) resolve(stdout);
			else reject(new KubectlError(args, typeof error.code === 'number' ? error.code : -1, stderr || error.message));
		});
		child.stdin?.on('error', () => undefined); // it ended before it read all
		child.stdin?.end(input);
	});
}

export async function kubectlJson<Value>(...args: string[]): Promise<Value> {
	return JSON.parse(await kubectl([...args, '-o', 'json'])) as Value;
}

export async function apply(objects: readonly KubernetesObject[]): Promise<void> {
	await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
}

export interface Pod {
	readonly metadata: {
		readonly name: string;
		readonly namespace: string;
		readonly uid: string;
		readonly deletionTimestamp?: string;
	};
	readonly spec: { readonly nodeName: string };
	readonly status: {
		readonly podIP?: string;
		readonly phase: string;
		readonly conditions?: ReadonlyArray<{ readonly type: string; readonly status: string }>;
	};
}

/** Those that run and are not on their way out. */
export async function podsOf(namespace: string, selector: string): Promise<Pod[]> {
	const { items } = await kubectlJson<{ items: Pod[] }>('get', 'pods', '-n', namespace, '-l', selector);
	return items.filter(({ metadata, status }) => status.phase === 'Running' && metadata.deletionTimestamp === undefined);
}

/** Numbers of questions that a client's log says were not answered. */
export async function failedNumbers(pod: Pod): Promise<Set<number>> {
	const log = await kubectl(['logs', '-n', pod.metadata.namespace, pod.metadata.name]);
	return new Set([...log.matchAll(/^failed (\d+)$/gm)].map(([, number]) => Number(number)));
}
