/** Control groups as a kubelet with the cgroupfs driver makes them, for processes that stand for a pod's. */
import { accessSync, constants, existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

/** cgroups(7): hierarchies of version 1 without limits of their own, and those of version 2. */
const HIERARCHIES = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup/freezer', '/sys/fs/cgroup/unified', '/sys/fs/cgroup'];

function hierarchy(): string {
	for (const path of HIERARCHIES) {
		if (!existsSync(join(path, 'cgroup.procs'))) continue;
		try {
			accessSync(path, constants.W_OK);
			return path;
		} catch {
			// Mounted read-only.
		}
	}
	throw new Error(`no control group file system may be written: ${HIERARCHIES.join(', ')}`);
}

export class PodGroup {
	readonly #root: string;
	readonly #container: string;

	/** `containers`: groups below the pod's own, one within the other. */
	constructor(t: ExecutionContext, uid: string, containers: readonly string[] = ['container']) {
		this.#root = hierarchy();
		const levels = [`podwire-test-${process.pid}`, 'kubepods', 'burstable', `pod${uid}`, ...containers];
		this.#container = join(this.#root, ...levels);
		mkdirSync(this.#container, { recursive: true });
		t.teardown(() => this.#remove(levels));
	}

	/** Moves a process there. */
	add(pid: number): void {
		writeFileSync(join(this.#container, 'cgroup.procs'), `${pid}`);
	}

	/** What others still use stays. A group goes once its processes have ended. */
	#remove(levels: readonly string[]): void {
		for (let depth = levels.length; depth > 0; depth -= 1) {
			try {
				rmdirSync(join(this.#root, ...levels.slice(0, depth)));
			} catch {
				return;
			}
		}
	}
}
