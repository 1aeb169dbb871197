import test from 'ava';
import { nothingIsAttached } from './attached.ts';
import { failedNumbers, KubectlError, kubectl, podsOf } from './kubectl.ts';
import { SHOP } from './shop.ts';
import { gapsIn, Tap } from './tap.ts';

test.afterEach.always('nothing is attached that no tap wants', nothingIsAttached);

test.afterEach.always(async () => {
	await kubectl(['scale', '-n', SHOP, 'deploy/frontend', '--replicas=2']);
	await kubectl(['rollout', 'status', '-n', SHOP, 'deploy/frontend', '--timeout=60s']);
});

test.serial('pods that are added and taken away join and leave the tap; the others lose nothing', async (t) => {
	t.timeout(180_000);
	const before = await podsOf(SHOP, 'app=frontend');
	const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP, '--to', 'deploy/backend']);
	await tap.shows(10);
	await kubectl(['scale', '-n', SHOP, 'deploy/frontend', '--replicas=4']);
	await tap.says(/joined \(now 4 pods\)/);
	const after = await podsOf(SHOP, 'app=frontend');
	for (const { metadata } of after) await tap.shows(10, ({ pod }) => pod.name === metadata.name);
	await kubectl(['scale', '-n', SHOP, 'deploy/frontend', '--replicas=2']);
	await tap.says(/left \(now 2 pods\)/);
	t.is(await tap.interrupt(), 0);
	const survivors = new Set((await podsOf(SHOP, 'app=frontend')).map(({ metadata }) => metadata.name));
	const whole = before.filter(({ metadata }) => survivors.has(metadata.name));
	t.true(whole.length > 0);
	for (const pod of whole) {
		t.deepEqual(gapsIn(tap.numbersOf(pod.metadata.name), await failedNumbers(pod)), [], tap.truth);
	}
});

test.serial('a rollout is followed from the old pods to the new ones', async (t) => {
	t.timeout(180_000);
	const before = new Set((await podsOf(SHOP, 'app=frontend')).map(({ metadata }) => metadata.name));
	const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP]);
	await tap.shows(5);
	await kubectl(['rollout', 'restart', '-n', SHOP, 'deploy/frontend']);
	await kubectl(['rollout', 'status', '-n', SHOP, 'deploy/frontend', '--timeout=90s']);
	const after = await podsOf(SHOP, 'app=frontend');
	for (const { metadata } of after) {
		t.false(before.has(metadata.name));
		await tap.shows(5, ({ pod }) => pod.name === metadata.name);
	}
	for (const name of before) await tap.says(new RegExp(`${name} left`));
	t.is(await tap.interrupt(), 0);
});

test.serial('a pod whose label changes leaves and comes back', async (t) => {
	const [pod] = await podsOf(SHOP, 'app=old');
	const name = pod?.metadata.name ?? '';
	const tap = await Tap.begun(t, ['pods', '-n', SHOP, '-l', 'app in (old,solo)']);
	await tap.shows(2, (exchange) => exchange.pod.name === name);
	t.teardown(() => kubectl(['label', 'pod', '-n', SHOP, name, 'app=old', '--overwrite']));
	await kubectl(['label', 'pod', '-n', SHOP, name, 'app=stranger', '--overwrite']);
	await tap.says(new RegExp(`${name} left`));
	await kubectl(['label', 'pod', '-n', SHOP, name, 'app=old', '--overwrite']);
	await tap.says(new RegExp(`${name} joined`));
	t.is(await tap.interrupt(), 0);
});

test.serial('a container that restarts in its pod goes on being tapped', async (t) => {
	t.timeout(180_000);
	const [pod] = await podsOf(SHOP, 'app=stateful');
	const name = pod?.metadata.name ?? '';
	const tap = await Tap.begun(t, [`pod/${name}`, '-n', SHOP]);
	await tap.shows(5);
	const restarts = Number(await kubectl(['get', 'pod', '-n', SHOP, name, '-o', `jsonpath=${RESTARTS}`]));
	await endContainer(name);
	await kubectl(['wait', '-n', SHOP, `pod/${name}`, `--for=jsonpath=${RESTARTS}=${restarts + 1}`, '--timeout=90s']);
	const shown = tap.exchanges.length;
	await tap.shows(shown + 20);
	t.is(await tap.interrupt(), 0);
});

const RESTARTS = '{.status.containerStatuses[0].restartCount}';
const KILLED = 128 + 9;

/** With a container's first process all others of it are killed: also who asked for that, unless it is done by then. */
async function endContainer(pod: string): Promise<void> {
	try {
		await kubectl(['exec', '-n', SHOP, pod, '--', '/usr/bin/node', '-e', 'process.kill(1, "SIGTERM")']);
	} catch (error) {
		if (!(error instanceof KubectlError) || error.code !== KILLED) throw error;
	}
}
