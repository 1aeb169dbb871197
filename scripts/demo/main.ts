/** The demonstration: a shop, `podwire up`, and a tap of it until Ctrl-C. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPodwire, startPodwireUp } from '../podwire-process.ts';
import { openShop } from './shop.ts';

const directory = mkdtempSync(join(tmpdir(), 'podwire-demo-'));
const socket = join(directory, 'run', 'control-plane.sock');
const inventoryPath = join(directory, 'pods.yaml');

// A signal ends the tap, as asked; what is below then cleans up.
let stopAsked = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.on(signal, () => {
		stopAsked = true;
	});
}

const shop = await openShop();
try {
	writeFileSync(inventoryPath, shop.inventory);
	const up = await startPodwireUp(['--inventory', inventoryPath, '--socket', socket, '--node', 'demo']);
	try {
		const args = process.argv.length > 2 ? process.argv.slice(2) : ['tap', 'deploy/frontend', '-n', 'shop'];
		process.stderr.write(`$ podwire ${args.join(' ')}\n`);
		if (!stopAsked) process.exitCode = await runPodwire([...args, '--socket', socket]);
	} finally {
		await up.stop();
	}
} finally {
	await shop.remove();
	rmSync(directory, { recursive: true, force: true });
}
