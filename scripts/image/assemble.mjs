// `node scripts/image/assemble.mjs FOLDER`: builds what is not built, and fills the folder with the image's file system.

import { SetupError } from '../setup/progress.mjs';
import { runScript, setUp } from '../setup/setup.mjs';
import { root } from '../setup/stamps.mjs';
import { assembleRoot } from './root-file-system.mjs';

await runScript(async () => {
	const [folder, ...others] = process.argv.slice(2);
	if (folder === undefined || others.length > 0) throw new SetupError('usage: node scripts/image/assemble.mjs FOLDER');
	await setUp('run');
	assembleRoot(root, folder, Number(process.env.SOURCE_DATE_EPOCH ?? 0));
	return 0;
});
