import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { PodProcesses } from '../../src/agent/pod-process.ts';

const UID = '5f3c9a1e-0b7d-4c52-9e41-7a6d3f2b8c90';
const OTHER = '5f3c9a1e-0b7d-4c52-9e41-7a6d3f2b8c91';

class ProcDirectory {
	readonly path: string;

	private constructor(path: string) {
		this.path = path;
	}

	static async make(t: ExecutionContext): Promise<ProcDirectory> {
		const path = await mkdtemp(join(tmpdir(), 'podwire-proc-'));
		t.teardown(() => rm(path, { recursive: true }));
		return new ProcDirectory(path);
	}

	/** As proc(5) has them; `startedAt` in clock ticks. */
	async add(name: string, files: { cgroup?: string; startedAt?: number } = {}): Promise<void> {
		await mkdir(join(this.path, name));
		const { cgroup, startedAt } = files;
		if (cgroup !== undefined) await writeFile(join(this.path, name, 'cgroup'), cgroup);
		if (startedAt === undefined) return;
		const stat = `${name} (a) b) S 1 2 2 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 ${startedAt} 1 1 184467\n`;
		await writeFile(join(this.path, name, 'stat'), stat);
	}
}

test('the oldest process of the pod comes first, among files that are no processes', async (t) => {
	const proc = await ProcDirectory.make(t);
	await proc.add('1', { cgroup: '0::/init.scope\n', startedAt: 1 });
	await proc.add('sys');
	await proc.add('77'); // ended while being looked at
	await proc.add('1200', { cgroup: `0::/kubepods/pod${UID}/one\n`, startedAt: 5000 });
	// After the ids began anew.
	await proc.add('300', { cgroup: `0::/kubepods/pod${UID}/two\n`, startedAt: 9000 });
	await proc.add('200', { cgroup: `0::/kubepods/pod${UID}/two/nested\n`, startedAt: 2 });
	const processes = new PodProcesses(proc.path);
	t.deepEqual(processes.of(UID), [1200, 300, 200]);
	t.deepEqual(processes.of(UID.toUpperCase()), [1200, 300, 200]);
	t.deepEqual(processes.of(OTHER), []);
});

test('one walk serves a whole round', async (t) => {
	const proc = await ProcDirectory.make(t);
	const processes = new PodProcesses(proc.path);
	t.deepEqual(processes.of(UID), []);
	await proc.add('5', { cgroup: `0::/kubepods/pod${UID}/one\n0::/kubepods/pod${OTHER}/one\n` });
	t.deepEqual(processes.of(UID), []);
	processes.walkAgain();
	t.deepEqual(processes.of(UID), [5]);
	t.deepEqual(processes.of(OTHER), [5]);
});
