import test from 'ava';
import { until } from '../../e2e/lab.ts';
import { nothingIsAttached } from './attached.ts';
import { kubectl, kubectlJson, podsOf } from './kubectl.ts';
import { BACK_OFFICE, SHOP } from './shop.ts';
import { Tap } from './tap.ts';

test.afterEach.always('nothing is attached that no tap wants', nothingIsAttached);

const targets: ReadonlyArray<readonly [target: string, app: string]> = [
	['deploy/frontend', 'frontend'],
	['statefulset/stateful', 'stateful'],
	['ds/everywhere', 'everywhere'],
	['rc/old', 'old'],
	['job/once', 'once'],
	['cj/nightly', 'nightly'],
	['pod/solo', 'solo'],
	['solo', 'solo'],
	['svc/backend', 'backend'],
	['svc/backend-headless', 'backend'],
];

async function runningPodsOf(app: string): Promise<Set<string>> {
	let names = new Set<string>();
	// A cron job's first pod takes up to a minute.
	for (let tries = 0; names.size === 0 && tries < 4; tries += 1) {
		await until(
			async () => {
				names = new Set((await podsOf(SHOP, `app=${app}`)).map(({ metadata }) => metadata.name));
				return names.size > 0;
			},
			() => `no pod of ${app} runs`,
		).catch((error: unknown) => {
			if (tries === 3) throw error;
		});
	}
	return names;
}

for (const [target, app] of targets) {
	test.serial(`tap ${target} shows its pods and no others`, async (t) => {
		t.timeout(180_000);
		const expected = await runningPodsOf(app);
		const tap = await Tap.begun(t, [target, '-n', SHOP]);
		for (const name of expected) await tap.shows(2, ({ pod }) => pod.name === name);
		t.is(await tap.interrupt(), 0, tap.stderr);
		t.deepEqual([...tap.podNames].sort(), [...expected].sort());
		t.true(tap.exchanges.every(({ pod }) => pod.namespace === SHOP));
		t.regex(tap.truth, /none lost/);
	});
}

test.serial('tap of a replica set by its own name', async (t) => {
	const [pod] = await podsOf(SHOP, 'app=frontend');
	const owners = await kubectlJson<{ metadata: { ownerReferences: { kind: string; name: string }[] } }>(
		...['get', 'pod', '-n', SHOP, pod?.metadata.name ?? ''],
	);
	const [owner] = owners.metadata.ownerReferences;
	t.is(owner?.kind, 'ReplicaSet');
	const tap = await Tap.begun(t, [`rs/${owner?.name}`, '-n', SHOP]);
	await tap.shows(2, (exchange) => exchange.pod.name === pod?.metadata.name);
	t.is(await tap.interrupt(), 0);
});

test.serial('tap of a namespace shows all its pods but those of the host network, and says so', async (t) => {
	const tap = await Tap.begun(t, [`ns/${SHOP}`]);
	for (const app of ['frontend', 'backend', 'stateful', 'old', 'solo']) {
		await tap.shows(1, ({ pod }) => pod.name.startsWith(app));
	}
	await tap.says(/on-host cannot be tapped: it shares the network of its node/);
	t.is(await tap.interrupt(), 0);
	t.false(tap.podNames.has('on-host'));
});

test.serial('labels select pods, in one namespace and in all', async (t) => {
	const frontends = new Set((await podsOf(SHOP, 'app=frontend')).map(({ metadata }) => metadata.name));
	const inShop = await Tap.begun(t, ['deploy', '-n', SHOP, '-l', 'app=frontend']);
	const everywhere = await Tap.begun(t, ['pods', '-A', '-l', 'app in (frontend,ledger)']);
	for (const name of frontends) await inShop.shows(1, ({ pod }) => pod.name === name);
	await everywhere.shows(1, ({ pod }) => pod.namespace === BACK_OFFICE);
	await everywhere.shows(1, ({ pod }) => frontends.has(pod.name));
	t.is(await inShop.interrupt(), 0);
	t.is(await everywhere.interrupt(), 0);
	t.deepEqual([...inShop.podNames].sort(), [...frontends].sort());
	const namespaces = new Set(everywhere.exchanges.map(({ pod }) => pod.namespace));
	t.deepEqual([...namespaces].sort(), [BACK_OFFICE, SHOP]);
});

const refused: ReadonlyArray<readonly [args: readonly string[], words: RegExp]> = [
	[['pod/on-host', '-n', SHOP], /shares the network of its node/],
	[['svc/elsewhere', '-n', SHOP], /ExternalName.*api\.example\.com/],
	[['deploy/frontent', '-n', SHOP], /frontend/],
	[['deploy/frontend', '-n', 'no-such'], /no-such/],
	[['deploi/frontend', '-n', SHOP], /deploy/],
	[['netns/blue'], /cluster/],
];

for (const [args, words] of refused) {
	test.serial(`tap ${args.join(' ')} is refused with a reason`, async (t) => {
		const tap = Tap.run(t, args);
		const status = await tap.ended;
		t.true(status === 1 || status === 2, `${status}`);
		t.regex(tap.stderr, words);
		t.is(tap.exchanges.length, 0);
	});
}

test.serial('kubectl get --raw streams the same as JSON lines', async (t) => {
	const path = `/apis/tap.podwire.dev/v1alpha1/watch/namespaces/${SHOP}/deployments/frontend/tap`;
	const output = await new Promise<string>((resolve, reject) => {
		const aborted = new AbortController();
		let text = '';
		import('node:child_process').then(({ spawn }) => {
			const child = spawn(process.env.PODWIRE_TEST_KUBECTL || 'kubectl', ['get', '--raw', path], {
				signal: aborted.signal,
				stdio: ['ignore', 'pipe', 'inherit'],
			});
			child.on('error', () => undefined);
			child.on('close', () => resolve(text));
			child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
				text += chunk;
				if (text.split('\n').length > 10) aborted.abort();
			});
		}, reject);
	});
	const lines = output
		.split('\n')
		.slice(0, 8)
		.map((line) => JSON.parse(line) as Record<string, unknown>);
	t.truthy(lines[0]?.started);
	t.true(lines.slice(1).some((line) => 'request' in line && 'response' in line));
});

test.serial('kubectl knows the API', async (t) => {
	const resources = await kubectl(['api-resources', '--api-group=tap.podwire.dev', '-o', 'name']);
	t.regex(resources, /^taps\.tap\.podwire\.dev$/m);
	t.is((await kubectl(['auth', 'can-i', 'watch', 'deployments.tap.podwire.dev/tap'])).trim(), 'yes');
	// Our group's `deployments` must not take the place of the cluster's own.
	t.regex(await kubectl(['get', 'deploy', '-n', SHOP, '-o', 'name']), /^deployment\.apps\/frontend$/m);
});
