/** What one cluster keeps on disk, and the record of the processes that are to be ended when its owner cannot do it. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf, type ProcessIdentity } from './process-identity.ts';

/** Begins the name of every network namespace and cgroup of a cluster. */
export const NAME_PREFIX = 'podwire-cluster-';
/** Only root may read it: it holds keys. On disk, since containers' file systems are in it. */
export const DEFAULT_STATE_BASE = '/var/cache/podwire-cluster';

let instances = 0;

export class StateDirectory {
	readonly path: string;
	/** `<pid of the owner>-<number>`, unique among running clusters of this machine. */
	readonly id: string;
	/** Set when everything is being taken away: what ends then was meant to. */
	isClosing = false;

	private constructor(path: string, id: string) {
		this.path = path;
		this.id = id;
	}

	/** A new one in the base, owned by this process. */
	static create(base: string = DEFAULT_STATE_BASE): StateDirectory {
		instances += 1;
		const id = `${process.pid}-${instances}`;
		const state = new StateDirectory(join(base, id), id);
		mkdirSync(state.path, { recursive: true, mode: 0o700 });
		const owner = identityOf(process.pid);
		if (owner === null) throw new Error('this process has no entry in /proc');
		writeFileSync(join(state.path, 'owner'), formatIdentity(owner));
		return state;
	}

	/** That of another process. */
	static open(base: string, id: string): StateDirectory {
		return new StateDirectory(join(base, id), id);
	}

	/** Of a namespace or cgroup: `podwire-cluster-<id>-<part>`. */
	nameOf(part: string): string {
		return `${NAME_PREFIX}${this.id}-${part}`;
	}

	/** Makes a folder in it; returns its path. */
	folder(...names: string[]): string {
		const path = join(this.path, ...names);
		mkdirSync(path, { recursive: true });
		return path;
	}

	file(...names: string[]): string {
		return join(this.path, ...names);
	}

	/** Null when there is no record: the folder was made by hand, or its owner was killed while it made it. */
	owner(): ProcessIdentity | null {
		return this.#read('owner')[0] ?? null;
	}

	recordProcess(identity: ProcessIdentity): void {
		appendFileSync(join(this.path, 'processes'), formatIdentity(identity));
	}

	recordedProcesses(): ProcessIdentity[] {
		return this.#read('processes');
	}

	/** The first process of a machine: with it all that runs there ends. */
	recordMachine(identity: ProcessIdentity): void {
		appendFileSync(join(this.path, 'machines'), formatIdentity(identity));
	}

	recordedMachines(): ProcessIdentity[] {
		return this.#read('machines');
	}

	#read(name: string): ProcessIdentity[] {
		const path = join(this.path, name);
		return existsSync(path) ? parseIdentities(readFileSync(path, 'utf8')) : [];
	}
}

export function formatIdentity({ pid, startTicks }: ProcessIdentity): string {
	return `${pid} ${startTicks}\n`;
}

/** One process a line; a last line that was cut short is left out. */
export function parseIdentities(text: string): ProcessIdentity[] {
	const identities: ProcessIdentity[] = [];
	for (const line of text.split('\n').slice(0, -1)) {
		const [, pid, startTicks] = /^(\d+) (\d+)$/.exec(line) ?? [];
		if (pid !== undefined) identities.push({ pid: Number(pid), startTicks: Number(startTicks) });
	}
	return identities;
}
