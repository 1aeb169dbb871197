import test from 'ava';
import { until } from '../../e2e/lab.ts';
import { nothingIsAttached } from './attached.ts';
import { kubectl, kubectlJson } from './kubectl.ts';
import { BACK_OFFICE, SHOP } from './shop.ts';
import { Tap } from './tap.ts';

const NAME = 'shop-dashboard';
/** A kubelet takes up to two minutes to bring a Secret's new content to a pod, here to NATS. */
const KUBELET_LIMIT_MS = 180_000;

test.afterEach.always('nothing is attached that no tap wants', nothingIsAttached);

test.after.always(async () => {
	await kubectl(['delete', 'secret', '-n', 'podwire', NAME, '--ignore-not-found']);
});

/** A tool in a pod of the cluster, with what the Secret holds: how many messages of a subject come in three seconds. */
async function messagesOf(subject: string, secret: Readonly<Record<string, string>>): Promise<string> {
	const { user, password, url, 'ca.crt': ca } = secret;
	const options = { servers: url, user, pass: password, tls: { ca } };
	const program = `
		import { connect } from '/usr/lib/podwire/node_modules/nats/index.js';
		const nats = await connect(${JSON.stringify(options)});
		let messages = 0;
		nats.subscribe('${subject}', { callback: (error) => { if (error) { console.log(error.message); process.exit(); } messages += 1; } });
		setTimeout(() => { console.log(messages > 0 ? 'messages' : 'nothing'); process.exit(); }, 3000);`;
	return kubectl(['exec', '-n', SHOP, 'solo', '--', '/usr/bin/node', '--input-type=module', '-e', program]);
}

test.serial('a tool with the Secret of an observer sees its namespace and no other', async (t) => {
	t.timeout(360_000);
	await kubectl(['create', 'secret', 'generic', NAME, '-n', 'podwire']);
	await kubectl(['annotate', 'secret', NAME, '-n', 'podwire', `podwire.dev/namespaces=${SHOP}`]);
	await kubectl(['label', 'secret', NAME, '-n', 'podwire', 'podwire.dev/nats-observer=true']);
	let data: Record<string, string> = {};
	const filled = async () => {
		data = (await kubectlJson<{ data?: Record<string, string> }>('get', 'secret', '-n', 'podwire', NAME)).data ?? {};
		return data.password !== undefined;
	};
	for (let tries = 0; tries < 3 && !(await filled()); tries += 1) {
		await until(filled, () => 'the Secret was not filled in').catch(() => undefined);
	}
	const secret = Object.fromEntries(
		Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
	);
	t.deepEqual(Object.keys(secret).sort(), ['ca.crt', 'password', 'url', 'user']);
	const tap = await Tap.begun(t, ['pods', '-A', '-l', 'app in (frontend,ledger)']);
	await tap.shows(1, ({ pod }) => pod.namespace === BACK_OFFICE);
	const deadlineMs = performance.now() + KUBELET_LIMIT_MS;
	let seen = '';
	while (seen.trim() !== 'messages' && performance.now() < deadlineMs) {
		seen = await messagesOf(`podwire.v1.pods.${SHOP}.>`, secret).catch((error: Error) => error.message);
	}
	t.is(seen.trim(), 'messages');
	t.regex(await messagesOf(`podwire.v1.pods.${BACK_OFFICE}.>`, secret), /permission/i);
	t.is(await tap.interrupt(), 0);
});
