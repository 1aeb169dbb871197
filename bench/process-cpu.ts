/** Processor time of processes, from /proc. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** User and system seconds of one process, its threads included; 0 when it is gone. */
export function cpuSecondsOf(pid: number): number {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
	} catch {
		return 0;
	}
}

/** The process ids below one, with a short name from the command line each. */
export function descendantsOf(root: number): { pid: number; name: string }[] {
	const parents = new Map<number, number>();
	for (const entry of readdirSync('/proc')) {
		const pid = Number(entry);
		if (!Number.isInteger(pid)) continue;
		try {
			const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
			parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
		} catch {} // it ended meanwhile
	}
	const below = (pid: number): boolean => {
		const parent = parents.get(pid);
		return parent !== undefined && (parent === root || below(parent));
	};
	return [...parents.keys()].filter(below).map((pid) => ({ pid, name: nameOf(pid) }));
}

function nameOf(pid: number): string {
	try {
		const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
		return (
			['agent', 'control-plane', 'nats-server'].find((name) => words.some((word) => word.endsWith(name))) ?? 'other'
		);
	} catch {
		return 'other';
	}
}
