/** A directory that changes as kubelet changes a mounted Secret: all files at one moment, by a symbolic link. */
import { mkdirSync, mkdtempSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Secret } from '../../src/identity/secret.ts';

export class MountedSecret {
	readonly directory: string;
	#generation = 0;

	constructor(files: Readonly<Record<string, string | Buffer>> = {}) {
		this.directory = mkdtempSync(join(tmpdir(), 'podwire-secret-'));
		this.set(files);
	}

	path(file: string): string {
		return join(this.directory, file);
	}

	set(files: Readonly<Record<string, string | Buffer>>): void {
		const before = this.#generation === 0 ? null : readlinkSync(this.path('..data'));
		const data = `..data_${++this.#generation}`;
		mkdirSync(this.path(data));
		for (const [name, content] of Object.entries(files)) writeFileSync(join(this.path(data), name), content);
		symlinkSync(data, this.path('..data_tmp'));
		renameSync(this.path('..data_tmp'), this.path('..data'));
		for (const name of Object.keys(files)) {
			rmSync(this.path(name), { force: true });
			symlinkSync(join('..data', name), this.path(name));
		}
		if (before !== null) rmSync(this.path(before), { recursive: true });
	}

	remove(): void {
		rmSync(this.directory, { recursive: true, force: true });
	}
}

/** The files that kubelet would make of it. */
export function filesOf(secret: Secret): Record<string, Buffer> {
	return Object.fromEntries(
		Object.entries(secret.data ?? {}).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
	);
}
