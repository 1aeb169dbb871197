/** What `podwire __complete` answers, as a process; the shells themselves are in completion-shells.test.ts. */
import test, { type ExecutionContext } from 'ava';
import { COMMANDS } from '../../src/cli/commands.ts';
import { flagsOf, OUTPUT_FORMS } from '../../src/cli/flags.ts';
import { KubeServer, status } from '../client/kube-server.ts';
import { Lab } from '../control-plane/lab.ts';
import { cluster, TOKENS, table } from './listed-cluster.ts';
import { type Outcome, PodwireProcess } from './podwire-process.ts';

const NOWHERE = '/run/podwire-test-that-is-not-there.sock';

function complete(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
	const quiet = { PODWIRE_SOCKET: NOWHERE, HOME: '/', PODWIRE_COMPLETION_TIMEOUT: '25s' };
	return new PodwireProcess(['__complete', ...words], { env: { ...quiet, ...env } }).exit();
}

/** The candidates without what is said of them, and at last what the shell is to do. */
async function candidates(t: ExecutionContext, line: string, env: NodeJS.ProcessEnv = {}): Promise<string[]> {
	const { status: exit, stdout, stderr } = await complete(line.split(' '), env);
	t.is(exit, 0);
	t.is(stderr, '');
	return stdout
		.trimEnd()
		.split('\n')
		.map((each) => each.split('\t')[0] ?? '');
}

test.serial('commands, and daemons only for who has begun to type one', async (t) => {
	const all = await candidates(t, '');
	t.deepEqual(all, [...COMMANDS.filter(({ group }) => group !== 'Daemons').map(({ name }) => name), 'help', ':4']);
	t.deepEqual(await candidates(t, 'ta'), ['tap', ':4']);
	t.deepEqual(await candidates(t, 'agen'), ['agent', ':4']);
	t.deepEqual(await candidates(t, 'help unin'), ['uninstall', ':4']);
	t.deepEqual(await candidates(t, 'completion '), ['bash', 'zsh', 'fish', ':4']);
	t.deepEqual(await candidates(t, 'completion bash '), [':4']);
	t.deepEqual(await candidates(t, 'nonsense '), [':4']);
});

test.serial('every flag of every command, but for one that was given and may not be repeated', async (t) => {
	for (const { name } of COMMANDS) {
		const expected = flagsOf(name).flatMap((flag) =>
			flag.valueWhenBare === undefined ? [`--${flag.name}`] : [`--${flag.name}`, `--${flag.name}=`],
		);
		t.deepEqual(await candidates(t, `${name} --`), [...expected, '--help', ':4'], name);
	}
	t.deepEqual(await candidates(t, 'tap --utc --path /x --ut'), [':4']);
	t.deepEqual(await candidates(t, 'tap --path /x --pat'), ['--path', ':4']);
	t.deepEqual(await candidates(t, 'tap -- --ut'), [':4']);
});

test.serial('choices, with no space after one that goes on', async (t) => {
	const forms = OUTPUT_FORMS.map((form) => (form === 'jsonpath=TEMPLATE' ? 'jsonpath=' : form));
	for (const line of ['tap -o ', 'tap x --output ', 'read x --output=']) {
		t.deepEqual(await candidates(t, line), [...forms, ':4'], line);
	}
	// 4: no files; 2: no space.
	t.deepEqual(await candidates(t, 'tap -o=jsonp'), ['jsonpath=', ':6']);
	t.deepEqual(await candidates(t, 'tap --scheme http'), ['http', 'https', ':4']);
	t.deepEqual(await candidates(t, 'tap --grpc-status NOT'), ['NOT_FOUND', ':4']);
	t.deepEqual(await candidates(t, 'read '), [':0']);
	t.deepEqual(await candidates(t, 'tap --kubeconfig '), [':0']);
	t.deepEqual(await candidates(t, 'up --inventory '), [':0']);
});

test.serial('contexts, clusters and users of the kubeconfig that applies', async (t) => {
	const { server, env } = await cluster(t);
	t.deepEqual(await candidates(t, 'tap --context ', env), ['prod', ':4']);
	t.deepEqual(await candidates(t, 'tap --cluster=', env), ['production', ':4']);
	t.deepEqual(await candidates(t, 'tap --user j', env), ['jane', ':4']);
	const other = server.file('other', JSON.stringify({ contexts: [{ name: 'a:b', context: { cluster: 'c' } }] }));
	t.deepEqual(await candidates(t, `tap --kubeconfig ${other} --context `, env), ['a:b', ':4']);
	const broken = server.file('broken', '{');
	t.deepEqual(await candidates(t, `tap --kubeconfig ${broken} --context `, env), [':4']);
	t.deepEqual(await candidates(t, `tap --kubeconfig ${broken} dep`, env), ['deploy/', ':6']);
});

test.serial('kinds, namespaces and names from the API server of the kubeconfig', async (t) => {
	const { server, env } = await cluster(t);
	const first = await candidates(t, 'tap ', env);
	t.deepEqual(first.slice(0, 2), ['pod/', 'deploy/']);
	t.deepEqual(first.slice(-3), ['backend-5f-abc', 'frontend-7d4-x2x', ':4']);
	t.false(first.includes('netns/'), 'a cluster has none to name');
	for (const [line, ...expected] of [
		['tap deploy/', 'deploy/backend', 'deploy/batch', 'deploy/frontend', ':4'],
		['tap deploy/ba', 'deploy/backend', 'deploy/batch', ':4'],
		['tap Deployments/f', 'Deployments/frontend', ':4'],
		['tap deploy ', 'backend', 'batch', 'frontend', ':4'],
		['tap deploy backend ', 'batch', 'frontend', ':4'],
		['tap svc/x deploy/f', 'deploy/frontend', ':4'],
		['tap -n web deploy/', 'deploy/nginx', ':4'],
		['tap deploy/ -n ', 'default', 'shop', 'web', ':4'],
		['tap -nweb ngi', 'nginx-0', ':4'],
		['tap --namespace=w', 'web', ':4'],
		['tap web/dep', 'web/deploy/', ':6'],
		['tap web/deploy/', 'web/deploy/nginx', ':4'],
		['tap ns/s', 'ns/shop', ':4'],
		['tap x --to deploy/f', 'deploy/frontend', ':4'],
		['tap x --to=svc/b', 'svc/backend', ':4'],
		['tap x --from front', ':4'],
		['tap rs/', ':4'],
		['tap -A depl', 'deploy', ':4'],
		['tap -l app=x deploy ', ':4'],
	] as const) {
		t.deepEqual(await candidates(t, line, env), expected, line);
	}
	const asked = server.requests.find(({ path }) => path.startsWith('/apis/apps/v1/namespaces/shop/deployments'));
	t.regex(asked?.path ?? '', /includeObject=None&limit=[0-9]+$/);
	t.is(asked?.headers.accept, 'application/json;as=Table;v=v1;g=meta.k8s.io');
});

test.serial('who may not list namespaces is offered the one of the context', async (t) => {
	const server = await KubeServer.start(t, { tokens: TOKENS, onGet: () => status(403, 'Forbidden', 'no') });
	const env = { KUBECONFIG: server.kubeconfig({ token: 'let-jane-in' }, { namespace: 'shop' }) };
	t.deepEqual(await candidates(t, 'tap -n ', env), ['shop', ':4']);
	t.deepEqual(await candidates(t, 'tap pod/', env), [':4']);
});

test.serial('an API server that does not answer holds nobody up, and what is known without it is there', async (t) => {
	const waiting: (() => void)[] = [];
	const server = await KubeServer.start(t, {
		tokens: TOKENS,
		onGet: () => new Promise((resolve) => waiting.push(() => resolve(table(['late'])))),
	});
	const env = { KUBECONFIG: server.kubeconfig({ token: 'let-jane-in' }) };
	t.deepEqual(await candidates(t, 'tap deploy/', { ...env, PODWIRE_COMPLETION_TIMEOUT: '5s' }), [':4']);
	t.true(waiting.length > 0, 'it was asked');
	// As it is when nobody says how long.
	t.deepEqual(await candidates(t, 'tap deploy/', { ...env, PODWIRE_COMPLETION_TIMEOUT: undefined }), [':4']);
	t.deepEqual(await candidates(t, 'tap dep', { ...env, PODWIRE_COMPLETION_TIMEOUT: undefined }), ['deploy/', ':6']);
	for (const answer of waiting) answer();
});

test.serial('half of a list is none: it would complete to what is not meant', async (t) => {
	const server = await KubeServer.start(t, {
		tokens: TOKENS,
		onGet: (path) => (path.includes('continue=') ? status(410, 'Expired', 'too old') : table(['web-1'], 'more')),
	});
	const env = { KUBECONFIG: server.kubeconfig({ token: 'let-jane-in' }) };
	t.deepEqual(await candidates(t, 'tap pod/web', env), [':4']);
});

test.serial('nothing that a terminal would obey is offered', async (t) => {
	const { server } = await cluster(t);
	const contexts = ['good', 'bad\u001b[2J', 'two\nlines'].map((name) => ({ name, context: { cluster: 'c' } }));
	const config = server.file('odd', JSON.stringify({ contexts }));
	t.deepEqual(await candidates(t, `tap --kubeconfig ${config} --context `), ['good', ':4']);
});

test.serial('names of the inventory of the local Podwire, and what the machine has', async (t) => {
	const lab = await Lab.for(t);
	const inventory = lab.writeInventory(`
pods:
  - { name: frontend-1, namespace: shop, labels: { app: frontend }, workload: deploy/frontend, netns: blue }
  - { name: frontend-2, namespace: shop, labels: { app: frontend }, workload: deploy/frontend, netns: green }
  - { name: nginx-0, namespace: web, workload: sts/nginx, netns: red }
services:
  - { name: checkout, namespace: shop, selector: { app: frontend } }
`);
	const { socketPath } = await lab.startControlPlane({ inventory });
	const env = { PODWIRE_SOCKET: socketPath };
	for (const [line, ...expected] of [
		['tap -n ', 'shop', 'web', ':4'],
		['tap -n shop front', 'frontend-1', 'frontend-2', ':4'],
		['tap -n shop deploy/', 'deploy/frontend', ':4'],
		['tap shop/svc/', 'shop/svc/checkout', ':4'],
		['tap web/sts/', 'web/sts/nginx', ':4'],
		['tap --standalone if/l', 'if/lo', ':4'],
		['tap -n shop --to svc/', 'svc/checkout', ':4'],
		[`tap pid/${process.pid}`, `pid/${process.pid}`, ':4'],
	] as const) {
		const got = await candidates(t, line, env);
		// Of processes there may be one whose number goes on.
		if (line.startsWith('tap pid/')) t.true(got.includes(expected[0] ?? ''), line);
		else t.deepEqual(got, [...expected], line);
	}
});
