/** What the inventory of a large cluster costs: memory, time to be there, time to resolve, and how it takes changes. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ApiOrder, ApiWord } from './api-process.ts';
import { type ClusterSize, FULL_SIZE } from './generated-cluster.ts';
import type { InventoryOrder, InventoryWord, Phase, Resolution } from './inventory-process.ts';

/** Against which the figures are judged; the exit status says whether they hold. */
const MAX_RESIDENT_BYTES = 1.5 * 1024 ** 3;
const MAX_RESOLVE_MS = 50;

const { values } = parseArgs({
	options: {
		pods: { type: 'string', default: String(FULL_SIZE.pods) },
		seconds: { type: 'string', default: '20' },
		changes: { type: 'string', default: '500' },
		json: { type: 'string' },
	},
});

/** Sizes in proportion to the pods. */
function sizeFor(pods: number): ClusterSize {
	const part = (count: number) => Math.max(200, Math.round((count * pods) / FULL_SIZE.pods));
	return {
		...FULL_SIZE,
		pods,
		nodes: part(FULL_SIZE.nodes),
		deployments: part(FULL_SIZE.deployments),
		services: part(FULL_SIZE.services),
	};
}

class Worker<Order, Word> {
	readonly #child: ChildProcess;

	constructor(file: string, flags: readonly string[]) {
		const program = fileURLToPath(new URL(file, import.meta.url));
		this.#child = fork(program, [], { execArgv: ['--no-warnings=ExperimentalWarning', ...flags] });
	}

	tell(order: Order): void {
		this.#child.send(order as object);
	}

	async ask(order: Order): Promise<Word> {
		this.tell(order);
		const [word] = await Promise.race([
			once(this.#child, 'message'),
			once(this.#child, 'exit').then(([status]) => Promise.reject(new Error(`a process ended with ${status}`))),
		]);
		return word as Word;
	}

	end(): void {
		this.#child.disconnect();
	}
}

async function main(): Promise<number> {
	const size = sizeFor(Number(values.pods));
	const api = new Worker<ApiOrder, ApiWord>('api-process.ts', []);
	const inventory = new Worker<InventoryOrder, InventoryWord>('inventory-process.ts', ['--expose-gc']);
	const noise = monitorEventLoopDelay({ resolution: 1 });
	noise.enable();
	try {
		const { port } = (await api.ask({ order: 'serve', size })) as { port: number };
		const first = phaseOf(await inventory.ask({ order: 'sync', port }));
		const resolved = (await inventory.ask({ order: 'resolve' })) as { resolutions: Resolution[]; lookUpMicros: number };
		inventory.tell({ order: 'begin' });
		api.tell({ order: 'churn', perSecond: Number(values.changes) });
		await new Promise((done) => setTimeout(done, Number(values.seconds) * 1000));
		const { sent, lastAddress } = (await api.ask({ order: 'churn', perSecond: 0 })) as {
			sent: number;
			lastAddress: string;
		};
		const churned = phaseOf(await inventory.ask({ order: 'report', address: lastAddress }));
		inventory.tell({ order: 'begin' });
		const relisting = inventory.ask({ order: 'relisted' });
		api.tell({ order: 'expire' });
		const relisted = phaseOf(await relisting);
		const noiseMs = noise.max / 1e6;
		const figures = { size, first, ...resolved, sent, churned, relisted, noiseMs };
		print(figures);
		if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(figures, null, '\t'));
		return judge(figures);
	} finally {
		api.end();
		inventory.end();
	}
}

interface Figures {
	readonly size: ClusterSize;
	readonly first: Phase;
	readonly resolutions: readonly Resolution[];
	readonly lookUpMicros: number;
	readonly sent: number;
	readonly churned: Phase;
	readonly relisted: Phase;
	readonly noiseMs: number;
}

function phaseOf(word: InventoryWord): Phase {
	if (!('phase' in word)) throw new Error('expected a phase');
	return word.phase;
}

function print({ size, first, resolutions, lookUpMicros, sent, churned, relisted, noiseMs }: Figures): void {
	const { pods, nodes, deployments, replicaSetsPerDeployment, services, namespaces } = size;
	console.log(
		`${pods} pods, ${nodes} nodes, ${deployments} deployments, ${deployments * replicaSetsPerDeployment} replica sets, ${services} services, ${namespaces} namespaces`,
	);
	printPhase('first lists', first);
	console.log(`  per pod     ${Math.round(first.heapBytes / pods)} bytes of heap, with everything else in it`);
	for (const { target, pods: found, medianMs, medianCpuMs } of resolutions) {
		console.log(
			`  ${target.padEnd(28)} ${String(found).padStart(7)} pods  ${medianCpuMs.toFixed(2)} ms of CPU (${medianMs.toFixed(2)} ms by the clock)`,
		);
	}
	console.log(`  name of an address           ${lookUpMicros.toFixed(2)} µs`);
	printPhase(`${sent} changes`, churned);
	console.log(
		`  told ${churned.told} times, each with a deployment and a namespace resolved: ${churned.resolveMs.toFixed(0)} ms in all`,
	);
	printPhase('everything listed anew', relisted);
	console.log(`for comparison, a process that does nothing was late by up to ${noiseMs.toFixed(0)} ms`);
}

function printPhase(
	what: string,
	{ ms, cpuMs, residentBytes, heapBytes, longestRoundMs, longestCollectionMs, pods }: Phase,
): void {
	const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
	console.log(
		`${what}: ${(ms / 1000).toFixed(1)} s, ${(cpuMs / 1000).toFixed(1)} s of CPU, ${mebibytes(residentBytes)} resident, ${mebibytes(heapBytes)} of heap in use, ${pods} pods;\n  longest round of the event loop ${longestRoundMs.toFixed(0)} ms of CPU, longest garbage collection ${longestCollectionMs.toFixed(0)} ms by the clock`,
	);
}

function judge({ size, first, resolutions, churned, relisted }: Figures): number {
	const problems = [
		...[first, churned, relisted]
			.filter(({ residentBytes }) => residentBytes > MAX_RESIDENT_BYTES)
			.map(() => 'more than 1.5 GiB resident'),
		...[first, churned, relisted].filter(({ pods }) => pods !== size.pods).map(({ pods }) => `${pods} pods are known`),
		...resolutions
			.filter(({ medianCpuMs }) => medianCpuMs > MAX_RESOLVE_MS)
			.map(({ target }) => `${target} takes more than ${MAX_RESOLVE_MS} ms`),
	];
	for (const problem of problems) console.log(`not met: ${problem}`);
	return problems.length === 0 ? 0 : 1;
}

process.exitCode = await main();
