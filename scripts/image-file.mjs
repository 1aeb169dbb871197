// The image of Podwire as a file for as long as something needs it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolEnvironment } from './setup/build.mjs';
import { SetupError } from './setup/progress.mjs';
import { root } from './setup/stamps.mjs';

/** Builds it, calls `use` with its path, and removes it. */
export async function withImageFile(use) {
	const folder = mkdtempSync(join(tmpdir(), 'podwire-image-'));
	try {
		const output = join(folder, 'podwire.tar');
		const script = join(root, 'scripts', 'image.mjs');
		const how = { env: toolEnvironment, stdio: ['ignore', 2, 2] };
		const { status } = spawnSync(process.execPath, [script, '--output', output], how);
		if (status !== 0) throw new SetupError('podwire: the image could not be built');
		return await use(output);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
