/** Credentials of the traffic and of the settings, and what logs and metrics have of them. Needs root and the built addon. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { wire } from '../../src/messaging/wire.ts';
import { NamespacePair, SERVER_PORT } from '../agent/namespace-pair.ts';
import { eventually } from '../messaging/eventually.ts';
import { scrape } from '../messaging/scrape.ts';
import { ClusterLab } from './access/cluster-lab.ts';
import { ask, Lab } from './lab.ts';

// Of every process that is started here.
process.env.PODWIRE_LOG_LEVEL = 'trace';

const AGENT = fileURLToPath(new URL('../agent/run-agent.ts', import.meta.url));
const USER = 'podwire-user';

/** Each is found wherever it is written, also as part of something longer. */
const SECRETS = {
	natsPassword: 'Nq7vXnatspass01',
	otherNatsPassword: 'Nq7vXnatspass02',
	metricsToken: 'Mt5kWmetrics03token',
	wrongMetricsToken: 'Mt5kWmetrics04wrong',
	bearer: 'eyJhbGciOiJIUzI1NiJ9.c2VjcmV0.Br5zQsig05',
	basicPassword: 'Bp3rTbasic06pass',
	cookie: 'Ck9wUsession07',
	queryToken: 'Qt2mYquery08token',
	urlPassword: 'Up8jHurl09pass',
	requestBody: 'Rb4nDcard10number',
	filter: 'Fv6cGfilter11value',
	path: 'Pa1sJpath12segment',
	kubeToken: 'Kt7bLkube13token',
	remoteUser: 'Ru3xMcaller14bearer',
} as const;

/** Names of those that are in the text, as they are, in base64 or percent-encoded. */
function found(text: string): string[] {
	const forms = (secret: string) => [
		secret,
		encodeURIComponent(secret),
		Buffer.from(secret).toString('base64').replace(/=+$/, ''),
		Buffer.from(`${USER}:${secret}`).toString('base64').replace(/=+$/, ''),
	];
	return Object.entries(SECRETS)
		.filter(([, secret]) => forms(secret).some((form) => text.includes(form)))
		.map(([name]) => name);
}

function natsConfiguration(password: string): string {
	return `authorization { user: ${USER}, password: ${password} }`;
}

interface AgentProcess {
	readonly child: ChildProcess;
	readonly metricsPort: number;
	readonly said: () => string;
}

async function startAgent(t: ExecutionContext, lab: Lab, tokenFile: string): Promise<AgentProcess> {
	const env = {
		...process.env,
		PODWIRE_PARENT: 'ipc',
		PODWIRE_NODE: 'node1',
		PODWIRE_NATS_URL: lab.natsUrl(),
		PODWIRE_RING_BYTES: '1MiB',
		PODWIRE_AGENT_METRICS: '127.0.0.1:0',
		PODWIRE_METRICS_TOKEN_FILE: tokenFile,
	};
	const child = fork(AGENT, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
	t.teardown(() => child.kill('SIGKILL'));
	let said = '';
	child.stderr?.setEncoding('utf8').on('data', (text: string) => {
		said += text;
	});
	const [{ metrics }] = (await once(child, 'message')) as [{ readonly metrics: number }];
	return { child, metricsPort: metrics, said: () => said };
}

async function sendSecrets(pair: NamespacePair): Promise<void> {
	const url = `http://${pair.serverAddress}:${SERVER_PORT}/${SECRETS.path}?access_token=${SECRETS.queryToken}`;
	const headers = [
		`Authorization: Bearer ${SECRETS.bearer}`,
		`Proxy-Authorization: Basic ${Buffer.from(`${USER}:${SECRETS.basicPassword}`).toString('base64')}`,
		`Cookie: session=${SECRETS.cookie}`,
		`X-Filter: ${SECRETS.filter}`,
		`Referer: http://${USER}:${SECRETS.urlPassword}@backend/`,
	].flatMap((header) => ['-H', header]);
	const request = ['-sS', '--max-time', '10', ...headers, '-d', `card=${SECRETS.requestBody}`, url];
	const child = spawn('ip', ['netns', 'exec', pair.client, 'curl', ...request], { stdio: 'ignore' });
	await once(child, 'close');
}

test.serial('a tap of everything, wrong requests and a lost NATS: no secret in a log or a metric', async (t) => {
	const lab = await Lab.for(t, natsConfiguration(SECRETS.natsPassword), `${USER}:${SECRETS.natsPassword}`);
	const tokenFile = join(lab.directory, 'token');
	writeFileSync(tokenFile, SECRETS.metricsToken);
	const controlPlane = await lab.spawnControlPlane({}, 'node1', { PODWIRE_METRICS_TOKEN_FILE: tokenFile }).ready();
	const agent = await startAgent(t, lab, tokenFile);
	const pair = new NamespacePair(t);
	await pair.serve();

	const query = `unredacted&body=4096&header=X-Filter=${SECRETS.filter}&path=/${SECRETS.path}`;
	const client = await (await lab.tap(controlPlane, `watch/netns/${pair.server}/tap?${query}`)).begin();
	await eventually(() => agent.said().includes('"msg":"attached"'), 'the pod is attached');
	await sendSecrets(pair);
	await eventually(() => client.paths.length === 1, 'the exchange arrives');
	// The one who may sees them: they did pass.
	const shown = found(client.batches.map((batch) => Buffer.from(wire.TapBatch.encode(batch).finish())).join('\n'));
	t.deepEqual(
		shown.sort(),
		['basicPassword', 'bearer', 'cookie', 'filter', 'path', 'queryToken', 'requestBody', 'urlPassword'].sort(),
	);

	t.is((await ask(controlPlane.socketPath, `watch/netns/x/tap?status=${SECRETS.queryToken}`)).status, 400);
	t.is(
		(await ask(controlPlane.socketPath, `watch/${SECRETS.queryToken}/x/tap?token=${SECRETS.queryToken}`)).status,
		404,
	);
	for (const port of [agent.metricsPort, controlPlane.metricsPort]) {
		t.is((await scrape(port, SECRETS.wrongMetricsToken)).status, 401);
		const answer = await scrape(port, SECRETS.metricsToken);
		t.is(answer.status, 200);
		t.deepEqual(found(answer.text), []);
	}

	await lab.nats.restart(natsConfiguration(SECRETS.otherNatsPassword));
	const refused = (text: string) => text.includes('refused the credentials');
	await eventually(() => refused(agent.said()) && refused(controlPlane.stderr), 'both are refused, and say so');
	await lab.nats.restart(natsConfiguration(SECRETS.natsPassword));
	await eventually(() => agent.said().includes('NATS is back'), 'it is back');

	client.destroy();
	const exited = once(agent.child, 'exit');
	agent.child.kill('SIGTERM');
	await exited;
	await controlPlane.end();
	for (const text of [agent.said(), controlPlane.stderr]) {
		t.true(text.split('\n').length > 5, text);
		t.deepEqual(found(text), [], text);
	}
	t.regex(controlPlane.stderr, /"audit":"begins"/);
});

test.serial('settings that do not fit are refused without their credentials', async (t) => {
	const lab = await Lab.for(t, natsConfiguration(SECRETS.natsPassword), `${USER}:${SECRETS.otherNatsPassword}`);
	for (const url of [
		lab.natsUrl(),
		`http://${USER}:${SECRETS.natsPassword}@127.0.0.1:1`,
		`nats://${USER}:${SECRETS.natsPassword}@127.0.0.1:1`,
	]) {
		const env = { ...process.env, PODWIRE_NATS_URL: url, PODWIRE_NODE: 'node1' };
		const child = fork(AGENT, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
		t.teardown(() => child.kill('SIGKILL'));
		let said = '';
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			said += text;
		});
		t.is((await once(child, 'close'))[0], 1, said);
		t.regex(said, /NATS/);
		t.deepEqual(found(said), [], said);
	}
});

test.serial('in a cluster: the token for the API server, and what strangers send, stay out of the log', async (t) => {
	const lab = await ClusterLab.for(t);
	lab.pod('frontend-1');
	await lab.lab.agent();
	const kubeconfig = join(lab.lab.directory, 'with-token');
	const users = `users: [{ name: u, user: { token: ${SECRETS.kubeToken} } }]`;
	const context = 'contexts: [{ name: c, context: { cluster: c, user: u } }]';
	const clusters = `clusters: [{ name: c, cluster: { server: '${lab.kube.url}' } }]`;
	writeFileSync(kubeconfig, `apiVersion: v1\nkind: Config\ncurrent-context: c\n${clusters}\n${context}\n${users}\n`);
	const controlPlane = await lab.ready(kubeconfig);
	const headers = { Authorization: `Bearer ${SECRETS.remoteUser}`, Cookie: `a=${SECRETS.cookie}` };
	const path = `watch/namespaces/shop/pods/-/tap?header=Authorization=${SECRETS.filter}&token=${SECRETS.queryToken}`;
	t.is((await lab.ask(controlPlane, path, { certificate: null, headers })).status, 401);
	t.is((await lab.ask(controlPlane, path.split('&token')[0] ?? '', lab.as('jane', headers))).status, 403);
	lab.kube.reviewsFail = true;
	t.is((await lab.ask(controlPlane, path.split('&token')[0] ?? '', lab.as('june', headers))).status, 503);
	lab.kube.stop();
	await eventually(() => controlPlane.logged('not followed for now').length > 0, 'the API server is missed');
	t.deepEqual(found((await scrape(controlPlane.metricsPort)).text), []);
	await controlPlane.end();
	t.true(controlPlane.logged('"audit":"unauthenticated"').length > 0);
	t.true(controlPlane.logged('"audit":"denied"').length > 0);
	t.deepEqual(found(controlPlane.stderr), [], controlPlane.stderr);
});
