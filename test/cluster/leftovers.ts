/**
 * Takes away what a cluster has on this machine: processes, network namespaces, cgroups and files. Containers, shims and mounts
 * live in the process and mount namespaces of its machines and end with these.
 */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { cgroupsNamed, removeCgroup } from './cgroups.ts';
import { namespacesNamed, removeNamespace } from './network-namespaces.ts';
import { identityOf, isAlive, type ProcessIdentity, signal } from './process-identity.ts';
import { DEFAULT_STATE_BASE, NAME_PREFIX, StateDirectory } from './state-directory.ts';
import { waitUntil } from './wait-until.ts';

const END_LIMIT_MS = 20_000;
const MACHINE_END_LIMIT_MS = 5_000;

/** Takes one cluster away, whatever is left of it. May be called again after it failed half-way. */
export async function takeDown(state: StateDirectory): Promise<void> {
	state.isClosing = true;
	await endMachines(state.recordedMachines());
	const processes = state.recordedProcesses();
	for (const process of processes) signal(process, 'SIGKILL');
	await waitUntil('the end of the cluster’s processes', END_LIMIT_MS, () => !processes.some(isAlive) || undefined);
	const prefix = state.nameOf('');
	for (const name of namespacesNamed(prefix)) removeNamespace(name);
	for (const name of cgroupsNamed(prefix)) await removeCgroup(name);
	// Last: it holds the record of what the rest was.
	rmSync(state.path, { recursive: true, force: true, maxRetries: 10 });
}

/**
 * Ends machines with all that runs on them. They are quite gone when the ended programs have been reaped: by the processes that entered
 * the machine to start them or, where these have been killed, by the first process of the system, which may take its time.
 */
async function endMachines(machines: readonly ProcessIdentity[]): Promise<void> {
	for (const machine of machines) signal(machine, 'SIGKILL');
	const endMs = performance.now() + MACHINE_END_LIMIT_MS;
	await waitUntil('the end of the machines', END_LIMIT_MS, () => {
		return !machines.some(isAlive) || performance.now() > endMs || undefined;
	});
}

/** Takes away every cluster whose owner has ended. Returns the ids of those and of the ones that are running. */
export async function takeDownLeftovers(
	base: string = DEFAULT_STATE_BASE,
): Promise<{ removed: string[]; running: string[] }> {
	const removed: string[] = [];
	const running: string[] = [];
	const folders = existsSync(base) ? readdirSync(base) : [];
	for (const id of folders.filter((name) => /^\d+-\d+$/.test(name))) {
		const state = StateDirectory.open(base, id);
		const owner = state.owner();
		if (owner === null ? identityOf(pidOf(id)) !== null : isAlive(owner)) {
			running.push(id);
			continue;
		}
		await takeDown(state);
		removed.push(id);
	}
	removed.push(...(await takeDownNameless(base, new Set(running))));
	removeIfEmpty(base);
	return { removed, running };
}

function removeIfEmpty(folder: string): void {
	try {
		rmdirSync(folder);
	} catch (error) {
		if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
	}
}

/** Names without a folder that tells of them: somebody has deleted it. The owner's process id is in the name. */
async function takeDownNameless(base: string, known: ReadonlySet<string>): Promise<string[]> {
	const names = [...namespacesNamed(NAME_PREFIX), ...cgroupsNamed(NAME_PREFIX)];
	const ids = new Set(names.flatMap((name) => idIn(name) ?? []).filter((id) => !known.has(id)));
	const removed = [...ids].filter((id) => identityOf(pidOf(id)) === null);
	for (const id of removed) await takeDown(StateDirectory.open(base, id));
	return removed;
}

/** The cluster's id in the name of a namespace or cgroup. */
export function idIn(name: string): string | null {
	return new RegExp(`^${NAME_PREFIX}(\\d+-\\d+)-`).exec(name)?.[1] ?? null;
}

function pidOf(id: string): number {
	return Number(id.split('-')[0]);
}
