/** Processor time and memory of processes, from /proc. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface NamedProcess {
	readonly name: string;
	readonly pid: number;
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const kibibytesPerMegabyte = 1024;

/** The fields of /proc/PID/stat from the third on (proc_pid_stat(5)); empty when the process is gone. */
function statFields(pid: number | 'self'): string[] {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	} catch {
		return [];
	}
}

/** User and system seconds of one process, its threads included; 0 when it is gone. */
export function cpuSecondsOf(pid: number): number {
	const fields = statFields(pid);
	return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond;
}

/** Of every child of this process that has ended and was waited for. */
export function cpuSecondsOfEndedChildren(): number {
	const fields = statFields('self');
	return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / ticksPerSecond;
}

/** Seconds by name; processes of one name are added up. */
export function cpuSecondsByName(processes: readonly NamedProcess[]): Record<string, number> {
	const seconds: Record<string, number> = {};
	for (const { name, pid } of processes) seconds[name] = (seconds[name] ?? 0) + cpuSecondsOf(pid);
	return seconds;
}

export interface Memory {
	readonly residentMegabytes: number;
	readonly peakMegabytes: number;
}

/** Null when the process is gone. */
export function memoryOf(pid: number): Memory | null {
	try {
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		const megabytes = (key: string) =>
			Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / kibibytesPerMegabyte;
		return { residentMegabytes: megabytes('VmRSS'), peakMegabytes: megabytes('VmHWM') };
	} catch {
		return null;
	}
}

/** Ids of the BPF ring buffers that a process holds. */
export function ringBuffersOf(pid: number): number[] {
	const ringBufferType = 27; // BPF_MAP_TYPE_RINGBUF, linux/bpf.h
	return fileFactsOf(pid).flatMap((facts) =>
		factIn(facts, 'map_type') === ringBufferType ? [factIn(facts, 'map_id')] : [],
	);
}

/** How many BPF programs a process holds, attached ones by their links. */
export function programsOf(pid: number): number {
	const ids = fileFactsOf(pid)
		.map((facts) => factIn(facts, 'prog_id'))
		.filter((id) => Number.isInteger(id));
	return new Set(ids).size;
}

function fileFactsOf(pid: number): string[] {
	const directory = `/proc/${pid}/fdinfo`;
	return readdirSync(directory).flatMap((descriptor) => {
		try {
			return [readFileSync(`${directory}/${descriptor}`, 'utf8')];
		} catch {
			return []; // closed meanwhile
		}
	});
}

function factIn(facts: string, key: string): number {
	return Number(new RegExp(`^${key}:\\s*(\\d+)$`, 'm').exec(facts)?.[1]);
}

/** The processes below one, each with a short name from its command line. */
export function descendantsOf(root: number): NamedProcess[] {
	const parents = new Map<number, number>();
	for (const entry of readdirSync('/proc')) {
		const pid = Number(entry);
		if (Number.isInteger(pid)) parents.set(pid, Number(statFields(pid)[1] ?? 0));
	}
	const below = (pid: number): boolean => {
		const parent = parents.get(pid);
		return parent !== undefined && (parent === root || below(parent));
	};
	return [...parents.keys()].filter(below).map((pid) => ({ pid, name: nameOf(pid) }));
}

const knownNames = ['agent', 'control-plane', 'nats-server', 'tap'];

function nameOf(pid: number): string {
	try {
		const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
		return knownNames.find((name) => words.some((word) => word.endsWith(name))) ?? 'other';
	} catch {
		return 'other';
	}
}
