/** A process as what cannot be mistaken for a later one of the same id: its id and when it started (proc_pid_stat(5)). */
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
	readonly pid: number;
	/** In clock ticks since boot. */
	readonly startTicks: number;
}

/** Null when there is no such process, or only its zombie. */
export function identityOf(pid: number): ProcessIdentity | null {
	const stat = readStat(pid);
	return stat === null ? null : parseStat(pid, stat);
}

/** `stat`: the text of /proc/PID/stat. The command's name is in parentheses and may hold any character. */
export function parseStat(pid: number, stat: string): ProcessIdentity | null {
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const state = fields[0] ?? 'X';
	const startTicks = Number(fields[19]);
	return state === 'Z' || state === 'X' || Number.isNaN(startTicks) ? null : { pid, startTicks };
}

export function isAlive(process: ProcessIdentity): boolean {
	return identityOf(process.pid)?.startTicks === process.startTicks;
}

/** Sends a signal to this very process; nothing happens when it has ended. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
	if (!isAlive(identity)) return;
	try {
		process.kill(identity.pid, name);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

/** The processes that this one started and that have not ended, in the order of their start. */
export function childrenOf(pid: number): number[] {
	try {
		return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
	} catch {
		return [];
	}
}

function readStat(pid: number): string | null {
	try {
		return readFileSync(`/proc/${pid}/stat`, 'utf8');
	} catch {
		return null;
	}
}
