/** The demonstration: a shop, `podwire up`, and a tap of it until Ctrl-C. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPodwire, runScript, startPodwireUp } from '../podwire-process.ts';
import { openShop, type Shop } from './shop.ts';

// A signal ends the tap, as asked; what is below then cleans up.
let stopAsked = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.on(signal, () => {
		stopAsked = true;
	});
}

await runScript(async () => {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-demo-'));
	const shop = await openShop();
	try {
		return await tapShop(shop, directory);
	} finally {
		await shop.remove();
		rmSync(directory, { recursive: true, force: true });
	}
});

async function tapShop(shop: Shop, directory: string): Promise<number> {
	const socket = join(directory, 'run', 'control-plane.sock');
	const inventory = join(directory, 'pods.yaml');
	writeFileSync(inventory, shop.inventory);
	const up = await startPodwireUp(['--inventory', inventory, '--socket', socket, '--node', 'demo']);
	try {
		const command = ['tap', 'deploy/frontend', '-n', 'shop'];
		process.stderr.write(`$ podwire ${command.join(' ')}\n`);
		return stopAsked ? 0 : await runPodwire([...command, '--socket', socket]);
	} finally {
		await up.stop();
	}
}
