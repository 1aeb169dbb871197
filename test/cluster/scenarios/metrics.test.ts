import test from 'ava';
import { parse, type Scrape } from '../../messaging/scrape.ts';
import { kubectl, kubectlJson, podsOf } from './kubectl.ts';
import { SHOP } from './shop.ts';
import { Tap } from './tap.ts';

const PORTS = { agent: 9472, 'control-plane': 9470, nats: 9473 } as const;

test.before(async () => {
	// As an operator says where Prometheus is; here it is a pod of the shop.
	await kubectl(['label', 'namespace', SHOP, 'podwire.dev/scrapes-metrics=true', '--overwrite']);
});

test.after.always(async () => {
	await kubectl(['label', 'namespace', SHOP, 'podwire.dev/scrapes-metrics-']);
});

async function scrapeFromPod(ip: string, port: number, token: string): Promise<Scrape> {
	const url = `http://${ip.includes(':') ? `[${ip}]` : ip}:${port}/metrics`;
	const program = `
		const response = await fetch('${url}', { headers: { authorization: 'Bearer ${token}' } });
		console.log(response.status);
		console.log(await response.text());`;
	const words = ['exec', '-n', SHOP, 'solo', '--', '/usr/bin/node', '--input-type=module', '-e', program];
	const [status = '', ...lines] = (await kubectl(words)).split('\n');
	return parse(Number(status), lines.join('\n'));
}

test.serial('every daemon tells a pod with the token how it is, and nobody else', async (t) => {
	t.timeout(180_000);
	const secret = await kubectlJson<{ data: { token: string } }>('get', 'secret', '-n', 'podwire', 'podwire-metrics');
	const token = Buffer.from(secret.data.token, 'base64').toString('utf8');
	const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP]);
	await tap.shows(10);
	let attached = 0;
	for (const [component, port] of Object.entries(PORTS)) {
		const pods = await podsOf('podwire', `app.kubernetes.io/component=${component}`);
		t.true(pods.length > 0, component);
		for (const { metadata, status } of pods) {
			const answer = await scrapeFromPod(status.podIP ?? '', port, token);
			t.is(answer.status, 200, metadata.name);
			t.deepEqual(answer.strange, []);
			t.true([...answer.samples.keys()].some((key) => key.startsWith(`podwire_build_info{part="${component}"`)));
			t.is((await scrapeFromPod(status.podIP ?? '', port, 'another')).status, 401, metadata.name);
			attached += answer.samples.get('podwire_agent_pods{state="attached"}') ?? 0;
			if (component === 'control-plane') {
				t.true((answer.samples.get('podwire_control_plane_informer_objects{resource="pods"}') ?? 0) > 0);
			}
		}
	}
	t.is(attached, tap.podNames.size);
	t.is(await tap.interrupt(), 0);
});
