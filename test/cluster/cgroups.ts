/** Cgroups of version 1 (a hierarchy for each controller) and 2 (one for all). */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from './wait-until.ts';

const MOUNT_POINT = '/sys/fs/cgroup';
const REMOVAL_LIMIT_MS = 10_000;

/** The root folders of the hierarchies that are mounted. */
function hierarchies(): string[] {
	if (existsSync(join(MOUNT_POINT, 'cgroup.controllers'))) return [MOUNT_POINT];
	return readdirSync(MOUNT_POINT, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map((entry) => join(MOUNT_POINT, entry.name));
}

/** A cgroup of this name below the root of each hierarchy, able to hold the cgroups of a kubelet. */
export function makeCgroup(name: string): void {
	for (const hierarchy of hierarchies()) {
		enableControllers(hierarchy);
		const path = join(hierarchy, name);
		mkdirSync(path, { recursive: true });
		inheritCpuset(hierarchy, path);
		enableControllers(path);
	}
}

/** Version 1: a cpuset without CPUs and memory nodes takes no process. */
function inheritCpuset(parent: string, path: string): void {
	for (const file of ['cpuset.cpus', 'cpuset.mems']) {
		if (existsSync(join(path, 'cgroup.controllers')) || !existsSync(join(path, file))) continue;
		writeFileSync(join(path, file), readFileSync(join(parent, file)));
	}
}

/** Version 2: controllers are handed down by name. */
function enableControllers(path: string): void {
	const available = join(path, 'cgroup.controllers');
	if (!existsSync(available)) return;
	for (const controller of readFileSync(available, 'utf8').trim().split(' ').filter(Boolean)) {
		writeFileSync(join(path, 'cgroup.subtree_control'), `+${controller}`);
	}
}

/** The names that begin so, below the root of any hierarchy. */
export function cgroupsNamed(prefix: string): string[] {
	const names = hierarchies().flatMap((hierarchy) => readdirSync(hierarchy).filter((name) => name.startsWith(prefix)));
	return [...new Set(names)];
}

/** Removes the cgroup and all below it. Its processes have been killed and may take a moment to be gone. */
export async function removeCgroup(name: string): Promise<void> {
	for (const hierarchy of hierarchies()) {
		const path = join(hierarchy, name);
		await waitUntil(`the end of the processes in ${path}`, REMOVAL_LIMIT_MS, () => {
			if (existsSync(path)) removeTree(path);
			return true;
		});
	}
}

function removeTree(path: string): void {
	for (const entry of readdirSync(path, { withFileTypes: true })) {
		if (entry.isDirectory()) removeTree(join(path, entry.name));
	}
	rmdirSync(path);
}
