/** The processes of Kubernetes pods, found in one walk over /proc for all pods of a round. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { normalizedUid, podPlaces } from './pod-cgroup.ts';

interface PodProcess {
	readonly pid: number;
	/** As PodPlace has it. */
	readonly depth: number;
}

/** What `/proc` showed when it was walked last: until `walkAgain` each look-up costs nothing. */
export class PodProcesses {
	readonly #procDirectory: string;
	#byUid: ReadonlyMap<string, readonly PodProcess[]> | null = null;

	constructor(procDirectory: string) {
		this.#procDirectory = procDirectory;
	}

	/** A new round: the next look-up walks over /proc. */
	walkAgain(): void {
		this.#byUid = null;
	}

	/**
	 * Ids of the pod's processes, those of its own containers before those of containers within them, and the oldest of
	 * them first. Empty when there is none that this process may see. `uid` is one that `isPodUid` accepts.
	 */
	of(uid: string): readonly number[] {
		this.#byUid ??= walk(this.#procDirectory);
		const processes = this.#byUid.get(normalizedUid(uid)) ?? [];
		return processes
			.map(({ pid, depth }) => ({ pid, depth, startedAt: this.#startOf(pid) }))
			.sort((one, other) => one.depth - other.depth || one.startedAt - other.startedAt || one.pid - other.pid)
			.map(({ pid }) => pid);
	}

	/** proc(5), /proc/PID/stat: field 22, in clock ticks since boot; the name in parentheses may hold anything. */
	#startOf(pid: number): number {
		const stat = readOrEmpty(join(this.#procDirectory, `${pid}`, 'stat'));
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return Number(fields[19] ?? Number.NaN) || Number.POSITIVE_INFINITY;
	}
}

function walk(procDirectory: string): Map<string, PodProcess[]> {
	const byUid = new Map<string, PodProcess[]>();
	for (const name of readdirSync(procDirectory)) {
		if (!/^\d+$/.test(name)) continue;
		for (const { uid, depth } of podPlaces(readOrEmpty(`${procDirectory}/${name}/cgroup`))) {
			const process: PodProcess = { pid: Number(name), depth };
			const known = byUid.get(uid);
			if (known === undefined) byUid.set(uid, [process]);
			else known.push(process);
		}
	}
	return byUid;
}

/** Processes end while they are looked at. */
function readOrEmpty(path: string): string {
	try {
		return readFileSync(path, 'latin1');
	} catch {
		return '';
	}
}
