// `npm run image -- --output FILE.tar`: the image as a docker-archive, without Docker.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeDockerArchive } from './image/docker-archive.mjs';
import { imageSettings } from './image/image-settings.mjs';
import { assembleRoot } from './image/root-file-system.mjs';
import { SetupError } from './setup/progress.mjs';
import { runScript, setUp } from './setup/setup.mjs';
import { root } from './setup/stamps.mjs';

const BYTES_PER_MB = 1_000_000;

await runScript(async () => {
	const output = outputPath();
	await setUp('run');
	const mtimeSeconds = Number(process.env.SOURCE_DATE_EPOCH ?? 0);
	const folder = mkdtempSync(join(tmpdir(), 'podwire-image-'));
	try {
		assembleRoot(root, folder, mtimeSeconds);
		const { tag, settings } = imageSettings(root);
		writeDockerArchive({ image: folder, output, tag, settings, mtimeSeconds });
		const megabytes = Math.round(statSync(output).size / BYTES_PER_MB);
		process.stdout.write(
			`${output}: ${tag}, ${megabytes} MB. docker load -i, podman load -i and ctr images import take it.\n`,
		);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	return 0;
});

function outputPath() {
	try {
		return parseArgs({ options: { output: { type: 'string', default: 'build/podwire-image.tar' } } }).values.output;
	} catch (cause) {
		throw new SetupError(`${cause.message}\nusage: npm run image -- [--output FILE.tar]`, { cause });
	}
}
