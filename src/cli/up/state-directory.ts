/** The folder of a running `podwire up`: configuration, credentials and nothing that outlives it. */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const prefix = 'up-';

/** Makes RUN_DIR/up-PID, mode 0700, and removes the folders of processes that are gone. */
export function createStateDirectory(runDir: string, pid: number): string {
	mkdirSync(runDir, { recursive: true, mode: 0o700 });
	chmodSync(runDir, 0o700);
	for (const name of readdirSync(runDir)) {
		const owner = Number(name.slice(prefix.length));
		if (name.startsWith(prefix) && Number.isInteger(owner) && !existsSync(`/proc/${owner}`)) {
			rmSync(join(runDir, name), { recursive: true, force: true });
		}
	}
	const path = join(runDir, `${prefix}${pid}`);
	rmSync(path, { recursive: true, force: true });
	mkdirSync(path, { mode: 0o700 });
	return path;
}
