import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { nothingIsAttached } from './attached.ts';
import { kubectl, kubectlJson } from './kubectl.ts';

const manifests = fileURLToPath(new URL('../../../daemonset', import.meta.url));
const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

async function podwireObjects(): Promise<string[]> {
	const kinds = (await kubectl(['api-resources', '--verbs=list', '-o', 'name'])).trim().split('\n');
	// Events are told, not made, and go by themselves.
	const lasting = kinds.filter((kind) => !/^events\b|\.metrics\.k8s\.io$|tap\.podwire\.dev$/.test(kind));
	const listed = await kubectl(['get', lasting.join(','), '-A', '-o', 'name', '--ignore-not-found', '--show-kind']);
	return listed.split('\n').filter((line) => /podwire/.test(line));
}

interface Versioned {
	readonly kind: string;
	readonly metadata: { readonly name: string; readonly generation?: number; readonly resourceVersion: string };
}

/** What an object is, without what controllers tell of it where that is kept apart. */
async function versions(): Promise<Map<string, string>> {
	const { items } = await kubectlJson<{ items: Versioned[] }>('get', '-k', manifests);
	return new Map(
		items.map(({ kind, metadata: { name, generation, resourceVersion } }) => [
			`${kind}/${name}`,
			`${generation ?? resourceVersion}`,
		]),
	);
}

test.serial('applying again changes nothing', async (t) => {
	const before = await versions();
	// kubectl calls some objects `configured` that are the same afterwards.
	await kubectl(['apply', '-k', manifests]);
	t.deepEqual([...(await versions())], [...before]);
	t.true(before.size > 20);
});

test.serial('uninstall leaves no object and no program', async (t) => {
	t.timeout(240_000);
	t.true((await podwireObjects()).length > 0);
	const objects = execFileSync(process.execPath, [main, 'uninstall'], { encoding: 'utf8' });
	await kubectl(['delete', '-f', '-', '--timeout=120s'], objects);
	t.deepEqual(await podwireObjects(), []);
	await nothingIsAttached();
});
