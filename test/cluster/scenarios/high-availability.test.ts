import { fileURLToPath } from 'node:url';
import test from 'ava';
import { nothingIsAttached } from './attached.ts';
import { waitForPodwire } from './installation.ts';
import { kubectl, podsOf } from './kubectl.ts';
import { SHOP } from './shop.ts';
import { Tap } from './tap.ts';

const base = fileURLToPath(new URL('../../../daemonset', import.meta.url));

test.after.always('the base is back, and nothing is attached', async (t) => {
	t.timeout(240_000);
	await kubectl(['apply', '-k', base]);
	await waitForPodwire();
	await nothingIsAttached();
});

test.serial('with three NATS servers each may go', async (t) => {
	t.timeout(300_000);
	await kubectl(['apply', '-k', `${base}/overlays/ha`]);
	await waitForPodwire();
	const servers = await podsOf('podwire', 'app.kubernetes.io/component=nats');
	t.is(servers.length, 3);
	const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP, '--to', 'deploy/backend']);
	await tap.shows(20);
	const frontends = await podsOf(SHOP, 'app=frontend');
	for (const { metadata } of servers) {
		await kubectl(['delete', 'pod', '-n', 'podwire', metadata.name]);
		await waitForPodwire();
		for (const frontend of frontends) {
			const { name } = frontend.metadata;
			await tap.shows(
				tap.numbersOf(name).length + 10,
				({ request }) => request?.path.startsWith(`/n/${name}/`) ?? false,
			);
		}
	}
	t.is(await tap.interrupt(), 0);
	t.log(tap.truth);
});
