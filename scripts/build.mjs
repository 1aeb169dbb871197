// `npm run build`: everything that is built, without installing anything.
import { buildAddon, buildManPage, buildTypeScript, generateWire } from './setup/build.mjs';
import { runScript } from './setup/setup.mjs';

await runScript(async () => {
	await generateWire();
	await buildAddon();
	await buildTypeScript();
	await buildManPage();
	return 0;
});
