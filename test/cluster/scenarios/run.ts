/**
 * Runs the scenarios on a cluster with Podwire, installed as a user would: on one of our own, or on that of
 * `--kubeconfig FILE`, whose nodes have to have the image. Arguments choose scenario files by their names.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startCluster } from '../cluster.ts';
import { installPodwire, installShop } from './installation.ts';
import { CONTROL_SOCKET_VARIABLE, servePartControl } from './part-control.ts';

const folder = dirname(fileURLToPath(import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));
/** What is there after it is not what the others need. */
const LAST = 'uninstall';

function say(line: string): void {
	process.stderr.write(`podwire: ${line}\n`);
}

/** Files of scenarios, the last one last. */
function scenarios(names: readonly string[]): string[] {
	const all = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
	const unknown = names.find((name) => !all.includes(`${name}.test.ts`));
	if (unknown !== undefined) throw new Error(`expected scenarios of ${all.join(', ')}, got ${unknown}`);
	const chosen = all.filter((file) => names.length === 0 || names.includes(file.replace('.test.ts', '')));
	const isLast = (file: string) => file.startsWith(LAST);
	return [...chosen.filter((file) => !isLast(file)), ...chosen.filter(isLast)];
}

/** One file after the other: they share the cluster. Resolves to the number of files that failed. */
async function runScenarios(files: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
	let failed = 0;
	for (const file of files) {
		if (signal.aborted) return failed + 1;
		const code = await run('ava', ['--serial', join(folder, file)], env, signal);
		if (code !== 0) failed += 1;
	}
	return failed;
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
	return new Promise((resolve) => {
		const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit' });
		signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
		child.on('error', () => resolve(1));
		child.on('close', (code) => resolve(code ?? 1));
	});
}

async function onOurOwn(files: readonly string[], image: string, signal: AbortSignal): Promise<number> {
	const cluster = await startCluster({ log: say, signal });
	try {
		say('loading the image');
		await cluster.importImage(image);
		const env = { KUBECONFIG: cluster.kubeconfigPath, PODWIRE_TEST_KUBECTL: cluster.kubectlPath };
		Object.assign(process.env, env);
		const socket = join(cluster.stateDirectory, 'parts.sock');
		const server = await servePartControl(cluster, socket);
		await installPodwire(say);
		await installShop(say);
		const failed = await runScenarios(files, { ...env, [CONTROL_SOCKET_VARIABLE]: socket }, signal);
		server.close();
		return failed;
	} finally {
		say('taking the cluster down');
		await cluster.stop();
	}
}

async function onAnother(files: readonly string[], kubeconfig: string, signal: AbortSignal): Promise<number> {
	process.env.KUBECONFIG = kubeconfig;
	await installPodwire(say);
	await installShop(say);
	return runScenarios(files, { KUBECONFIG: kubeconfig }, signal);
}

async function main(): Promise<number> {
	const { values, positionals } = parseArgs({
		options: { kubeconfig: { type: 'string' }, image: { type: 'string' } },
		allowPositionals: true,
	});
	const files = scenarios(positionals);
	const interrupted = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());
	if (values.kubeconfig !== undefined) return onAnother(files, values.kubeconfig, interrupted.signal);
	if (values.image === undefined) throw new Error('expected --image FILE.tar, or --kubeconfig FILE');
	return onOurOwn(files, values.image, interrupted.signal);
}

process.exitCode = (await main()) === 0 ? 0 : 1;
