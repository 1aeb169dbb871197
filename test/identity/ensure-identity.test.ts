/** Identity at a real API server, with the rights that the manifests give and no others. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { ensureIdentity, type IdentityReport } from '../../src/identity/ensure-identity.ts';
import { IdentityRenewal } from '../../src/identity/identity-renewal.ts';
import { ClusterAccess } from '../../src/kubernetes/cluster-access.ts';
import { chooseCluster, NO_OVERRIDES } from '../../src/kubernetes/cluster-choice.ts';
import { KubeApi } from '../../src/kubernetes/kube-api.ts';
import { readKubeconfig } from '../../src/kubernetes/kubeconfig-files.ts';
import { type Clock, systemClock } from '../../src/messaging/clock.ts';
import { type LoneApiServer, startApiServer } from '../cluster/lone-api-server.ts';
import { whyNoApiServer } from '../cluster/programs.ts';
import { eventually } from '../messaging/eventually.ts';
import { API_SERVICE_MANIFEST, identityManifests } from './cluster-objects.ts';
import { verify } from './openssl.ts';

const DAY = 86_400_000;
const START_LIMIT_MS = 900_000; // the first start on a computer builds Kubernetes
const USER = 'system:serviceaccount:podwire:podwire-bootstrap';

const whyNot = whyNoApiServer();
const clusterTest = whyNot === null ? test.serial : test.serial.skip;

let server: LoneApiServer;
let kubeconfig: string;
let api: KubeApi;

test.before(async (t) => {
	if (whyNot !== null) {
		t.log(whyNot);
		return;
	}
	t.timeout(START_LIMIT_MS);
	server = await startApiServer();
	kubeconfig = await server.kubeconfigFor({ commonName: USER });
	await server.kubectl(['apply', '-f', '-'], JSON.stringify(identityManifests(USER)));
	const choice = chooseCluster(await readKubeconfig({ explicit: kubeconfig, env: {}, home: homedir() }), NO_OVERRIDES);
	if (choice === null) throw new Error('the kubeconfig names no cluster');
	api = new KubeApi(new ClusterAccess(choice, { env: {}, interactive: false, clock: systemClock }));
});

test.after.always(async () => {
	await server?.stop();
});

const said: string[] = [];
const log = {
	info: (_: object, message: string) => said.push(message),
	warn: (_: object, message: string) => said.push(message),
	error: (_: object, message: string) => said.push(message),
};

function ensureAt(wallMs: number): Promise<IdentityReport> {
	const clock = { ...systemClock, wallMs: () => wallMs };
	return ensureIdentity({ api, namespace: 'podwire', clock, randomBytes, log });
}

interface Listed {
	readonly metadata: { readonly name: string; readonly resourceVersion: string };
	readonly data: Readonly<Record<string, string>>;
}

async function secrets(): Promise<Map<string, Listed>> {
	const text = await server.kubectl(['get', 'secrets', '-n', 'podwire', '-o', 'json']);
	const { items } = JSON.parse(text) as { readonly items: readonly Listed[] };
	return new Map(items.map((item) => [item.metadata.name, item]));
}

function textOf(all: Map<string, Listed>, name: string, key: string): string {
	const value = all.get(name)?.data[key];
	if (value === undefined) throw new Error(`Secret ${name} has no ${key}`);
	return Buffer.from(value, 'base64').toString('utf8');
}

async function apiServiceBundle(): Promise<string> {
	const path = ['-o', 'jsonpath={.spec.caBundle}'];
	const base64 = await server.kubectl(['get', 'apiservice', 'v1alpha1.tap.podwire.dev', ...path]);
	return Buffer.from(base64, 'base64').toString('utf8');
}

/** Everything fits together, whoever of several wrote which part. */
async function judge(atMs: number): Promise<readonly string[]> {
	const all = await secrets();
	const bundle = textOf(all, 'podwire-ca', 'ca.crt');
	const problems: string[] = [];
	for (const name of ['podwire-control-plane-tls', 'podwire-nats-server']) {
		const outcome = verify(textOf(all, name, 'tls.crt'), bundle, { atMs, purpose: 'sslserver' });
		if (outcome !== 'OK') problems.push(`${name}: ${outcome}`);
	}
	for (const name of all.keys()) {
		if (name !== 'podwire-tap-key' && name !== 'podwire-metrics' && textOf(all, name, 'ca.crt') !== bundle)
			problems.push(`${name}: other bundle`);
	}
	if ((await apiServiceBundle()) !== bundle) problems.push('the APIService has another bundle');
	const { users } = JSON.parse(textOf(all, 'podwire-nats-server', 'authorization.json')) as {
		readonly users: readonly { readonly user: string; readonly password: string }[];
	};
	for (const { user, password } of users.slice(0, 3)) {
		if (textOf(all, `podwire-nats-${user}`, 'password') !== password) problems.push(`${user}: other password`);
	}
	return problems;
}

const NAMES = [
	'podwire-ca',
	'podwire-control-plane-tls',
	'podwire-metrics',
	'podwire-nats-agent',
	'podwire-nats-control-plane',
	'podwire-nats-observer',
	'podwire-nats-server',
	'podwire-tap-key',
];

clusterTest('four at once make one identity, each Secret once; again changes nothing', async (t) => {
	const now = Date.now();
	const reports = await Promise.all([ensureAt(now), ensureAt(now), ensureAt(now), ensureAt(now)]);
	const written = reports.flatMap((report) => report.written.map(({ words }) => words));
	t.deepEqual(
		written.sort(),
		NAMES.map((name) => `made ${name}`),
	);
	t.deepEqual(await judge(now), []);
	const before = await secrets();
	const again = await ensureAt(now + DAY);
	t.deepEqual(again, { written: [], left: again.left, apiService: 'left', warnings: [] });
	t.deepEqual([...again.left].sort(), NAMES);
	t.deepEqual(await secrets(), before);
	await server.kubectl(['apply', '-f', '-'], JSON.stringify(API_SERVICE_MANIFEST));
	t.deepEqual(await judge(now), [], 'applying the manifests again keeps the bundle');
});

clusterTest('several at once renew each certificate once, and bring a new authority in together', async (t) => {
	const start = Date.now();
	const three = (wallMs: number) => Promise.all([ensureAt(wallMs), ensureAt(wallMs), ensureAt(wallMs)]);
	const due = await three(start + 61 * DAY);
	t.deepEqual(due.flatMap((report) => report.written.map(({ words }) => words)).sort(), [
		'renewed podwire-control-plane-tls: two thirds of its life are over',
		'renewed podwire-nats-server: two thirds of its life are over',
	]);
	t.deepEqual(await judge(start + 61 * DAY), []);

	const old = textOf(await secrets(), 'podwire-ca', 'tls.crt');
	const successionMs = start + 2440 * DAY;
	for (const hours of [0, 1, 20, 25.5, 26, 52]) {
		await three(successionMs + hours * 3_600_000);
		t.deepEqual(await judge(successionMs + hours * 3_600_000), [], `after ${hours} hours`);
	}
	const all = await secrets();
	t.not(textOf(all, 'podwire-ca', 'tls.crt'), old);
	t.is(all.get('podwire-ca')?.data['next.crt'], undefined);
	// Back to a beginning of today, for the tests that follow.
	await server.kubectl(['delete', 'secret', '-n', 'podwire', 'podwire-ca']);
	await ensureAt(start);
	t.deepEqual(await judge(start), []);
});

clusterTest(
	'a renewal that runs looks after observers and damage, and outlives a restart of the API server',
	async (t) => {
		const hasty: Clock = { ...systemClock, setTimeout: (call, delayMs) => systemClock.setTimeout(call, delayMs / 60) };
		const make = () =>
			new IdentityRenewal({ api, namespace: 'podwire', clock: hasty, random: Math.random, randomBytes, log });
		const renewals = [make(), make()];
		t.teardown(() => {
			for (const renewal of renewals) renewal.stop();
		});
		for (const renewal of renewals) renewal.start();

		const manifest = {
			apiVersion: 'v1',
			kind: 'Secret',
			metadata: {
				name: 'grafana',
				namespace: 'podwire',
				labels: { 'podwire.dev/nats-observer': 'true' },
				annotations: { 'podwire.dev/namespaces': 'shop' },
			},
		};
		await server.kubectl(['apply', '-f', '-'], JSON.stringify(manifest));
		const isUser = async (name: string) =>
			textOf(await secrets(), 'podwire-nats-server', 'authorization.json').includes(`"user": "${name}"`);
		await eventually(() => isUser('observer-grafana'), 'the observer is a user', 60_000);
		t.regex(textOf(await secrets(), 'grafana', 'password'), /^[0-9a-f]{64}$/);

		await server.kubectl(['delete', 'secret', '-n', 'podwire', 'podwire-control-plane-tls']);
		await eventually(
			async () => (await secrets()).has('podwire-control-plane-tls'),
			'what was removed is made again',
			60_000,
		);

		await server.daemon.stop();
		await eventually(
			() => said.some((line) => line.includes('could not be looked after')),
			'the outage is told',
			60_000,
		);
		await server.restart();
		await server.kubectl(['delete', 'secret', '-n', 'podwire', 'grafana']);
		await eventually(async () => !(await isUser('observer-grafana')), 'the user goes with its Secret', 60_000);
		await eventually(async () => (await judge(Date.now())).length === 0, 'all fits together');
		t.pass();
	},
);

clusterTest('an observer that the cluster lets nobody change goes without a user, and holds nothing up', async (t) => {
	const locked = {
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: {
			name: 'locked',
			namespace: 'podwire',
			labels: { 'podwire.dev/nats-observer': 'true' },
			annotations: { 'podwire.dev/namespaces': 'shop' },
		},
	};
	const policy = {
		apiVersion: 'admissionregistration.k8s.io/v1',
		kind: 'ValidatingAdmissionPolicy',
		metadata: { name: 'locked' },
		spec: {
			matchConstraints: {
				resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['secrets'] }],
			},
			validations: [{ expression: "object.metadata.name != 'locked'", message: 'it is locked' }],
		},
	};
	const binding = {
		apiVersion: 'admissionregistration.k8s.io/v1',
		kind: 'ValidatingAdmissionPolicyBinding',
		metadata: { name: 'locked' },
		spec: { policyName: 'locked', validationActions: ['Deny'] },
	};
	await server.kubectl(
		['apply', '-f', '-'],
		JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [locked, policy, binding] }),
	);
	let tries = 0;
	const change = () =>
		server.kubectl(['annotate', '-n', 'podwire', 'secret', 'locked', `try=${++tries}`, '--overwrite']);
	await eventually(
		() =>
			change().then(
				() => false,
				(error) => String(error).includes('it is locked'),
			),
		'the policy is in force',
		60_000,
	);

	await server.kubectl(['delete', 'secret', '-n', 'podwire', 'podwire-nats-server']);
	const { warnings } = await ensureAt(Date.now());
	t.deepEqual(warnings, ['Secret locked: the API server takes no change']);
	const authorization = textOf(await secrets(), 'podwire-nats-server', 'authorization.json');
	t.false(authorization.includes('locked'));
	const names = ['validatingadmissionpolicybinding/locked', 'validatingadmissionpolicy/locked'];
	await server.kubectl(['delete', ...names]);
	await server.kubectl(['delete', 'secret', '-n', 'podwire', 'locked']);
	await ensureAt(Date.now());
	t.deepEqual(await judge(Date.now()), []);
});

function bootstrap(path: string): {
	child: ChildProcess;
	outcome: Promise<{ status: number; out: string; error: string }>;
} {
	const program = fileURLToPath(new URL('run-bootstrap.ts', import.meta.url));
	const env = { ...process.env, PODWIRE_NAMESPACE: 'podwire' };
	const child = spawn(process.execPath, ['--no-warnings', program, path], { env, stdio: ['ignore', 'pipe', 'pipe'] });
	let [out, error] = ['', ''];
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		out += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		error += text;
	});
	const outcome = once(child, 'close').then(([status]) => ({ status: status as number, out, error }));
	return { child, outcome };
}

clusterTest('the command waits for the APIService, says what it made, and the second time what it left', async (t) => {
	await server.kubectl(['delete', 'apiservice', 'v1alpha1.tap.podwire.dev']);
	await server.kubectl(['delete', 'secret', '-n', 'podwire', 'podwire-tap-key']);
	const first = bootstrap(kubeconfig);
	t.teardown(() => first.child.kill('SIGKILL'));
	await eventually(async () => (await secrets()).has('podwire-tap-key'), 'it makes what it can', 60_000);
	await server.kubectl(['apply', '-f', '-'], JSON.stringify(API_SERVICE_MANIFEST));
	const made = await first.outcome;
	t.is(made.status, 0, made.error);
	t.regex(
		made.out,
		/^made podwire-tap-key\nset the authority of APIService v1alpha1.tap.podwire.dev\nleft as they are: /,
	);
	t.regex(made.error, /there is no APIService/);

	const second = await bootstrap(kubeconfig).outcome;
	t.is(second.status, 0, second.error);
	t.regex(second.out, /^left as they are: podwire-ca, .*\nleft as it is: APIService v1alpha1.tap.podwire.dev\n$/);
	t.is(second.error, '');
	for (const { data } of (await secrets()).values()) {
		for (const [key, value] of Object.entries(data)) {
			if (key !== 'user') t.false(made.out.includes(Buffer.from(value, 'base64').toString('utf8')));
		}
	}
});

test.serial('outside a cluster and without a kubeconfig the command says what to do', async (t) => {
	const { status, error } = await bootstrap('').outcome;
	t.is(status, 1);
	t.regex(error, /^no cluster is named in this pod: .*--kubeconfig FILE\n$/);
});
