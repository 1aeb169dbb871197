/** What Podwire prints of a recorded capture, for docs/usage.md. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const CAPTURE = fileURLToPath(
	new URL('../../test/captures/recorded/http1-python-curl/traffic.pcap.gz', import.meta.url),
);
const FILE = 'shop.pcap.gz';

export interface Sample {
	/** As a person types it. */
	readonly line: string;
	/** stdout, then stderr. */
	readonly output: string;
}

/** `forms`: the flags after the file; each without quoting of its own in a shell. */
export function samples(forms: readonly (readonly string[])[]): readonly Sample[] {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-samples-'));
	try {
		copyFileSync(CAPTURE, join(directory, FILE));
		return forms.map((flags) => sample(directory, flags));
	} finally {
		rmSync(directory, { recursive: true, force: true });
	}
}

function sample(directory: string, flags: readonly string[]): Sample {
	const words = ['read', FILE, '--utc', ...flags];
	const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], {
		cwd: directory,
		encoding: 'utf8',
		env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
	});
	if (status !== 0) throw new Error(`podwire ${words.join(' ')} ended with ${status}: ${stderr}`);
	const line = ['podwire', ...words].map((word) => (/[{}! ]/.test(word) ? `'${word}'` : word)).join(' ');
	return { line, output: stdout + stderr };
}
