/** Runs kubectl to its end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';

/** `kubernetes`: the folder of Kubernetes' programs. Resolves to what it printed, rejects with what it complained of. */
export async function runKubectl(
	kubernetes: string,
	kubeconfig: string,
	args: readonly string[],
	input: string = '',
): Promise<string> {
	const own = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${join(dirname(kubeconfig), 'cache')}`];
	const child = spawn(join(kubernetes, 'kubectl'), [...own, ...args], { stdio: 'pipe' });
	let output = '';
	let complaint = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		output += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		complaint += text;
	});
	// One that ends before it has read everything says why itself.
	child.stdin.on('error', () => undefined);
	child.stdin.end(input);
	const [code] = (await once(child, 'close')) as [number | null];
	if (code !== 0) throw new Error(`kubectl ${args.join(' ')} failed: ${complaint.trim() || code}`);
	return output;
}
