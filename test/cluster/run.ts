/** `npm run cluster`: a cluster that stays until Ctrl-C. */
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { ProgramBuildError } from './build-step.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { takeDownLeftovers } from './leftovers.ts';
import { buildPrograms } from './programs.ts';

const USAGE = `usage: npm run cluster [-- --bare | --down | --build] [--kubeconfig-out FILE]

  --bare                 without Podwire and the shop
  --kubeconfig-out FILE  write the kubeconfig there too, once all is up
  --down                 take away what killed ones left
  --build                build its programs, and start nothing
`;

function say(line: string): void {
	process.stderr.write(`podwire: ${line}\n`);
}

async function main(args: readonly string[]): Promise<number> {
	const { values } = parseArgs({
		args: [...args],
		options: {
			build: { type: 'boolean' },
			down: { type: 'boolean' },
			help: { type: 'boolean' },
			image: { type: 'string' },
			'kubeconfig-out': { type: 'string' },
		},
	});
	if (values.help) {
		process.stdout.write(USAGE);
		return 0;
	}
	if (values.build) return build();
	return values.down ? down() : keepUp(values.image ?? null, values['kubeconfig-out'] ?? null);
}

async function build(): Promise<number> {
	await buildPrograms(say);
	return 0;
}

async function down(): Promise<number> {
	const { removed, running } = await takeDownLeftovers();
	for (const id of removed) say(`took away what was left of cluster ${id}`);
	for (const id of running) say(`cluster ${id} is running: end it with Ctrl-C, or kill ${id.split('-')[0]}`);
	if (removed.length + running.length === 0) say('nothing was left of any cluster');
	return 0;
}

/** `image`: of Podwire, which is installed from it. */
async function keepUp(image: string | null, kubeconfigOut: string | null): Promise<number> {
	const interrupted = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());
	const startMs = performance.now();
	const cluster = await startCluster({ log: say, signal: interrupted.signal });
	say(`the cluster is up after ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
	try {
		if (image !== null) await install(cluster, image);
		if (kubeconfigOut !== null) copyFileSync(cluster.kubeconfigPath, kubeconfigOut);
		process.stdout.write(instructions(cluster, image !== null));
		if (!interrupted.signal.aborted) await once(interrupted.signal, 'abort');
	} finally {
		say('taking the cluster down');
		await cluster.stop();
	}
	return 0;
}

async function install(cluster: Cluster, image: string): Promise<void> {
	process.env.KUBECONFIG = cluster.kubeconfigPath;
	process.env.PODWIRE_TEST_KUBECTL = cluster.kubectlPath;
	const { installPodwire, installShop } = await import('./scenarios/installation.ts');
	say('loading the image');
	await cluster.importImage(image);
	await installPodwire(say);
	await installShop(say);
}

function instructions(cluster: Cluster, hasPodwire: boolean): string {
	const { kubeconfigPath, kubectlPath, nodes, stateDirectory } = cluster;
	const tap = hasPodwire ? '\n  npx podwire tap deploy/frontend -n shop --to deploy/backend' : '';
	// Its files are root's alone.
	const shell = process.env.SUDO_UID === undefined ? '' : 'sudo --shell   # the kubeconfig is root’s\n  ';
	const enter = (node: (typeof nodes)[number]) =>
		`  ${node.name}  ${node.ip}  ${node.enterCommand.join(' ')} COMMAND\n`;
	return `
In another shell:
  ${shell}export KUBECONFIG=${kubeconfigPath} PATH=${dirname(kubectlPath)}:$PATH
  kubectl get nodes${tap}

To run a command on a node:
${nodes.map(enter).join('')}
To load an image on both (a docker-archive, such as npm run image makes):
${nodes.map((node) => `  ctr --address ${node.containerdSocket} --namespace k8s.io images import FILE.tar\n`).join('')}
Logs are below ${stateDirectory}. Ctrl-C takes everything down.
`;
}

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	if (error instanceof DOMException && error.name === 'AbortError') process.exitCode = 130;
	else if (error instanceof TypeError && 'code' in error && `${error.code}`.startsWith('ERR_PARSE_ARGS')) {
		process.stderr.write(`${error.message}\n${USAGE}`);
		process.exitCode = 2;
	} else {
		say(error instanceof ProgramBuildError ? error.message : String((error as Error).stack));
		process.exitCode = 1;
	}
}
