/** The inventory alone in a process, measured from within. Started and told what to do by run.ts. */
import { PerformanceObserver, performance } from 'node:perf_hooks';
import { KubeConfig } from '@kubernetes/client-node';
import {
	type KubernetesInventory,
	openKubernetesInventory,
} from '../../src/control-plane/kubernetes/kubernetes-inventory.ts';
import { KubeApi } from '../../src/kubernetes/kube-api.ts';
import { systemClock } from '../../src/messaging/clock.ts';
import { parseLabelSelector } from '../../src/messaging/label-selector.ts';
import { parseIp } from '../../src/messaging/network-address.ts';
import { parseTarget } from '../../src/messaging/target.ts';

export type InventoryOrder =
	| { readonly order: 'sync'; readonly port: number }
	| { readonly order: 'resolve' }
	/** Forgets what was measured until now. */
	| { readonly order: 'begin' }
	/** Tells what was measured since `begin`, once this address is a pod's. */
	| { readonly order: 'report'; readonly address: string }
	/** As `report`, after the next complete list of pods. */
	| { readonly order: 'relisted' };

export interface Phase {
	readonly ms: number;
	readonly cpuMs: number;
	readonly residentBytes: number;
	/** Where the collector could be called, after it. */
	readonly heapBytes: number;
	/** The most that the main thread worked in one round of the event loop; time that others had the processor is not in it. */
	readonly longestRoundMs: number;
	/** By the clock. */
	readonly longestCollectionMs: number;
	readonly pods: number;
	/** Changes that were told to a subscriber. */
	readonly told: number;
	/** The subscriber resolves a deployment and a namespace each time. */
	readonly resolveMs: number;
}

export interface Resolution {
	readonly target: string;
	readonly pods: number;
	/** By the clock. */
	readonly medianMs: number;
	readonly longestMs: number;
	readonly medianCpuMs: number;
}

export type InventoryWord =
	| { readonly phase: Phase }
	| { readonly resolutions: readonly Resolution[]; readonly lookUpMicros: number };

const SETTLE_MS = 50;
const ROUNDS = 21;
const LOOK_UPS = 1_000_000;

let inventory: KubernetesInventory | null = null;
let beganMs = 0;
let beganCpu = process.cpuUsage();
let told = 0;
let resolveMs = 0;
let relisted = 0;
let longestRoundMs = 0;
let longestCollectionMs = 0;
let cpuMs = threadCpuMs();

// Timers are looked at once a round.
setInterval(() => {
	const now = threadCpuMs();
	longestRoundMs = Math.max(longestRoundMs, now - cpuMs);
	cpuMs = now;
}, 1);
new PerformanceObserver((list) => {
	for (const { duration } of list.getEntries()) longestCollectionMs = Math.max(longestCollectionMs, duration);
}).observe({ entryTypes: ['gc'] });

process.on('message', async (order: InventoryOrder) => {
	if (order.order === 'begin') begin();
	else if (order.order === 'sync') await sync(order.port);
	else if (inventory === null) throw new Error('nothing is synced');
	else if (order.order === 'resolve') say(measure(inventory));
	else {
		const before = relisted;
		await until(() => (order.order === 'report' ? isPod(order.address) : relisted > before));
		say({ phase: await report(inventory) });
	}
});
process.on('disconnect', () => process.exit());

async function sync(port: number): Promise<void> {
	const config = new KubeConfig();
	config.loadFromClusterAndUser(
		{ name: 'bench', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
		{ name: 'bench' },
	);
	const problem = (_facts: object, message: string) => console.error(message);
	inventory = openKubernetesInventory({
		api: watched(new KubeApi(config)),
		clock: systemClock,
		random: Math.random,
		log: { info: () => {}, warn: problem, error: problem },
	});
	begin();
	await inventory.start();
	say({ phase: await report(inventory) });
	inventory.subscribe(() => changed());
}

/** Counts the lists of pods that are complete: a watch follows each. */
function watched(api: KubeApi): KubeApi {
	const stream = api.stream.bind(api);
	api.stream = (request) => {
		if (request.path.startsWith('/api/v1/pods?watch')) relisted += 1;
		return stream(request);
	};
	return api;
}

function changed(): void {
	const startMs = performance.now();
	told += 1;
	resolve('deploy/app-77', 'team-77');
	resolve('ns/team-5', null);
	resolveMs += performance.now() - startMs;
}

function begin(): void {
	longestRoundMs = 0;
	longestCollectionMs = 0;
	cpuMs = threadCpuMs();
	beganMs = performance.now();
	beganCpu = process.cpuUsage();
	told = 0;
	resolveMs = 0;
}

async function report(of: KubernetesInventory): Promise<Phase> {
	const ms = performance.now() - beganMs;
	const { user, system } = process.cpuUsage(beganCpu);
	const blocks = { longestRoundMs, longestCollectionMs };
	const residentBytes = process.memoryUsage.rss();
	const phase = { ms, cpuMs: (user + system) / 1000, residentBytes, ...blocks, pods: of.podCount, told, resolveMs };
	globalThis.gc?.();
	const heapBytes = process.memoryUsage().heapUsed;
	// What the collection took belongs to no phase.
	await new Promise((done) => setTimeout(done, SETTLE_MS));
	return { ...phase, heapBytes };
}

function resolve(target: string, namespace: string | null, labels = ''): number {
	const selector = labels === '' ? null : parseLabelSelector(labels);
	return inventory?.podsOf({ ...parseTarget(target, { kindAlone: true }), namespace, selector }).length ?? 0;
}

function measure(of: KubernetesInventory): InventoryWord {
	const resolutions = [
		timed('pod NAME', () =>
			resolve(
				of.podsOf({ ...parseTarget('deploy/app-9'), namespace: 'team-9', selector: null })[0]?.name ?? '',
				'team-9',
			),
		),
		timed('deploy/NAME', () => resolve('deploy/app-77', 'team-77')),
		timed('svc/NAME', () => resolve('svc/svc-77', 'team-77')),
		timed('ns/NAME', () => resolve('ns/team-5', null)),
		timed('deployments of a namespace', () => resolve('deploy', 'team-5')),
		timed('pods -l of a namespace', () => resolve('pods', 'team-5', 'tier=web,app.kubernetes.io/part-of!=part-3')),
		timed('pods -A -l, few', () => resolve('pods', null, 'app.kubernetes.io/name=app-9')),
		timed('services -A', () => resolve('svc', null)),
		timed('deployments -A', () => resolve('deploy', null)),
		timed('pods -A', () => resolve('pods', null)),
		timed('a misspelt pod', () => misspelt()),
	];
	const addresses = of
		.podsOf({ ...parseTarget('pods', { kindAlone: true }), namespace: null, selector: null })
		.flatMap(({ addresses: each }) => each);
	const startMs = performance.now();
	for (let count = 0; count < LOOK_UPS; count += 1) {
		if (of.nameOf(addresses[(count * 7919) % addresses.length] as Uint8Array) === null) throw new Error('no name');
	}
	return { resolutions, lookUpMicros: ((performance.now() - startMs) * 1000) / LOOK_UPS };
}

function misspelt(): number {
	try {
		return resolve('app-9-nosuchpod', 'team-9');
	} catch {
		return 0;
	}
}

function timed(target: string, resolveOnce: () => number): Resolution {
	let pods = 0;
	const rounds = Array.from({ length: ROUNDS }, () => {
		const startCpuMs = threadCpuMs();
		const startMs = performance.now();
		pods = resolveOnce();
		return { ms: performance.now() - startMs, cpuMs: threadCpuMs() - startCpuMs };
	});
	const times = rounds.map(({ ms }) => ms).sort((one, other) => one - other);
	const cpuTimes = rounds.map((round) => round.cpuMs).sort((one, other) => one - other);
	const middle = ROUNDS >> 1;
	return {
		target,
		pods,
		medianMs: times[middle] ?? 0,
		longestMs: times.at(-1) ?? 0,
		medianCpuMs: cpuTimes[middle] ?? 0,
	};
}

/** Of the main thread. */
function threadCpuMs(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1000;
}

function isPod(address: string): boolean {
	return inventory?.nameOf(parseIp(address) ?? new Uint8Array(4))?.workload !== undefined;
}

async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise((done) => setTimeout(done, 20));
}

function say(word: InventoryWord): void {
	process.send?.(word);
}
