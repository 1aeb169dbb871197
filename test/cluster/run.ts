/** `npm run cluster`: a cluster that stays until Ctrl-C. `--down`: takes away what killed ones left. `--build`: builds its programs. */
import { once } from 'node:events';
import { dirname } from 'node:path';
import { ProgramBuildError } from './build-step.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { takeDownLeftovers } from './leftovers.ts';
import { buildPrograms } from './programs.ts';

const USAGE = 'usage: npm run cluster [-- --down | --build]\n';

function say(line: string): void {
	process.stderr.write(`podwire: ${line}\n`);
}

async function main(args: readonly string[]): Promise<number> {
	if (args.length === 0) return keepUp();
	if (args.length === 1 && args[0] === '--down') return down();
	if (args.length === 1 && args[0] === '--build') return build();
	process.stderr.write(USAGE);
	return args.includes('--help') ? 0 : 2;
}

async function down(): Promise<number> {
	const { removed, running } = await takeDownLeftovers();
	for (const id of removed) say(`took away what was left of cluster ${id}`);
	for (const id of running) say(`cluster ${id} is running: end it with Ctrl-C, or kill ${id.split('-')[0]}`);
	if (removed.length + running.length === 0) say('nothing was left of any cluster');
	return 0;
}

async function build(): Promise<number> {
	await buildPrograms(say);
	return 0;
}

async function keepUp(): Promise<number> {
	const interrupted = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());
	const startMs = performance.now();
	const cluster = await startCluster({ log: say, signal: interrupted.signal });
	say(`the cluster is up after ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
	process.stdout.write(instructions(cluster));
	if (!interrupted.signal.aborted) await once(interrupted.signal, 'abort');
	say('taking the cluster down');
	await cluster.stop();
	return 0;
}

function instructions({ kubeconfigPath, kubectlPath, nodes, stateDirectory }: Cluster): string {
	// Its files are root's alone.
	const shell = process.env.SUDO_UID === undefined ? '' : 'sudo --shell   # the kubeconfig is root’s\n  ';
	const enter = (node: (typeof nodes)[number]) =>
		`  ${node.name}  ${node.ip}  ${node.enterCommand.join(' ')} COMMAND\n`;
	return `
In another shell:
  ${shell}export KUBECONFIG=${kubeconfigPath} PATH=${dirname(kubectlPath)}:$PATH
  kubectl get nodes

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
	else {
		say(error instanceof ProgramBuildError ? error.message : String((error as Error).stack));
		process.exitCode = 1;
	}
}
