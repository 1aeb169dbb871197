import test from 'ava';
import { type Secret, withContent } from '../../src/identity/secret.ts';
import { KeptCluster, MOUNTED_BUNDLES, SERVERS } from './kept-cluster.ts';
import { verify } from './openssl.ts';

const NOW = Date.parse('2027-03-04T05:06:07Z');
const DAY = 86_400_000;
const ALL = [
	'podwire-ca',
	'podwire-control-plane-tls',
	'podwire-metrics',
	'podwire-nats-agent',
	'podwire-nats-control-plane',
	'podwire-nats-observer',
	'podwire-nats-server',
	'podwire-tap-key',
];

async function bootstrapped(): Promise<KeptCluster> {
	const cluster = new KeptCluster();
	await cluster.pass(NOW);
	return cluster;
}

function versions(cluster: KeptCluster): Record<string, string> {
	return Object.fromEntries([...cluster.secrets].map(([name, { metadata }]) => [name, metadata.resourceVersion ?? '']));
}

function observer(name: string, namespaces: string | null, data: Record<string, string> = {}): Secret {
	const empty: Secret = {
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: {
			name,
			namespace: 'podwire',
			labels: { 'podwire.dev/nats-observer': 'true' },
			...(namespaces === null ? {} : { annotations: { 'podwire.dev/namespaces': namespaces } }),
		},
	};
	return withContent(empty, data);
}

interface Users {
	readonly users: readonly { readonly user: string; readonly password: string; readonly permissions: object }[];
}

function users(cluster: KeptCluster): Users['users'] {
	return (JSON.parse(cluster.text('podwire-nats-server', 'authorization.json')) as Users).users;
}

test('in an empty cluster everything is made, the authority first, and a second pass changes nothing', async (t) => {
	const cluster = new KeptCluster();
	const first = await cluster.pass(NOW);
	t.deepEqual(
		first.writes.map(({ words }) => words).sort(),
		ALL.map((name) => `made ${name}`),
	);
	t.is(first.writes[0]?.secret.metadata.name, 'podwire-ca');
	t.deepEqual(first.warnings, []);

	const bundle = cluster.text('podwire-ca', 'tls.crt');
	for (const name of ['podwire-ca', ...MOUNTED_BUNDLES]) t.is(cluster.text(name, 'ca.crt'), bundle);
	t.is(cluster.apiServiceBundle, bundle);
	for (const name of SERVERS) {
		t.is(verify(cluster.text(name, 'tls.crt'), bundle, { atMs: NOW, purpose: 'sslserver' }), 'OK');
	}
	t.regex(cluster.text('podwire-metrics', 'token'), /^[0-9a-f]{64}$/);
	t.is(Buffer.from(cluster.secret('podwire-tap-key').data?.key ?? '', 'base64').length, 32);
	for (const name of ['agent', 'control-plane', 'observer']) {
		t.is(cluster.text(`podwire-nats-${name}`, 'user'), name);
		t.regex(cluster.text(`podwire-nats-${name}`, 'password'), /^[0-9a-f]{64}$/);
	}
	t.is(cluster.text('podwire-nats-observer', 'url'), 'tls://podwire-nats.podwire.svc:4222');
	t.deepEqual(
		users(cluster).map(({ user, password }) => [user, password]),
		['agent', 'control-plane', 'observer'].map((name) => [name, cluster.text(`podwire-nats-${name}`, 'password')]),
	);

	const before = versions(cluster);
	const second = await cluster.pass(NOW + DAY);
	t.deepEqual(second.writes, []);
	t.deepEqual([...second.left].sort(), ALL);
	t.deepEqual(versions(cluster), before);
});

test('what is lost or damaged is made anew, and nothing else is touched', async (t) => {
	const damages: readonly (readonly [string, Record<string, string | null>, string[]])[] = [
		['podwire-tap-key', { key: 'short' }, ['podwire-tap-key']],
		['podwire-metrics', { token: 'short' }, ['podwire-metrics']],
		['podwire-control-plane-tls', { 'tls.key': null }, ['podwire-control-plane-tls']],
		['podwire-control-plane-tls', { 'tls.crt': 'no certificate' }, ['podwire-control-plane-tls']],
		['podwire-control-plane-tls', { 'ca.crt': '' }, ['podwire-control-plane-tls']],
		['podwire-nats-server', { 'authorization.json': '{}' }, ['podwire-nats-server']],
		['podwire-nats-agent', { password: 'p"q' }, ['podwire-nats-agent', 'podwire-nats-server']],
		['podwire-nats-agent', { user: 'observer' }, ['podwire-nats-agent']],
		['podwire-nats-observer', { url: null }, ['podwire-nats-observer']],
	];
	for (const [name, damage, mended] of damages) {
		const cluster = await bootstrapped();
		const good = cluster.secret(name).data ?? {};
		cluster.put(withContent(cluster.secret(name), damage));
		const plan = await cluster.pass(NOW + DAY);
		t.deepEqual(plan.writes.map(({ secret }) => secret.metadata.name).sort(), mended, JSON.stringify(damage));
		t.deepEqual(Object.keys(cluster.secret(name).data ?? {}).sort(), Object.keys(good).sort());
		t.deepEqual((await cluster.pass(NOW + DAY)).writes, []);
	}
});

test('a certificate for other names, of another authority, or with another key is replaced', async (t) => {
	const cluster = await bootstrapped();
	const stranger = await bootstrapped();
	const swap = async (from: Secret, keys: readonly string[], why: RegExp) => {
		const own = cluster.secret('podwire-control-plane-tls');
		const data = { ...own.data, ...Object.fromEntries(keys.map((key) => [key, from.data?.[key] ?? ''])) };
		cluster.put({ ...own, data });
		const { writes } = await cluster.pass(NOW + DAY);
		t.is(writes.length, 1);
		t.regex(writes[0]?.words ?? '', why);
		const judged = { atMs: NOW + DAY, purpose: 'sslserver', host: 'podwire-control-plane.podwire.svc' };
		t.is(verify(cluster.text('podwire-control-plane-tls', 'tls.crt'), cluster.apiServiceBundle ?? '', judged), 'OK');
	};
	const pair = ['tls.crt', 'tls.key'];
	await swap(cluster.secret('podwire-nats-server'), pair, /other names/);
	await swap(stranger.secret('podwire-control-plane-tls'), pair, /no authority of ours/);
	await swap(stranger.secret('podwire-control-plane-tls'), ['tls.key'], /private key is missing or another one/);
	await swap(stranger.secret('podwire-ca'), pair, /no authority of ours/);
});

test('a certificate is renewed when two thirds of its life are over, with a new key', async (t) => {
	const cluster = await bootstrapped();
	// It began ten minutes before NOW and ends 90 days after it: two thirds are at 60 days less 200 s.
	const dueMs = NOW + 60 * DAY - 200_000;
	t.deepEqual((await cluster.pass(dueMs - 1000)).writes, []);
	const before = SERVERS.map((name) => cluster.text(name, 'tls.key'));
	const { writes } = await cluster.pass(dueMs);
	t.deepEqual(
		writes.map(({ words }) => words),
		SERVERS.map((name) => `renewed ${name}: two thirds of its life are over`),
	);
	for (const [index, name] of SERVERS.entries()) t.not(cluster.text(name, 'tls.key'), before[index]);
});

test('a lost authority key: its certificates stay good until they are due', async (t) => {
	const cluster = await bootstrapped();
	const old = cluster.text('podwire-ca', 'tls.crt');
	const leaves = SERVERS.map((name) => cluster.text(name, 'tls.crt'));
	cluster.put(withContent(cluster.secret('podwire-ca'), { 'tls.key': 'gone' }));
	await cluster.pass(NOW + DAY);
	t.not(cluster.text('podwire-ca', 'tls.crt'), old);
	t.deepEqual(
		SERVERS.map((name) => cluster.text(name, 'tls.crt')),
		leaves,
	);
	t.is(cluster.text('podwire-nats-agent', 'ca.crt'), cluster.text('podwire-ca', 'tls.crt') + old);
});

test('a removed authority is a new beginning: all certificates are replaced, passwords are not', async (t) => {
	const cluster = await bootstrapped();
	const old = cluster.text('podwire-ca', 'tls.crt');
	const password = cluster.text('podwire-nats-agent', 'password');
	cluster.secrets.delete('podwire-ca');
	await cluster.pass(NOW + DAY);
	const fresh = cluster.text('podwire-ca', 'tls.crt');
	t.not(fresh, old);
	for (const name of MOUNTED_BUNDLES) t.is(cluster.text(name, 'ca.crt'), fresh);
	t.is(cluster.apiServiceBundle, fresh);
	for (const name of SERVERS) {
		t.is(verify(cluster.text(name, 'tls.crt'), fresh, { atMs: NOW + DAY, purpose: 'sslserver' }), 'OK');
	}
	t.is(cluster.text('podwire-nats-agent', 'password'), password);
});

test('an observer gets what its Secret lacks, sees its namespaces alone, and goes with its Secret', async (t) => {
	const cluster = await bootstrapped();
	cluster.put(observer('grafana', 'web, shop'));
	cluster.put(observer('auditor', '*', { user: 'audit', password: 'chosen-by-operator' }));
	const plan = await cluster.pass(NOW + DAY);
	t.deepEqual(plan.warnings, []);
	t.is(cluster.text('grafana', 'user'), 'observer-grafana');
	t.regex(cluster.text('grafana', 'password'), /^[0-9a-f]{64}$/);
	t.is(cluster.text('grafana', 'url'), 'tls://podwire-nats.podwire.svc:4222');
	t.is(cluster.text('grafana', 'ca.crt'), cluster.text('podwire-ca', 'ca.crt'));
	t.is(cluster.text('auditor', 'password'), 'chosen-by-operator');
	t.deepEqual(users(cluster).slice(3), [
		{
			user: 'audit',
			password: 'chosen-by-operator',
			permissions: {
				publish: { deny: ['>'] },
				subscribe: { allow: ['podwire.v1.pods.>', 'podwire.v1.taps.>'] },
			},
		},
		{
			user: 'observer-grafana',
			password: cluster.text('grafana', 'password'),
			permissions: {
				publish: { deny: ['>'] },
				subscribe: { allow: ['podwire.v1.pods.shop.>', 'podwire.v1.pods.web.>'] },
			},
		},
	]);
	t.deepEqual((await cluster.pass(NOW + DAY)).writes, []);

	cluster.secrets.delete('auditor');
	await cluster.pass(NOW + DAY);
	t.deepEqual(
		users(cluster).map(({ user }) => user),
		['agent', 'control-plane', 'observer', 'observer-grafana'],
	);
});

test('a Secret that no user can be made of is named with the reason, and harms no other', async (t) => {
	const cluster = await bootstrapped();
	const refused: readonly (readonly [Secret, RegExp])[] = [
		[observer('a-none', null), /annotation podwire.dev\/namespaces: expected .*; "" came/],
		[observer('b-wild', 'shop.>'), /"shop.>" came/],
		[observer('c-empty', 'shop,'), /"shop," came/],
		[observer('d-agent', 'shop', { user: 'agent' }), /user: agent is another Secret's/],
		[observer('e-quote', 'shop', { password: 'abcdefghijklmnop"' }), /password: expected/],
		[observer('f-hash', 'shop', { password: '$2a$11$abcdefghijklmnopqrstuv' }), /password: expected/],
		[observer('g-name', 'shop', { user: 'a b' }), /user: expected/],
		[{ ...observer('h-fixed', 'shop'), immutable: true }, /immutable/],
	];
	for (const [secret] of refused) cluster.put(secret);
	cluster.put(observer('z-good', 'shop'));
	const plan = await cluster.pass(NOW + DAY);
	t.is(plan.warnings.length, refused.length);
	for (const [index, [{ metadata }, why]] of refused.entries()) {
		t.true(plan.warnings[index]?.startsWith(`Secret ${metadata.name}: `));
		t.regex(plan.warnings[index] ?? '', why);
	}
	t.deepEqual(
		users(cluster).map(({ user }) => user),
		['agent', 'control-plane', 'observer', 'observer-z-good'],
	);
	const said = plan.warnings.join('\n');
	t.false(said.includes('abcdefghijklmnop'));
});
